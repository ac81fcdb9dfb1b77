"""Audio files to text, with as many cores as there are.

    file ─► audio_file ─► speakers ─► sections ─► engine: ears ─► utterances, in order

Each channel is a speaker, whose audio is cut at silences into sections of about half a minute.  To
the engine a section is what a track of a call is: it is heard, and survives a recognizer's death,
in the same way.

`cutting` says where to cut; `speaker` has one channel heard; `transcriber` reads files and joins what
is heard; `keeping` makes calls of them that can be kept.
"""

from .call_of_file import as_call, finished, id_of, missing, shown
from .transcriber import Transcriber, Transcription, names_of

__all__ = [
    "Transcriber",
    "Transcription",
    "as_call",
    "finished",
    "id_of",
    "missing",
    "names_of",
    "shown",
]
