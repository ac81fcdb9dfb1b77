"""What happens on a call, as plain values: the glossary of this program.

Imports nothing from this package.  All times are seconds on the call's clock, which starts
with the media stream and is kept by Twilio's timestamps, whatever was lost on the way.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class EndReason(StrEnum):
    """Why a call ended."""

    HUNG_UP = "hung-up"
    """The stream was stopped, as it is when somebody hangs up"""
    DISCONNECTED = "disconnected"
    """The connection was lost without a word"""
    BAD_MESSAGE = "bad-message"
    """The other end sent something unreadable"""
    SHUTDOWN = "shutdown"
    """This program was told to stop"""
    FAILED = "failed"
    """This program broke; the log says how"""
    INTERRUPTED = "interrupted"
    """This program was killed before it could say; the next start ends the call at its last word"""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognized word."""

    text: str
    start: float
    end: float
    confidence: float
    """From 0, a guess, to 1, certain"""


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """What arrived of one track, counted in packets as Twilio cut them."""

    track: str
    seconds: float
    """Audio heard, silence put into holes included"""
    packets: int
    lost: int
    repeated: int
    """Arrived twice, or too late to be of use"""
    filled: float
    """Seconds of silence put where packets were lost"""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """Somebody called, and the audio is coming."""

    call_id: str
    tracks: tuple[str, ...]
    """`inbound` is the caller, `outbound` what the caller hears"""
    caller: str = ""
    callee: str = ""
    direction: str = "inbound"
    """`inbound` for a call that came in, `outbound` for one that was placed from here"""

    @property
    def number(self) -> str:
        """Our own: the one that was called, or that calls."""
        return self.callee if self.direction == "inbound" else self.caller


@dataclass(frozen=True, slots=True)
class PartialText:
    """An utterance as far as it has been heard; the next one replaces it."""

    call_id: str
    track: str
    text: str
    at: float
    """How far into the call the recognizer has listened"""


@dataclass(frozen=True, slots=True)
class FinalText:
    """A finished utterance.  It will not change."""

    call_id: str
    track: str
    text: str
    start: float
    end: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class AudioSetAside:
    """A stretch of a track that no recognizer survived; its words are missing."""

    call_id: str
    track: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Gap:
    """The stream broke, and this much of the call was not heard before it was started again."""

    call_id: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """Somebody pressed a key of the telephone (DTMF)."""

    call_id: str
    track: str
    digit: str
    """0 to 9, *, # or A to D"""
    at: float


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call is over and every word of it has been given out."""

    call_id: str
    reason: EndReason
    seconds: float
    tracks: tuple[TrackSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class CallDeleted:
    """What was said on a call is deleted.  This is for listeners in this program, and never leaves it."""

    call_id: str


Event = CallStarted | PartialText | FinalText | AudioSetAside | Gap | DigitPressed | CallEnded
"""What happens on a call, which `to_dict` writes"""

AnyEvent = Event | CallDeleted
"""What a listener takes"""

NAMES: dict[type[Event], str] = {
    CallStarted: "call-started",
    PartialText: "partial",
    FinalText: "final",
    AudioSetAside: "audio-set-aside",
    Gap: "gap",
    DigitPressed: "digit",
    CallEnded: "call-ended",
}


def to_dict(event: Event) -> dict[str, Any]:
    """The one wire form, for everything that leaves this program as JSON."""
    return {"type": NAMES[type(event)], **asdict(event)}
