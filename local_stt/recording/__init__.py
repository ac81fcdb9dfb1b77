"""The audio of calls, where it is kept: stereo mu-law WAV files, each whole at every moment.

`wav` is the file format; `file` writes one; `folder` has them all; `recorder` has what is heard
written, as it is heard.
"""

from .folder import Recordings
from .recorder import Recorder

__all__ = ["Recorder", "Recordings"]
