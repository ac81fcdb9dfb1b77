"""Pieces of words: a vocabulary of them, and how words are cut.

A unigram vocabulary, as SentencePiece makes it: each piece has a score, the logarithm of how likely it is.  A
word is cut into the pieces with the highest sum.  `▁` stands before a word's first letter.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

BEGIN, END, UNKNOWN = "<s>", "</s>", "<unk>"
"""Pieces that are no letters: those around a text, and the one for letters that no piece has"""

_WORD = "\u2581"
_UNLIKELY = -100.0
"""Score of a letter that no piece has"""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A vocabulary of pieces."""

    numbers: dict[str, int]
    scores: dict[str, float]
    longest: int
    """Letters of the longest piece"""

    @classmethod
    def of(cls, lines: Iterable[str]) -> Self:
        """Parse lines of a piece and its score; a piece's number is that of its line, from 0.

        Raises `ValueError` for a line of another form, and if `BEGIN`, `END` or `UNKNOWN` is missing.
        """
        numbers, scores = dict[str, int](), dict[str, float]()
        for number, line in enumerate(lines):
            piece, score = line.split()
            numbers[piece], scores[piece] = number, float(score)
        if missing := {BEGIN, END, UNKNOWN} - set(numbers):
            raise ValueError(f"{min(missing)} is not in it")
        return cls(numbers, scores, max(map(len, numbers)))

    def cut(self, word: str) -> list[int]:
        """Return the numbers of a word's pieces; there is at least one."""
        letters = _WORD + word
        best = [0.0] * (len(letters) + 1)  # the sum from each letter to the end
        ends = [0] * len(letters)
        for start in reversed(range(len(letters))):
            ends[start], best[start] = start + 1, best[start + 1] + _UNLIKELY
            for end in range(start + 1, min(start + self.longest, len(letters)) + 1):
                score = self.scores.get(letters[start:end])
                if score is not None and score + best[end] >= best[start]:
                    ends[start], best[start] = end, score + best[end]
        return self._numbers(letters, ends)

    def _numbers(self, letters: str, ends: list[int]) -> list[int]:
        """Return the pieces that end at these places; unknown letters side by side are one piece."""
        unknown = self.numbers[UNKNOWN]
        found: list[int] = []
        start = 0
        while start < len(letters):
            number = self.numbers.get(letters[start : ends[start]], unknown)
            if number != unknown or found[-1:] != [unknown]:
                found.append(number)
            start = ends[start]
        return found
