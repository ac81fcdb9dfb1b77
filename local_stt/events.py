"""The events of a call, as plain values.

It imports nothing from this package.  All times are seconds on the call's clock.  The clock starts with the
media stream and follows Twilio's timestamps, even if audio is lost on the way.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class EndReason(StrEnum):
    """Why a call ended."""

    HUNG_UP = "hung-up"
    """Twilio stopped the stream, as it does when somebody hangs up"""
    DISCONNECTED = "disconnected"
    """The connection was lost without a stop message"""
    BAD_MESSAGE = "bad-message"
    """The other end sent a message that cannot be read"""
    SHUTDOWN = "shutdown"
    """This program was stopped"""
    FAILED = "failed"
    """An internal error, which is in the log"""
    INTERRUPTED = "interrupted"
    """This program was killed during the call; its next start ends the call"""


@dataclass(frozen=True, slots=True)
class Word:
    """One recognized word."""

    text: str
    start: float
    end: float
    confidence: float
    """From 0 (a guess) to 1 (certain)"""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a written text, for example `415-555-1212`."""

    text: str
    first: int
    """Position of its first word in the utterance or the turn"""
    last: int
    """Position after its last word"""
    kind: str = "word"
    """What was said: `word`, or a written form such as `phone`, `money` or `date`"""


@dataclass(frozen=True, slots=True)
class Redaction:
    """A part of an utterance whose words are redacted."""

    policy: str
    """What was said there, for example `phone_number`"""
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """What arrived of one track, counted in packets as Twilio cut them."""

    track: str
    seconds: float
    """Seconds of audio, with the silence that fills holes"""
    packets: int
    lost: int
    repeated: int
    """Packets that arrived twice, or too late to be used"""
    filled: float
    """Seconds of silence in place of lost packets"""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call began, and its audio is coming."""

    call_id: str
    tracks: tuple[str, ...]
    """`inbound` carries the caller, `outbound` what the caller hears"""
    caller: str = ""
    callee: str = ""
    direction: str = "inbound"
    """`inbound` for an incoming call, `outbound` for one that this program placed"""

    @property
    def number(self) -> str:
        """This program's own number: of an incoming call the callee's, of an outbound one the caller's."""
        return self.callee if self.direction == "inbound" else self.caller


@dataclass(frozen=True, slots=True)
class PartialText:
    """The text of an utterance so far, which the next partial or final text replaces."""

    call_id: str
    track: str
    text: str
    at: float
    """Time up to which audio is recognized"""


@dataclass(frozen=True, slots=True)
class FinalText:
    """The text of an utterance that is over.  It will not change."""

    call_id: str
    track: str
    text: str
    start: float
    end: float
    words: tuple[Word, ...]
    redactions: tuple[Redaction, ...] = ()
    """The parts whose words are redacted, in order"""


@dataclass(frozen=True, slots=True)
class Turn:
    """The words of one speaker up to a pause that ends them, as people read them.

    It is published after each final, with all words of the turn so far, and once more when the turn is over.
    The names are those of AssemblyAI's streaming API
    (https://www.assemblyai.com/docs/api-reference/streaming-api/streaming-api).
    """

    call_id: str
    track: str
    turn_order: int
    """Number of the turn on its call, from 0; a later event of the same number replaces an earlier one.

    A call that goes on after the program was killed begins with 0 again."""
    end_of_turn: bool
    """Whether the turn is over"""
    turn_is_formatted: bool
    """Whether the tokens are written as people write"""
    end_of_turn_confidence: float
    """Likelihood that the speaker has finished, from 0 to 1, as far as the words tell"""
    text: str
    """The words as they were recognized"""
    formatted: str
    """The text as people write it"""
    start: float
    end: float
    words: tuple[Word, ...]
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """A word or phrase of one of the user's topics was said.  It follows the turn that has it."""

    call_id: str
    track: str
    topic: str
    phrase: str
    """The phrase as the user has listed it"""
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Silence:
    """A track has had no more words up to a moment.  This event is for the reader, and never leaves it."""

    call_id: str
    track: str
    at: float
    ends_turn: bool = False
    """Whether the turn ends here in any case: there is no more audio, or its end was asked for"""


@dataclass(frozen=True, slots=True)
class AudioSetAside:
    """Audio of a track that ended two workers and is not recognized; its words are missing."""

    call_id: str
    track: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A part of a call that was not recognized, because its stream broke and another began later."""

    call_id: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """A key of the telephone was pressed (DTMF)."""

    call_id: str
    track: str
    digit: str
    """0 to 9, *, # or A to D"""
    at: float


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call is over, and all its words are published."""

    call_id: str
    reason: EndReason
    seconds: float
    tracks: tuple[TrackSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class CallDeleted:
    """The words of a call were deleted.  This event is for listeners in this program, and never leaves it."""

    call_id: str


@dataclass(frozen=True, slots=True)
class CallLeft:
    """Another host follows the call from here on.  This event, too, never leaves this program."""

    call_id: str


Event = CallStarted | PartialText | FinalText | Turn | Alert | AudioSetAside | Gap | DigitPressed | CallEnded
"""The events of a call, which `to_dict` converts"""

TrackEvent = Event | Silence
"""The events that come from a call's session and its recognizers"""

AnyEvent = Event | CallDeleted | CallLeft
"""The events that a listener takes"""

NAMES: dict[type[Event], str] = {
    CallStarted: "call-started",
    PartialText: "partial",
    FinalText: "final",
    Turn: "turn",
    Alert: "alert",
    AudioSetAside: "audio-set-aside",
    Gap: "gap",
    DigitPressed: "digit",
    CallEnded: "call-ended",
}


def to_dict(event: Event) -> dict[str, Any]:
    """Convert an event to its JSON form, the only one in which events leave this program."""
    return {"type": NAMES[type(event)], **asdict(event)}
