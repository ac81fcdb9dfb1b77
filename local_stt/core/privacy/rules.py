"""What the rules of a language find in a turn."""

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol, Self

from ..formatting import Language
from .policies import Policy
from .values import Value


class Findings(Protocol):
    """What is found in a turn so far."""

    def beginning_at(self, begins: int) -> Self:
        """Return what is found if words begin after a long pause elsewhere; itself where that is the same."""

    def values(self, policies: Collection[Policy]) -> Iterable[Value]:
        """Yield values of some policies, and perhaps others, those first that decide what a word is."""

    def open_from(self, policies: Collection[Policy]) -> int:
        """Return where a value begins that may go on after the last word, or the number of words."""

    def hidden(self, policies: Collection[Policy]) -> set[int]:
        """Return the positions of words that may be, or become, part of a value."""


class Rules(Protocol):
    """The rules of a language."""

    def __call__(
        self, words: Sequence[str], before: Sequence[str], language: Language, begins: int = 0, /
    ) -> Findings:
        """Take the words of a turn in small letters, and those of the question before it.

        `begins` is the position of the first word after the latest long pause.
        """

    def context(self, words: Sequence[str]) -> int:
        """Return how many words, the last ones, may say what follows them."""
