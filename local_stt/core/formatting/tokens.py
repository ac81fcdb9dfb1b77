"""The pieces of a written text, and the words that each piece stands for."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ...events import Token, Word
from ..spacing import joined

__all__ = [
    "REDACTED",
    "Token",
    "covers",
    "is_redaction",
    "one_each",
    "parted",
    "placed",
    "shifted",
    "text_of",
    "written_words",
]


REDACTED = "redacted"
"""The kind of a token in place of words that were redacted"""

_REDACTION = re.compile(r"\[[A-Z_]+\]|#+( #+)*")


def is_redaction(word: str) -> bool:
    """Tell whether a word stands in place of words that were redacted.  No recognizer writes such a word."""
    return _REDACTION.fullmatch(word) is not None


def covers(tokens: Sequence[Token], number_of_words: int) -> bool:
    """Tell whether tokens cover all words of an utterance, in order, each once."""
    edges = [0, *(token.last for token in tokens)]
    return (
        all(token.first == edge < token.last for token, edge in zip(tokens, edges, strict=False))
        and edges[-1] == number_of_words
    )


def text_of(tokens: Iterable[Token]) -> str:
    """Join tokens into text."""
    return joined(token.text for token in tokens)


def shifted(tokens: Iterable[Token], words: int) -> Iterator[Token]:
    """Yield tokens of an utterance that is appended to one with this number of words."""
    for token in tokens:
        yield Token(token.text, token.first + words, token.last + words, token.kind)


def one_each(words: Iterable[Word]) -> tuple[Token, ...]:
    """Return a token for each word."""
    return tuple(Token(word.text, at, at + 1) for at, word in enumerate(words))


def placed(tokens: Iterable[Token], pieces: Sequence[Token]) -> tuple[Token, ...]:
    """Return tokens of pieces as tokens of the words that the pieces cover."""
    return tuple(
        replace(token, first=pieces[token.first].first, last=pieces[token.last - 1].last) for token in tokens
    )


def parted(tokens: Sequence[Token], sizes: Iterable[int]) -> list[tuple[Token, ...]]:
    """Part the tokens of a turn into those of its utterances, given by their numbers of words.

    A token belongs to the utterance of its first word; its last words may be those of the next.
    """
    parts = []
    begin = 0
    for size in sizes:
        inside = (token for token in tokens if begin <= token.first < begin + size)
        parts.append(tuple(shifted(inside, -begin)))
        begin += size
    return parts


def written_words(words: Sequence[Word], tokens: Iterable[Token]) -> tuple[Word, ...]:
    """Return a word for each token, with the times of its words and the lowest of their confidences."""
    return tuple(
        Word(
            token.text,
            words[token.first].start,
            words[token.last - 1].end,
            min(word.confidence for word in words[token.first : token.last]),
        )
        for token in tokens
    )
