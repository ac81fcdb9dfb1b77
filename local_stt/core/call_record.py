"""The data that is kept of a call, as plain values.  No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..events import AudioSetAside, CallStarted, DigitPressed, FinalText, Gap, Redaction, Token, Word
from .formatting.tokens import shifted, text_of, written_words
from .spacing import joined
from .terms import terms

SPEAKERS = {"inbound": "caller", "outbound": "callee"}
"""The speaker on each track of an incoming call"""


def speaker_of(track: str) -> str:
    """Return the name of a track's speaker for readers."""
    return SPEAKERS.get(track, track)


class CallState(StrEnum):
    """The state of a call."""

    LIVE = "live"
    ENDED = "ended"
    DELETED = "deleted"


class Edition(StrEnum):
    """One of the texts of a call."""

    LIVE = "live"
    """Text of the model that transcribed the live call"""
    SECOND = "second"
    """Text of a better model that transcribed the recording afterwards"""
    EDITED = "edited"
    """Text that people have corrected: a copy of the best one that there was"""


class SecondPass(StrEnum):
    """The state of a call's second pass, in which a better model transcribes its recording."""

    NONE = ""
    WANTED = "wanted"
    DONE = "done"
    FAILED = "failed"


class Badge(StrEnum):
    """What a list of calls shows of a call at a glance."""

    RECORDED = "recorded"
    VOICEMAIL = "voicemail"
    """Nobody answered, and the caller was asked for a message"""
    FILE = "file"
    """It is a file or a recording, which was transcribed"""
    ALERT = "alert"
    """A phrase of one of the user's topics was said"""
    GAP = "gap"
    """The stream was broken: a part was not heard"""
    SECOND_PASS = "second-pass"  # noqa: S105  (no password)
    REDACTED = "redacted"
    EDITED = "edited"


VOICEMAIL = "voicemail"
"""The handling of a call whose caller was asked for a message"""

RESUME_TIMEOUT = 75.0
"""Seconds after its end in which a call may go on in another stream: as long as it is asked for repeatedly"""

RECORDING = "recording"
"""The direction and the end reason of a file, which is kept as a call"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One call.  A deleted call keeps only its id and its times."""

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
    """Length of its audio, as far as is known"""
    reason: str
    """The `EndReason`; empty while it is live"""
    model: str
    """Name of the model that transcribed it live"""
    tracks: tuple[str, ...]
    statistics: list[dict[str, Any]] = field(default_factory=list)
    """A `TrackSummary` for each track"""
    deleted_at: int | None = None
    recorded: bool = False
    """Whether its audio is kept"""
    second_pass: SecondPass = SecondPass.NONE
    second_model: str = ""
    """Name of the model of its second pass; empty before one is done"""
    edition: Edition = Edition.LIVE
    """The text that is shown"""
    handling: str = ""
    """How the call went on after the greeting, as the phonebook names it; empty if that is not known"""
    caller_name: str = ""
    """Name of the contact with the caller's number; empty if there is none"""
    callee_name: str = ""
    opening: str = ""
    """The first words as people write them"""
    topics: tuple[str, ...] = ()
    """Topics of its alerts, sorted"""
    note: str = ""
    tags: tuple[str, ...] = ()
    """Sorted"""
    speakers: dict[str, str] = field(default_factory=dict)
    """Names that people gave to speakers of this call, by speaker"""
    edited_at: int | None = None
    """When its text was last corrected, in milliseconds since 1970, UTC; None where it is not edited"""
    edited_model: str = ""
    """Name of the model that recognized the text that was corrected; empty where it is not edited"""
    has_gap: bool = False
    is_redacted: bool = False
    """Whether anything is redacted in one of its texts"""

    @property
    def started(self) -> CallStarted:
        """The event with which it began."""
        return CallStarted(self.call_id, self.tracks, self.caller, self.callee, self.direction)

    @property
    def text_model(self) -> str:
        """Name of the model that recognized the text that is shown."""
        models = {Edition.SECOND: self.second_model, Edition.EDITED: self.edited_model}
        return models.get(self.edition, self.model)

    @property
    def badges(self) -> list[Badge]:
        """What a list shows of it."""
        has = {
            Badge.RECORDED: self.recorded,
            Badge.VOICEMAIL: self.handling == VOICEMAIL,
            Badge.FILE: self.direction == RECORDING,
            Badge.ALERT: bool(self.topics),
            Badge.GAP: self.has_gap,
            Badge.SECOND_PASS: self.second_pass is SecondPass.DONE,
            Badge.REDACTED: self.is_redacted,
            Badge.EDITED: self.edited_at is not None,
        }
        return [badge for badge, is_shown in has.items() if is_shown]


def names_of(call: CallRecord) -> dict[str, str]:
    """Return the names of a call's speakers for readers, by speaker.

    They are those that people gave on this call, or else those of contacts.  A speaker without a name is
    left out.
    """
    contacts = {"caller": call.caller_name, "callee": call.callee_name}
    return {speaker: name for speaker, name in (contacts | call.speakers).items() if name}


class LineKind(StrEnum):
    """The kind of a line in a transcript."""

    SPEECH = "speech"
    DIGIT = "digit"
    """A key of the telephone was pressed"""
    GAP = "gap"
    """The stream was broken"""
    SET_ASIDE = "audio-set-aside"
    """Audio that could not be recognized"""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A line of a transcript: what one speaker said without a pause, or something else that happened.

    Times are seconds on the call's clock.
    """

    track: str
    """Empty for events that concern both tracks"""
    start: float
    end: float
    text: str
    confidence: float
    """Mean confidence of its words, from 0 to 1; 0 for a line that is not speech"""
    words: tuple[Word, ...] = ()
    kind: LineKind = LineKind.SPEECH
    tokens: tuple[Token, ...] = ()
    """The words as people write them; empty where the text was not formatted"""
    redactions: tuple[Redaction, ...] = ()
    """The parts whose words are redacted, in order"""

    @property
    def speaker(self) -> str:
        """Name of the speaker."""
        return speaker_of(self.track)

    @property
    def formatted(self) -> str:
        """The text as people write it; where it was not formatted, the text."""
        return text_of(self.tokens) if self.tokens else self.text

    @property
    def pieces(self) -> tuple[Word, ...]:
        """Its tokens with the times of their words, or its words where the text was not formatted."""
        return written_words(self.words, self.tokens) if self.tokens else self.words


@dataclass(frozen=True, slots=True)
class Match:
    """An utterance that a search found."""

    call_id: str
    started_at: int
    """Start of the call, in milliseconds since 1970"""
    caller: str
    callee: str
    track: str
    start: float
    end: float
    text: str
    marks: tuple[tuple[int, int], ...]
    """Places of the words found in the text: first character, end (exclusive)"""
    formatted: str
    """The text as people write it; where it was not formatted, the text"""
    formatted_marks: tuple[tuple[int, int], ...]
    """Places of the words found in the formatted text"""

    @property
    def speaker(self) -> str:
        """Name of the speaker."""
        return speaker_of(self.track)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCall(CallRecord):
    """A call in a list, with what a search found on it."""

    matches: tuple[Match, ...] = ()
    """The earliest matches"""
    match_count: int = 0
    """Number of all matches"""


PRESSED = "pressed "
"""The beginning of the line of a digit"""

TranscriptEvent = FinalText | DigitPressed | Gap | AudioSetAside
"""The events that a transcript is made of"""


def transcript_event(wire: Mapping[str, Any]) -> TranscriptEvent | None:
    """Make an event of its form on the wire, as `events.to_dict` writes it; None if it makes no line."""
    values = {name: value for name, value in wire.items() if name != "type"}
    match wire["type"]:
        case "final":
            words = tuple(Word(**each) for each in values.pop("words"))
            redactions = tuple(Redaction(**each) for each in values.pop("redactions"))
            return FinalText(**values, words=words, redactions=redactions)
        case "gap":
            return Gap(**values)
        case "digit":
            return DigitPressed(**values)
        case "audio-set-aside":
            return AudioSetAside(**values)
    return None


def utterance_of(event: TranscriptEvent) -> Utterance:
    """Convert an event to a line of the transcript."""
    match event:
        case FinalText():
            confidence = mean_confidence(event.words)
            return Utterance(
                event.track,
                event.start,
                event.end,
                event.text,
                confidence,
                event.words,
                redactions=event.redactions,
            )
        case DigitPressed():
            text = f"{PRESSED}{event.digit}"
            return Utterance(event.track, event.at, event.at, text, 0.0, kind=LineKind.DIGIT)
        case Gap():
            text = f"{event.end - event.start:.1f} s of the call were not heard"
            return Utterance("", event.start, event.end, text, 0.0, kind=LineKind.GAP)
        case AudioSetAside():
            text = f"{event.end - event.start:.1f} s of audio could not be recognized"
            return Utterance(event.track, event.start, event.end, text, 0.0, kind=LineKind.SET_ASIDE)


def joined_utterance(first: Utterance, second: Utterance) -> Utterance:
    """Join two utterances of one speaker into one."""
    words = first.words + second.words
    text = joined((first.text, second.text))
    tokens = (*first.tokens, *shifted(second.tokens, len(first.words)))
    confidence = mean_confidence(words)
    return Utterance(
        first.track,
        first.start,
        second.end,
        text,
        confidence,
        words,
        tokens=tokens,
        redactions=first.redactions + second.redactions,
    )


WRITTEN = "_written_"
"""Term between those of the words and those of the written form, which no phrase bridges"""


def index_terms(text: str, tokens: Sequence[Token]) -> list[str]:
    """List the terms that a line is found by: of its words, and of its written form.

    A number that is written with marks, such as `415-555-1212`, is found by its digits alone too.
    """
    spoken = [term.text for term in terms(text)]
    if not tokens:
        return spoken
    numbers = ("".join(filter(str.isdigit, token.text)) for token in tokens if token.kind != "word")
    written = [term.text for term in terms(text_of(tokens))]
    by_digits = (number for number in numbers if number and number not in written)
    return [*spoken, WRITTEN, *written, WRITTEN, *by_digits]


def mean_confidence(words: tuple[Word, ...]) -> float:
    """Return the mean confidence of words, from 0 to 1; 0 if there are none."""
    return round(sum(word.confidence for word in words) / len(words), 3) if words else 0.0
