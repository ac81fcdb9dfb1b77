"""Turn audio files into text, with all cores.

    file ─► audio_file ─► channels ─► sections ─► engine ─► utterances, in order

Each channel is a speaker, whose audio is cut at silences into sections of about half a minute.  To the
engine a section is like a track of a call: it is recognized, and survives the death of a recognizer, in the
same way.

transcriber     reads files and joins what is recognized
└── channel         one channel of a file, cut into sections
call_of_file    makes a call of a transcription
save            keeps the call, with its audio
twilio_source   fetches the audio of a recording at Twilio, and what is known of its call
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
