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

from collections.abc import Collection, Iterator, Sequence

from ...formatting import Language
from ...formatting.matching import Said
from ..policies import Policy
from ..values import Value
from . import live
from .ages import ages
from .amounts import amounts
from .listed import listed
from .names import names
from .numbers import numbers
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


class English:
    """What is found in a turn so far."""

    def __init__(
        self, words: Sequence[str], before: Sequence[str], language: Language, begins: int = 0
    ) -> None:
        """Take the words of a turn, those of the question, and where words begin after a long pause."""
        self._turn = Turn(Said(words, language.region), Said(before, language.region), language, begins)

    def values(self) -> Iterator[Value]:
        """Yield private values, those first that decide what a word is."""
        for finder in FINDERS:
            yield from finder(self._turn)

    def open_from(self, policies: Collection[Policy]) -> int:
        """Return where a value begins that may go on after the last word."""
        return live.open_from(self._turn, policies)

    def hidden(self, policies: Collection[Policy]) -> set[int]:
        """Return the positions of words that may be, or become, part of a value."""
        return live.hidden(self._turn, policies)
