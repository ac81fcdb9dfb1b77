"""Spans of words that are private, and words without them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...events import Word
from .policies import Policy, Substitute

HASH = "###"
"""What takes the place of one word; it does not say how long the word is"""


@dataclass(frozen=True, slots=True)
class Span:
    """Words of an utterance that are private."""

    policy: Policy
    first: int
    """Position of its first word"""
    last: int
    """Position after its last word"""


def redacted(words: Sequence[Word], spans: Iterable[Span], substitute: Substitute) -> tuple[Word, ...]:
    """Return the words with one word in place of each span, which has the times of the span."""
    rest: list[Word] = []
    end = 0
    for span in spans:
        rest += words[end : span.first]
        rest.append(_in_place_of(words[span.first : span.last], span.policy, substitute))
        end = span.last
    return (*rest, *words[end:])


def _in_place_of(words: Sequence[Word], policy: Policy, substitute: Substitute) -> Word:
    by_name = substitute is Substitute.ENTITY_NAME
    return Word(
        f"[{policy.upper()}]" if by_name else " ".join(HASH for _ in words),
        words[0].start,
        words[-1].end,
        min(word.confidence for word in words),
    )
