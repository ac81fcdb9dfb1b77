"""What `local-stt transcribe` reads: files, standard input, recordings that Twilio has."""

import contextlib
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from io import RawIOBase
from pathlib import Path
from typing import IO

from ..audio_file import AudioFile, open_audio, open_bytes, open_stream, spooled
from ..config.settings import TwilioSettings
from ..core.call_record import CallRecord
from ..errors import AudioFileError
from ..system.files import is_file
from ..telephony.recordings import TwilioRecording, TwilioRecordings, is_address, is_sid
from ..transcription.twilio_source import fetched

STANDARD_INPUT = "-"
INPUT = "standard input"

Request = str | TwilioRecording
"""A file, `-`, a recording's SID or address, or a recording that was looked up"""


@dataclass(frozen=True, slots=True)
class NamedInput:
    """Something to transcribe."""

    name: str
    """The name that the user is shown"""
    opened: AbstractContextManager[tuple[AudioFile, CallRecord | None]]
    """Its audio, and the call that it is of, if that is known"""


class Inputs:
    """Finds what the command line names."""

    def __init__(self, settings: TwilioSettings, *, mono: bool = False) -> None:
        """With `mono`, mix all channels of each input into one."""
        self._settings, self._mono = settings, mono

    @cached_property
    def twilio(self) -> TwilioRecordings:
        """The recordings of the account that is set.  Raises `TelephonyError` without credentials."""
        settings = self._settings
        return TwilioRecordings(settings.account_sid, settings.auth_token, settings.api_url)

    @property
    def _channels(self) -> dict[str, bool]:
        return {"mono": self._mono, "notice": True}

    def of(self, wanted: Request) -> NamedInput:
        """Return an input.  Raises `TelephonyError` for a recording of another account."""
        if isinstance(wanted, TwilioRecording):
            return NamedInput(wanted.sid, fetched(self.twilio, wanted, mono=self._mono))
        if is_sid(wanted) or is_address(wanted):
            sid = self.twilio.sid_of(wanted)
            return NamedInput(sid, fetched(self.twilio, sid, mono=self._mono))
        if wanted == STANDARD_INPUT:
            return NamedInput(INPUT, _of_no_call(open_stream(INPUT, _standard_input(), **self._channels)))
        return NamedInput(wanted, _of_no_call(open_audio(Path(wanted), **self._channels)))


@contextlib.contextmanager
def opened_file(wanted: str) -> Iterator[RawIOBase]:
    """Open a file or standard input, without a look at its audio.  Raises `AudioFileError`."""
    if is_sid(wanted) or is_address(wanted):
        raise AudioFileError(f"{wanted} is a recording at Twilio: leave out --cluster.")
    opened = spooled(INPUT, _standard_input()) if wanted == STANDARD_INPUT else open_bytes(Path(wanted))
    with opened as file:
        yield file


def seconds_of(wanted: Request, since: float, until: float | None) -> float:
    """Return the seconds of audio to transcribe; 0 where they are not known before the input is read."""
    if isinstance(wanted, TwilioRecording):
        whole = wanted.seconds
    elif wanted == STANDARD_INPUT or is_address(wanted) or not is_file(Path(wanted)):
        return 0.0
    else:
        try:
            with open_audio(Path(wanted)) as audio:
                whole = audio.seconds
        except AudioFileError:
            return 0.0
    return max(0.0, min(whole, until or whole) - since)


def _standard_input() -> IO[bytes]:
    if sys.stdin is None:
        raise AudioFileError(f"The {INPUT} is closed: pipe a file into it, or name the file.")
    return sys.stdin.buffer


@contextlib.contextmanager
def _of_no_call(opened: AbstractContextManager[AudioFile]) -> Iterator[tuple[AudioFile, None]]:
    with opened as audio:
        yield audio, None
