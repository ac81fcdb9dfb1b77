"""The audio of calls: stereo mu-law WAV files, each valid at every moment.

recorder    records calls while they go on
├── wav_file    writes one recording
├── wav_header  the file format
├── redacted_call   what is known of a call whose audio is redacted
└── redaction_note  says that a recording is not redacted yet
recovery    redacts what killed programs could not redact
folder      the folder that recordings are in
├── snapshot        reads one
├── shared          with those in a store that hosts share
└── joined          joins parts that several hosts have recorded
importer    makes recordings from audio files
"""

from .folder import Recordings
from .importer import import_audio
from .recorder import Recorder
from .shared import SharedRecordings

__all__ = ["Recorder", "Recordings", "SharedRecordings", "import_audio"]
