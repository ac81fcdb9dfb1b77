"""Ages of people."""

from collections.abc import Iterator

from ...formatting.english.numbers import NUMBER_WORDS, cardinal
from ..policies import Policy
from ..values import Value
from .phrases import Phrases
from .turn import Turn
from .word_lists import RELATIVES

OLDEST = 120
AFTER = Phrases(
    """
    years old; year old; year olds; years of age; years young; yrs old; y o; yo; months old; month old
    weeks old
    """
)
BEFORE = Phrases("age; aged; ages; age of; age is; turn; turns; turned; turning; i'm only; is only")
PERSONS = Phrases(
    """
    i'm; i am; i was; i'll be; he's; he is; he was; he'll be; she's; she is; she was; she'll be
    they're both; we're both
    """
)
"""Words before a number that is an age if nothing is counted"""
AFTER_AGES = frozenset(("", "and", "but", "now", "so", "when", "next", "this", "today", "already", "just"))


def ages(turn: Turn) -> Iterator[Value]:
    """Yield ages."""
    said = turn.said
    at = 0
    while at < len(said):
        number = cardinal(said, at) if said[at] in NUMBER_WORDS else None
        if number and number.value <= OLDEST and _is_age(turn, at, number.end):
            yield Value((Policy.PERSON_AGE,), at, number.end)
        at = number.end if number else at + 1


def _is_age(turn: Turn, first: int, last: int) -> bool:
    said = turn.said
    if AFTER.after(said, last):
        return True
    if BEFORE.before(said, first):
        return said[last] not in ("percent", "of")
    is_of_person = PERSONS.before(said, first) or _is_of_relative(turn, first)
    is_expected = is_of_person or (turn.asked is Policy.PERSON_AGE and turn.answer == first)
    return bool(is_expected) and said[last] in AFTER_AGES and (last - first > 1 or said[first] != "one")


def _is_of_relative(turn: Turn, at: int) -> bool:
    """Tell whether words before a number are such as `my husband is`."""
    return turn.said[at - 1] in ("is", "was") and turn.said[at - 2] in RELATIVES
