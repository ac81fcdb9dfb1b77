"""The pieces of a written text, and the words that each piece stands for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...events import Word
from ..spacing import joined


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a written text, for example `415-555-1212`."""

    text: str
    first: int
    """Position of its first word in the utterance"""
    last: int
    """Position after its last word"""
    kind: str = "word"
    """What was said: `word`, or a written form such as `phone`, `money` or `date`"""


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
