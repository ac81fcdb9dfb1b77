"""What is kept of a call, as plain values.  No I/O."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..events import AudioSetAside, CallStarted, DigitPressed, FinalText, Gap, Word

SPEAKERS = {"inbound": "caller", "outbound": "callee"}
"""Who speaks on which track of a call that came in"""


def speaker_of(track: str) -> str:
    """The speaker's name for a reader."""
    return SPEAKERS.get(track, track)


class CallState(StrEnum):
    """Where a call is in its life."""

    LIVE = "live"
    ENDED = "ended"
    DELETED = "deleted"


class Edition(StrEnum):
    """Who heard what a transcript says."""

    LIVE = "live"
    """The model that heard the call"""
    SECOND = "second"
    """A better one, that heard its recording afterwards"""


class SecondPass(StrEnum):
    """What became of having the recording of a call heard again by a better model."""

    NONE = ""
    WANTED = "wanted"
    DONE = "done"
    FAILED = "failed"


RESUME_TIMEOUT = 75.0
"""After its end in which a call may go on in another stream: as long as one is asked for again and again"""

RECORDING = "recording"
"""The direction of what is no call but a file, and how it ended"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One call.  Of a deleted one nothing is left but its id and when it was."""

    call_id: str
    state: CallState
    direction: str
    """`inbound`, `outbound`, or `recording`"""
    caller: str
    callee: str
    started_at: int
    """Milliseconds since 1970, UTC"""
    ended_at: int | None
    """Milliseconds since 1970, UTC; None while it is live"""
    seconds: float
    """How long its audio is, as far as is known"""
    reason: str
    """How it ended: an `EndReason`; empty while it is live"""
    model: str
    """That heard it live"""
    tracks: tuple[str, ...]
    statistics: list[dict[str, Any]] = field(default_factory=list)
    """A `TrackSummary` for each track"""
    deleted_at: int | None = None
    recorded: bool = False
    """Whether its audio is kept too"""
    second_pass: SecondPass = SecondPass.NONE
    second_model: str = ""
    """That heard its recording again; empty while none has"""
    edition: Edition = Edition.LIVE
    """Which text of it is shown"""

    @property
    def started(self) -> CallStarted:
        """How it began, as it was told then."""
        return CallStarted(self.call_id, self.tracks, self.caller, self.callee, self.direction)

    @property
    def text_model(self) -> str:
        """The model that heard the text that is shown."""
        return self.second_model if self.edition is Edition.SECOND else self.model


class LineKind(StrEnum):
    """What a line of a transcript is."""

    SPEECH = "speech"
    DIGIT = "digit"
    """A key of the telephone was pressed"""
    GAP = "gap"
    """The stream was broken"""
    SET_ASIDE = "audio-set-aside"
    """Audio that could not be recognized"""


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one speaker said without a pause, or what else a transcript has to tell at its place.

    Times are seconds on the call's clock.
    """

    track: str
    """Empty for what befell both"""
    start: float
    end: float
    text: str
    confidence: float
    """The mean of its words'; 0 for what nobody said"""
    words: tuple[Word, ...] = ()
    kind: LineKind = LineKind.SPEECH

    @property
    def speaker(self) -> str:
        """Who said it."""
        return speaker_of(self.track)


@dataclass(frozen=True, slots=True)
class Match:
    """An utterance that was looked for."""

    call_id: str
    started_at: int
    """Of the call, in milliseconds since 1970"""
    caller: str
    callee: str
    track: str
    start: float
    end: float
    text: str
    marks: tuple[tuple[int, int], ...]
    """Where in the text the words are that were looked for: from, to"""

    @property
    def speaker(self) -> str:
        """Who said it."""
        return speaker_of(self.track)


TranscriptEvent = FinalText | DigitPressed | Gap | AudioSetAside
"""The events that a transcript is made of"""


def utterance_of(event: TranscriptEvent) -> Utterance:
    """What a transcript has of an event."""
    match event:
        case FinalText():
            confidence = mean_confidence(event.words)
            return Utterance(event.track, event.start, event.end, event.text, confidence, event.words)
        case DigitPressed():
            text = f"pressed {event.digit}"
            return Utterance(event.track, event.at, event.at, text, 0.0, kind=LineKind.DIGIT)
        case Gap():
            text = f"{event.end - event.start:.1f} s of the call were not heard"
            return Utterance("", event.start, event.end, text, 0.0, kind=LineKind.GAP)
        case AudioSetAside():
            text = f"{event.end - event.start:.1f} s of audio could not be recognized"
            return Utterance(event.track, event.start, event.end, text, 0.0, kind=LineKind.SET_ASIDE)


def mean_confidence(words: tuple[Word, ...]) -> float:
    """From 0 to 1; 0 of no words."""
    return round(sum(word.confidence for word in words) / len(words), 3) if words else 0.0
