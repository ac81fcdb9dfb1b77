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

from .call_of_file import call_id_of_file, call_of_file, completed_call, display_name, missing_words
from .transcriber import Transcriber, Transcription, channel_names

__all__ = [
    "Transcriber",
    "Transcription",
    "call_id_of_file",
    "call_of_file",
    "channel_names",
    "completed_call",
    "display_name",
    "missing_words",
]
