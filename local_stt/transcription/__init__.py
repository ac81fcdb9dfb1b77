"""Audio files to text, with as many cores as there are.

    file ─► audio_file ─► channels ─► sections ─► engine ─► utterances, in order

Each channel is a speaker, whose audio is cut at silences into sections of about half a minute.  To
the engine a section is what a track of a call is: it is transcribed, and survives a recognizer's death,
in the same way.

transcriber     reads files and joins what is recognized
└── channel         one channel of a file, cut into sections
call_of_file    makes a call of what was transcribed
save            keeps it, with its audio
twilio_source   a recording that Twilio has: its audio, and the call it is of
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
