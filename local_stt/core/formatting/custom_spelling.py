"""Custom spelling: words that a user wants to have written in another way."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ...events import Word
from .tokens import Token

SPELLING = "spelling"
"""The kind of tokens that a custom spelling gives"""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Some words, and how they are written."""

    words: tuple[str, ...]
    """In any case of letters"""
    written: str
    """To the letter"""


_Reading = Callable[[Token], list[str]]
"""Gives the words of a token in small letters"""


class Spellings:
    """The custom spellings of a call."""

    def __init__(self, spellings: Iterable[Spelling]) -> None:
        self._by_first_word: defaultdict[str, list[Spelling]] = defaultdict(list)
        for each in sorted(spellings, key=lambda each: len(each.words), reverse=True):
            words = tuple(word.lower() for word in each.words)
            self._by_first_word[words[0]].append(Spelling(words, each.written))

    def applied(self, tokens: Sequence[Token], words: Sequence[Word]) -> tuple[Token, ...]:
        """Return the tokens with custom spellings.  Where several fit, the one of most words counts.

        They are looked for in what was said and in what is written without them: `s t t` and `STT`.  `words`
        are those that the tokens cover.
        """

        def said(token: Token) -> list[str]:
            return " ".join([word.text for word in words[token.first : token.last]]).lower().split()

        text = " ".join([*(word.text for word in words), *(token.text for token in tokens)])
        if self._by_first_word.keys().isdisjoint(text.lower().split()):
            return tuple(tokens)
        applied = []
        at = 0
        while at < len(tokens):
            first = tokens[at]
            found = self._match(tokens, at, (said, _written))
            written, end = found or (first.text, at + 1)
            applied.append(Token(written, first.first, tokens[end - 1].last, SPELLING) if found else first)
            at = end
        return tuple(applied)

    def _match(
        self, tokens: Sequence[Token], at: int, readings: Sequence[_Reading]
    ) -> tuple[str, int] | None:
        """Return how tokens from a position on are written, and the position after the last of them."""
        fitting = [
            (len(each.words), end, each.written)
            for reading in readings
            for first in reading(tokens[at])[:1]
            if first in self._by_first_word
            for each in self._by_first_word[first]
            if (end := _end_of(each.words, tokens, at, reading))
        ]
        if not fitting:
            return None
        _, end, written = max(fitting)
        return written, end


def _written(token: Token) -> list[str]:
    return token.text.lower().split()


def _end_of(words: Sequence[str], tokens: Sequence[Token], at: int, reading: _Reading) -> int | None:
    """Return the position after the tokens from `at` on that are just these words."""
    found: list[str] = []
    while len(found) < len(words) and at < len(tokens):
        found += reading(tokens[at])
        at += 1
    return at if tuple(found) == words else None
