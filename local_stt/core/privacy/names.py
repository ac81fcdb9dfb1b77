"""Names of people and places that a model finds, where the rules do not know them."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from ...events import Word
from ..formatting import Language, write
from ..formatting.word_lists import NOT_NAMES
from .policies import Policy
from .values import Value

LANGUAGE = "en"
"""The language in which models look for names"""

CONTEXT = 6
"""Words before new ones that a model gets to read, as in `my name is`: each takes time"""


class NameFinder(Protocol):
    """Finds names in text.  Safe to share between threads."""

    def __call__(self, texts: Sequence[str]) -> Sequence[Policy | None]:
        """Return for each part of a text whether it is of a name or a place: None for neither.

        The parts are words and written numbers, as in `my`, `number`, `is`, `415-555-1212`.
        """


def named(words: Sequence[Word], language: Language, finder: NameFinder, since: int = 0) -> Iterator[Value]:
    """Yield the names and places that a model finds among words from a position on."""
    is_known = language.code.partition("-")[0] == LANGUAGE
    if not is_known or all(word.text.lower() in NOT_NAMES for word in words[since:]):
        return
    first = max(0, since - CONTEXT)
    tokens = write(words[first:], language)
    texts = [token.text for token in tokens]
    kinds = _with_gaps_filled(texts, finder(texts))
    at = 0
    for end in range(1, len(tokens) + 1):
        if end < len(tokens) and kinds[end] is kinds[at]:
            continue
        kind = kinds[at]
        if kind and not all(_is_number(text) for text in texts[at:end]):
            yield Value((kind,), first + tokens[at].first, first + tokens[end - 1].last)
        at = end


def _with_gaps_filled(texts: Sequence[str], kinds: Sequence[Policy | None]) -> list[Policy | None]:
    """Take a word beside a number for a part of an address that goes on after it, as in `9 suite 12`."""
    filled = list(kinds)
    for at in range(1, len(texts) - 1):
        is_gap = (kinds[at - 1], kinds[at], kinds[at + 1]) == (Policy.LOCATION, None, Policy.LOCATION)
        if is_gap and (_is_number(texts[at - 1]) or _is_number(texts[at + 1])):
            filled[at] = Policy.LOCATION
    return filled


def _is_number(text: str) -> bool:
    """Say whether a text is a number: those are found by rules, unless they belong to a place."""
    return any(letter.isdigit() for letter in text)
