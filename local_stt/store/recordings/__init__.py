"""The audio of calls, where it is kept: stereo mu-law WAV files, each whole at every moment.

`wav` is the file format; `file` writes one; `folder` has them all; `recorder` has what is heard
written, as it is heard; `imported` makes them from audio files.
"""

from .folder import Recordings
from .importer import bring_in
from .recorder import Recorder

__all__ = ["Recorder", "Recordings", "bring_in"]
