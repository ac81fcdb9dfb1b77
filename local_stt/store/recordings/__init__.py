"""The audio of calls: stereo mu-law WAV files, each valid at every moment.

recorder    records calls while they go on
├── wav_file    writes one recording
└── wav_header  the file format
folder      the folder that recordings are in
importer    makes recordings from audio files
"""

from .folder import Recordings
from .importer import import_audio
from .recorder import Recorder

__all__ = ["Recorder", "Recordings", "import_audio"]
