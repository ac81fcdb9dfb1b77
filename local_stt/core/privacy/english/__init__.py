"""English: the rules for private values, in the order in which they decide.

written     e-mail, web and IP addresses; money and dates
numbers     numbers and codes: by the words before them, the question, or their form
secrets     passwords, usernames, blood types
ages        ages of people
amounts     amounts of money without a unit
names       names of people
places      addresses and places
listed      religions, nationalities and the like
live        what must wait, and what partials may not show
├── turn        a turn, and what rules look at
├── cues        words that name a value
├── runs        digits and letters that are read out
├── phrases     phrases that are looked for before and after a word
└── word_lists  other words
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from copy import copy
from typing import Self

from ...formatting import Language
from ...formatting.matching import Said
from ..policies import LISTED, NAMES, Policy
from ..values import Value
from . import live
from .ages import ages
from .amounts import amounts
from .amounts import is_asked as amounts_are_asked
from .cues import cues_of
from .listed import listed
from .names import is_asked as names_are_asked
from .names import names
from .numbers import numbers
from .places import is_asked as places_are_asked
from .places import places, street_addresses
from .secrets import blood_types, secrets, unfinished_addresses
from .turn import Turn
from .written import addresses, amounts_and_dates, named_dates

FINDERS = (
    addresses,
    ages,
    unfinished_addresses,
    secrets,
    blood_types,
    named_dates,
    street_addresses,
    amounts,
    numbers,
    amounts_and_dates,
    places,
    names,
    listed,
)
"""In this order: a word belongs to the value that is found first"""

FOUND_BY: dict[Callable[[Turn], Iterator[Value]], frozenset[Policy]] = {
    street_addresses: NAMES,
    places: NAMES,
    names: NAMES,
    listed: LISTED,
}
"""What those find that need not look where nothing of it is private"""

QUESTIONS = (names_are_asked, amounts_are_asked, places_are_asked)
"""Tell whether the question asks for something that has no words of its own"""

NEAREST = 4
"""Words that may say what follows them in any case, as in `you can call me`"""


class English:
    """What is found in a turn so far."""

    def __init__(
        self, words: Sequence[str], before: Sequence[str], language: Language, begins: int = 0
    ) -> None:
        """Take the words of a turn, those of the question, and where words begin after a long pause."""
        self._turn = Turn(Said(words, language.region), Said(before, language.region), language, begins)

    @staticmethod
    def context(words: Sequence[str]) -> int:
        """Return how many words, the last ones, may say what follows: from the first cue on, or a few."""
        cues = cues_of(Said(words))
        return max(len(words) - cues[0].first if cues else 0, min(NEAREST, len(words)))

    def beginning_at(self, begins: int) -> Self:
        """Return what is found if words begin after a long pause elsewhere; itself where that is the same."""
        turn = self._turn
        names_value_before = any(cue.first < begins for cue in turn.cues)
        if not (names_value_before or turn.asked or any(asks(turn) for asks in QUESTIONS)):
            return self
        other = copy(self)
        other._turn = turn.beginning_at(begins)
        return other

    def values(self, policies: Collection[Policy]) -> Iterator[Value]:
        """Yield values of some policies, and perhaps others, those first that decide what a word is."""
        for finder in FINDERS:
            if finder not in FOUND_BY or not FOUND_BY[finder].isdisjoint(policies):
                yield from finder(self._turn)

    def open_from(self, policies: Collection[Policy]) -> int:
        """Return where a value begins that may go on after the last word."""
        return live.open_from(self._turn, policies)

    def hidden(self, policies: Collection[Policy]) -> set[int]:
        """Return the positions of words that may be, or become, part of a value."""
        return live.hidden(self._turn, policies)
