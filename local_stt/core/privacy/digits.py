"""Rules for languages without words of their own here: what written forms and digits alone tell."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from ..formatting import Language
from ..formatting.matching import tokens_of
from .policies import NUMBERS, Policy
from .values import Value

KINDS = {
    "phone": Policy.PHONE_NUMBER,
    "card": Policy.CREDIT_CARD_NUMBER,
    "email": Policy.EMAIL_ADDRESS,
    "url": Policy.URL,
    "ip": Policy.IP_ADDRESS,
    "money": Policy.MONEY_AMOUNT,
    "date": Policy.DATE,
}
"""The policies of written forms"""

SHORTEST = 4
"""Digits of the shortest number that is private"""

LONGEST = 12
"""Words of a number before a partial that goes on with it"""


@dataclass(frozen=True, slots=True)
class Digits:
    """What digits tell in a turn so far."""

    words: Sequence[str]
    question: Sequence[str]
    language: Language
    begins: int = 0

    @staticmethod
    def context(words: Sequence[str]) -> int:
        """Return how many words, the last ones, may belong to a number that follows them."""
        return min(LONGEST, len(words))

    def beginning_at(self, begins: int) -> Self:  # noqa: ARG002  (no question is understood)
        """Return the same, as digits tell the same anywhere."""
        return self

    def values(self, policies: Collection[Policy]) -> Iterator[Value]:  # noqa: ARG002  (there are few)
        """Yield written forms, and other numbers that are long."""
        for token in tokens_of(self.words, self.language):
            if token.kind in KINDS:
                yield Value((KINDS[token.kind], Policy.NUMBER_SEQUENCE), token.first, token.last)
            elif _digits(token.text) >= SHORTEST:
                yield Value((Policy.NUMBER_SEQUENCE,), token.first, token.last)

    def open_from(self, policies: Collection[Policy]) -> int:
        """Return where a number begins that may go on."""
        first = len(self.words)
        while not NUMBERS.isdisjoint(policies) and first and self._is_of_number(first - 1):
            first -= 1
        return first

    def hidden(self, policies: Collection[Policy]) -> set[int]:
        """Return the positions of words that may be part of a number."""
        if NUMBERS.isdisjoint(policies):
            return set()
        return {at for at in range(len(self.words)) if self._is_of_number(at)}

    def _is_of_number(self, at: int) -> bool:
        return self.language.counts(self.words[at]) or _digits(self.words[at]) > 0


def _digits(text: str) -> int:
    return sum(letter.isdigit() for letter in text)
