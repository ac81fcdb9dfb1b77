"""Redact one call before anyone else sees it: its events in, events without private values out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from ...events import (
    CallEnded,
    DigitPressed,
    FinalText,
    PartialText,
    Redaction,
    Silence,
    TrackEvent,
    Word,
)
from ..formatting import Language
from ..spacing import joined
from ..turns import USUAL_RULES
from .find import MASK, Look, context, masked
from .names import NameFinder
from .policies import NUMBERS, Policy, RedactedPartials, Substitute
from .spans import Span, redacted

MAX_CONTEXT = 60
"""Words before a final that may say what its numbers are"""

CONTEXT_OF_PARTIAL = 12
"""The same for a partial, which comes five times a second"""

CONTEXT_SECONDS = 30.0
"""Seconds after which words say nothing any more of what follows"""

MAX_HELD = 40
"""Words that are held at most, for a speaker who never stops counting"""


@dataclass(frozen=True, slots=True)
class RedactionRules:
    """What is redacted on a call, and what takes its place."""

    policies: frozenset[Policy]
    language: Language
    substitute: Substitute = Substitute.ENTITY_NAME
    partials: RedactedPartials = RedactedPartials.MASK
    max_silence: float = USUAL_RULES.max_turn_silence
    """Seconds of silence after which no number goes on"""
    names: NameFinder | None = None
    """Finds more names and places than the rules"""


@dataclass(slots=True)
class _Speech:
    """What one speaker said lately: words that are passed on, and words that are held after them."""

    words: list[Word] = field(default_factory=list)
    passed: int = 0
    """Number of words that are passed on"""
    redactions: list[Redaction] = field(default_factory=list)
    """What was redacted already of words that are not passed on"""

    @property
    def is_held(self) -> bool:
        return self.passed < len(self.words)

    def is_after(self, moment: float) -> bool:
        """Tell whether words after a moment of the call are there already."""
        return bool(self.words) and self.words[-1].start > moment

    def add(self, final: FinalText) -> None:
        """Add what was said next, and forget what is too long ago to be of use."""
        self.words += final.words
        self.redactions += final.redactions
        since = final.start - CONTEXT_SECONDS
        old = max(0, self.passed - MAX_CONTEXT)
        while old < self.passed and self.words[old].end < since:
            old += 1
        del self.words[:old]
        self.passed -= old

    def take_redactions(self, until: float) -> list[Redaction]:
        """Remove and return what was redacted already up to a moment of the call."""
        taken = [each for each in self.redactions if each.start < until]
        self.redactions = self.redactions[len(taken) :]
        return taken


class CallRedactor:
    """The redactor of one call.  No I/O, no threads, no clock.

    Numbers are said in groups, and each group may be a final of its own.  So the last words of a final wait
    while a number may go on after them, until more is said, or until `max_silence`.
    """

    def __init__(self, rules: RedactionRules) -> None:
        self._rules = rules
        self._speech: dict[str, _Speech] = {}  # by track

    def read(self, event: TrackEvent) -> Iterator[TrackEvent]:
        """Yield an event without private values, perhaps later, and what was held until it came."""
        match event:
            case FinalText():
                yield from self._final(event)
            case PartialText():
                yield from self._partial(event)
            case Silence():
                yield from self._silence(event)
            case DigitPressed():
                yield replace(event, digit=MASK) if self._rules.policies & NUMBERS else event
            case CallEnded():
                for track in list(self._speech):
                    yield from self._pass_all(event.call_id, track)
                yield event
            case _:
                yield event

    def _final(self, final: FinalText) -> Iterator[FinalText]:
        speech = self._speech.setdefault(final.track, _Speech())
        if speech.is_held and final.start - speech.words[-1].end >= self._rules.max_silence:
            yield from self._pass_all(final.call_id, final.track)
        if speech.is_after(final.start):  # the last words of a stream that broke came late
            yield from self._pass_all(final.call_id, final.track)
            speech = self._speech[final.track] = _Speech()
        speech.add(final)
        look = self._look(final.track)
        until = max(look.held_from(), len(speech.words) - MAX_HELD)
        yield from self._pass(final.call_id, final.track, until, look)

    def _partial(self, partial: PartialText) -> Iterator[PartialText]:
        """Yield a partial with what is held before it, both masked."""
        if self._rules.partials is RedactedPartials.HIDE:
            return
        speech = self._speech.setdefault(partial.track, _Speech())
        earlier = speech.words[max(0, speech.passed - CONTEXT_OF_PARTIAL) : speech.passed]
        rest = speech.words[speech.passed - context(earlier, self._rules.language) :]
        said = [*(word.text for word in rest), *partial.text.split()]
        passed = speech.passed - (len(speech.words) - len(rest))
        rules, before = self._rules, self._before(partial.track, CONTEXT_OF_PARTIAL)
        shown = masked(said, rules.policies, rules.language, before, len(rest))
        yield replace(partial, text=joined(shown[passed:]))

    def _silence(self, silence: Silence) -> Iterator[TrackEvent]:
        """Yield what is held if nothing can follow, and the silence unless something is held still."""
        speech = self._speech.setdefault(silence.track, _Speech())
        if speech.is_after(silence.at):
            return
        if speech.is_held:
            last = speech.words[-1].end
            if not silence.ends_turn and silence.at - last < self._rules.max_silence:
                return
            yield from self._pass_all(silence.call_id, silence.track)
        yield silence

    def _pass_all(self, call_id: str, track: str) -> Iterator[FinalText]:
        return self._pass(call_id, track, len(self._speech[track].words), self._look(track))

    def _look(self, track: str) -> Look:
        rules = self._rules
        return Look(self._speech[track].words, rules.policies, rules.language, self._before(track))

    def _pass(self, call_id: str, track: str, until: int, look: Look) -> Iterator[FinalText]:
        """Yield the words that are not passed on yet, up to a position, as a final without private values."""
        speech = self._speech[track]
        if until <= speech.passed:
            return
        found = look.spans(self._rules.names, speech.passed)
        spans = list(_within(found, speech.passed, until))
        said = speech.words[speech.passed : until]
        words = redacted(said, spans, self._rules.substitute)
        redactions = sorted(
            [*speech.take_redactions(said[-1].end), *(_redaction(span, said) for span in spans)],
            key=lambda each: each.start,
        )
        speech.passed = until
        text = joined(word.text for word in words)
        yield FinalText(call_id, track, text, said[0].start, said[-1].end, words, tuple(redactions))

    def _before(self, track: str, most: int = MAX_CONTEXT) -> list[str]:
        """Return what others said lately, `most` words of each, which may ask for a value."""
        return [
            word.text
            for other, speech in self._speech.items()
            if other != track
            for word in speech.words[-most:]
        ]


def _redaction(span: Span, words: Sequence[Word]) -> Redaction:
    return Redaction(str(span.policy), words[span.first].start, words[span.last - 1].end)


def _within(spans: Sequence[Span], begin: int, end: int) -> Iterator[Span]:
    """Yield the parts of spans inside a range of words, by positions in the range."""
    for span in spans:
        first, last = max(span.first, begin), min(span.last, end)
        if first < last:
            yield Span(span.policy, first - begin, last - begin)
