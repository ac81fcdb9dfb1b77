"""Read out the numbers that people typed into a corrected text, as the rules know numbers in spoken words."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from ...events import Word
from ..call_record import Utterance
from ..spacing import joined

SHORTEST = 4
"""Digits of the shortest number that may be private"""

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_TYPED = re.compile(r"[0-9+()./-]*[0-9][0-9+()./-]*")


def with_numbers_read_out(lines: Iterable[Utterance]) -> list[Utterance]:
    """Return English lines in which each long typed number is a word for each digit."""
    return [_read_out(line) for line in lines]


def _read_out(line: Utterance) -> Utterance:
    words = tuple(_words(line.words))
    if words == line.words:
        return line
    return replace(line, words=words, text=joined(word.text for word in words), tokens=())


def _words(words: Iterable[Word]) -> Iterator[Word]:
    for is_typed, run in groupby(words, lambda word: _TYPED.fullmatch(word.text) is not None):
        number = list(run)
        if is_typed and sum(len(_digits(word)) for word in number) >= SHORTEST:
            for word in number:
                yield from _digits_of(word)
        else:
            yield from number


def _digits(word: Word) -> str:
    return "".join(filter(str.isdigit, word.text))


def _digits_of(word: Word) -> Iterator[Word]:
    """Yield a word for each digit; they share the time."""
    digits = _digits(word)
    step = (word.end - word.start) / len(digits)
    for at, digit in enumerate(digits):
        end = word.end if at + 1 == len(digits) else word.start + step * (at + 1)
        yield Word(NAMES[int(digit)], word.start + step * at, end, word.confidence)
