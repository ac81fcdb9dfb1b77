"""Name the audio of a transcript: it is here already, or at Twilio."""

from typing import NamedTuple


class Uploaded(NamedTuple):
    """A file that was uploaded here."""

    name: str


class Recording(NamedTuple):
    """A recording of the account at Twilio."""

    sid: str


class KeptCall(NamedTuple):
    """A call that is kept here."""

    call_id: str


Source = Uploaded | Recording | KeptCall
