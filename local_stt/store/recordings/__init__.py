"""The audio of calls: stereo mu-law WAV files, each valid at every moment.

recorder    records what is heard on calls, as it is heard
├── wav_file    writes one recording
└── wav_header  the file format
folder      the folder that recordings are in
importer    makes recordings of audio files
"""

from .folder import Recordings
from .importer import import_audio
from .recorder import Recorder

__all__ = ["Recorder", "Recordings", "import_audio"]
