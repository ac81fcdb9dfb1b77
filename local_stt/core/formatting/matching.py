"""Words of an utterance that are written in another form: how they are found, and how they become tokens."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, NamedTuple, TypeVar

from .tokens import REDACTED, Token, is_redaction


class Match(NamedTuple):
    """A written form of some words."""

    text: str
    end: int
    """Position after its last word"""
    kind: str


class Said:
    """The words of an utterance, in the form in which rules name them.

    Before and after them are empty words without end.
    """

    def __init__(self, words: Sequence[str], region: str = "US") -> None:
        self.words = tuple(words)
        self.region = region
        self.read: dict[tuple[object, int], Any] = {}
        """What `read_once` has read already, by the reader and the position"""
        self._length = len(self.words)

    def __getitem__(self, at: int) -> str:
        return self.words[at] if 0 <= at < self._length else ""

    def __len__(self) -> int:
        return self._length

    def before(self, at: int, number: int) -> tuple[str, ...]:
        """Return up to a number of words before a position."""
        return self.words[max(0, at - number) : at]

    def follows(self, at: int, *phrase: str) -> bool:
        """Tell whether a phrase begins at a position."""
        return self.words[at : at + len(phrase)] == phrase

    def without(self, matches: Iterable[tuple[int, Match]]) -> "Said":
        """Return the utterance with empty words in place of those that are matched."""
        words = list(self.words)
        for first, match in matches:
            words[first : match.end] = [""] * (match.end - first)
        return Said(words, self.region)


Read = TypeVar("Read")


def read_once(reader: Callable[[Said, int], Read]) -> Callable[[Said, int], Read]:
    """Make a reader remember what it read at a position of an utterance, as several rules ask for it."""

    @wraps(reader)
    def read(said: Said, at: int) -> Read:
        key = (reader, at)
        if key not in said.read:
            said.read[key] = reader(said, at)
        known: Read = said.read[key]
        return known

    return read


Matcher = Callable[[Said, int], Match | None]
"""Finds a written form that begins at a position"""

Finder = Callable[[Said], dict[int, Match]]
"""Finds all written forms of its kind, by their first word"""


@dataclass(frozen=True, slots=True)
class Language:
    """How the numbers, dates and addresses of a language are written in a region."""

    code: str
    """As in `en-GB`"""
    region: str = ""
    find: Finder = lambda _: {}
    """Finds what matchers cannot, because only its middle tells what it is"""
    opens: Callable[[str], bool] = lambda _: False
    """Tells whether a written form may begin with a word"""
    matchers: tuple[Matcher, ...] = ()
    """In this order; the first one that finds something decides"""
    counting: frozenset[str] = frozenset()
    """Words that a number may continue with after a pause"""
    fold: Callable[[str], str] = str.lower
    """Returns the form of a word in which the rules name it"""
    is_filler: Callable[[Said, int], bool] = lambda *_: False
    """Tells whether a word is a filler such as `um`"""
    is_profane: Callable[[str], bool] = lambda _: False
    """Tells whether a word is a profanity"""

    def counts(self, word: str) -> bool:
        """Tell whether a number may continue with a word after a pause."""
        return self.fold(word) in self.counting


def tokens_of(words: Sequence[str], language: Language) -> list[Token]:
    """Write the words of one sentence in a language."""
    said = Said([language.fold(word) for word in words], language.region)
    found = language.find(said)
    rest = said.without(found.items())
    tokens = []
    at = 0
    while at < len(words):
        match = found.get(at) or _first_match(rest, at, language) or _word(words[at], at)
        tokens.append(Token(match.text, at, match.end, match.kind))
        at = match.end
    return tokens


def _word(word: str, at: int) -> Match:
    """Return a word that has no other form."""
    return Match(word, at + 1, REDACTED if is_redaction(word) else "word")


def _first_match(said: Said, at: int, language: Language) -> Match | None:
    if not language.opens(said[at]):
        return None
    return next((match for matcher in language.matchers if (match := matcher(said, at))), None)
