"""List the private values of a call: what is redacted, and what the rules of redaction find besides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..call_record import Utterance, speaker_of
from ..formats import milliseconds
from ..formatting import Language, text_of
from ..formatting.tokens import is_redaction
from ..privacy import Policy, Span, private_values
from ..spacing import joined
from .sentences import MARKS


@dataclass(frozen=True, slots=True)
class Entity:
    """A private value.  Times are milliseconds on the call's clock."""

    policy: str
    """What it is, for example `phone_number`"""
    speaker: str
    text: str
    """As people read it; empty if it is redacted"""
    is_redacted: bool
    start: int
    end: int


def entities(said: Sequence[Utterance], language: Language) -> list[Entity]:
    """List the private values of a call, in order."""
    found = [*_redacted(said), *_readable(said, language)]
    return sorted(found, key=lambda each: (each.start, each.end))


def _redacted(said: Sequence[Utterance]) -> Iterator[Entity]:
    for line in said:
        for each in line.redactions:
            start, end = milliseconds(each.start), milliseconds(each.end)
            yield Entity(each.policy, line.speaker, "", is_redacted=True, start=start, end=end)


def _readable(said: Sequence[Utterance], language: Language) -> Iterator[Entity]:
    for turn, span in private_values(said, frozenset(Policy), language):
        words = turn.words[span.first : span.last]
        if any(is_redaction(word.text) for word in words):
            continue
        start, end = milliseconds(words[0].start), milliseconds(words[-1].end)
        text = _written(turn, span)
        yield Entity(str(span.policy), speaker_of(turn.track), text, is_redacted=False, start=start, end=end)


def _written(turn: Utterance, span: Span) -> str:
    """Return a value as it is written, or its words where the written form has others too."""
    tokens = [each for each in turn.tokens if span.first <= each.first and each.last <= span.last]
    if tokens and (tokens[0].first, tokens[-1].last) == (span.first, span.last):
        return text_of(tokens).strip(MARKS)
    return joined(word.text for word in turn.words[span.first : span.last])
