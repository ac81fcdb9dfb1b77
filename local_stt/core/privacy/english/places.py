"""Places: addresses, and names of cities, states and countries by a list and by words before them."""

from collections.abc import Callable, Iterator

from ...formatting.english.addresses import DIRECTIONS
from ...formatting.english.numbers import ORDINALS
from ..policies import Policy
from ..values import Value
from .phrases import Phrases
from .runs import is_part
from .turn import Turn
from .word_lists import (
    CONNECTORS,
    NO_PLACES,
    PLACES,
    STATES,
    STREETS,
    TWO_WORD_PLACES,
    UNITS_OF_HOUSES,
)

LONGEST_STREET = 4
"""Words of the longest name of a street"""
LONGEST_TOWN = 2
"""Words of the longest name of a town that is in no list"""
LONGEST_ADDRESS = 24
DIGITS_OF_ZIP = 5
LONGEST_NUMBER = 7
"""Digits of the longest number in an address"""

BEFORE_PLACES = Phrases(
    """
    live in; lives in; living in; lived in; moved to; moving to; moved from; moved here from; grew up in
    born in; originally from; flew to; flying to; travelling to; traveling to; headed to; drive to; driving to
    based in; located in; city of; town of; state of; county of; calling from; resident of; ship to
    come from; comes from; came from; city is; state is; city's
    """
)
"""Words after which another word is a place, unless it is a common one"""

BEFORE_ADDRESSES = Phrases(
    """
    address is; address; address's; live at; lives at; living at; located at; house is at; office is at
    ship it to; ship to; send it to; mail it to; deliver it to; deliver to; delivered to; move to; moved to
    """
)
"""Words after which a number begins an address"""

OTHER_ADDRESSES = frozenset("email e-mail mail ip web p".split())
"""Words before `address` that say that it is no place"""

BEFORE_NUMBERS = frozenset(("uh", "um", "it's", "is", "okay"))
NO_STREETS = NO_PLACES | CONNECTORS
SAINTS = frozenset(("san", "santa", "saint", "st"))
QUESTIONS = frozenset("address street city state zip zipcode postcode live located".split())


def street_addresses(turn: Turn) -> Iterator[Value]:
    """Yield addresses that have a number."""
    return _locations(turn, _end_of_address)


def places(turn: Turn) -> Iterator[Value]:
    """Yield names of places."""
    return _locations(turn, _end_of_place)


def _locations(turn: Turn, end_of: Callable[[Turn, int], int]) -> Iterator[Value]:
    at = 0
    while at < len(turn.said):
        last = end_of(turn, at)
        if last:
            yield Value((Policy.LOCATION,), at, last)
        at = max(last, at + 1)


def _end_of_address(turn: Turn, at: int) -> int:
    """Return the position after the address that begins at a position, or 0."""
    if turn.said.follows(at, "p", "o", "box"):
        return _rest_of_address(turn, at + 3)
    run = turn.run_at.get(at)
    if not run or not run.digits or len(run.text) > LONGEST_NUMBER:
        return 0
    end = _end_of_street(turn, run.last)
    if end:
        return _rest_of_address(turn, end)
    if _is_named(turn, at):
        return _rest_of_address(turn, _any_words(turn, run.last))
    return 0


def _end_of_street(turn: Turn, at: int) -> int:
    """Return the position after the name of a street, or 0."""
    for end in range(at, at + LONGEST_STREET + 1):
        word = turn.said[end]
        if word in STREETS and (end > at or word == "broadway"):
            return end + 1
        if not _is_of_street(word):
            return 0
    return 0


def _is_of_street(word: str) -> bool:
    """Tell whether a word may be part of the name of a street."""
    if word in ORDINALS or word in DIRECTIONS:
        return True
    return bool(word) and word not in NO_PLACES and not is_part(word)


def _is_named(turn: Turn, at: int) -> bool:
    """Tell whether words before a number, or the question, say that an address begins."""
    start = at
    while start and turn.said[start - 1] in BEFORE_NUMBERS:
        start -= 1
    if named := BEFORE_ADDRESSES.before(turn.said, at) or BEFORE_ADDRESSES.before(turn.said, start):
        return OTHER_ADDRESSES.isdisjoint(turn.said.words[max(start - named - 2, 0) : start])
    return turn.answer == at and is_asked(turn)


def is_asked(turn: Turn) -> bool:
    """Tell whether the question asks for an address of a house."""
    return bool(QUESTIONS.intersection(turn.question.words)) and "email" not in turn.question.words


def _any_words(turn: Turn, at: int) -> int:
    """Return the position after a few words that may be the name of a street."""
    end = at
    while end - at < LONGEST_STREET and turn.said[end] and turn.said[end] not in NO_STREETS:
        end += 1
    return end


def _rest_of_address(turn: Turn, at: int) -> int:
    """Return the position after apartment, city, state and zip code."""
    end = at
    while end - at < LONGEST_ADDRESS:
        more = _end_of_part(turn, end)
        if not more:
            break
        end = more
    return end


def _end_of_part(turn: Turn, at: int) -> int:
    """Return the position after a part of an address that begins at a position, or 0."""
    said = turn.said
    run = turn.run_at.get(at)
    if run:
        return run.last if len(run.text) <= LONGEST_NUMBER else 0
    if said[at] in UNITS_OF_HOUSES and (unit := turn.run_at.get(at + 1)):
        return unit.last
    if said[at] in DIRECTIONS or said[at] in STREETS:
        return at + 1
    if said[at] in ("in", "zip", "code", "and", "box") and (
        said[at + 1] in PLACES or turn.run_at.get(at + 1)
    ):
        return at + 1
    return _end_of_place(turn, at) or _end_of_town(turn, at)


def _end_of_town(turn: Turn, at: int) -> int:
    """Return the position after one or two words of an address before a state or a zip code, or 0."""
    end = next((at + words for words in range(1, LONGEST_TOWN + 1) if _ends_town(turn, at + words)), at)
    return end if end > at and all(map(_may_be_place, turn.said.words[at:end])) else 0


def _ends_town(turn: Turn, at: int) -> bool:
    run = turn.run_at.get(at)
    return turn.said[at] in STATES or bool(run and run.is_number and run.digits == DIGITS_OF_ZIP)


def _end_of_place(turn: Turn, at: int) -> int:
    """Return the position after the name of a place that begins at a position, or 0."""
    said = turn.said
    if (said[at], said[at + 1]) in TWO_WORD_PLACES or (said[at] in SAINTS and _may_be_place(said[at + 1])):
        return at + 2
    word = said[at].removesuffix("'s")
    if word in PLACES or word in STATES:
        return at + 1 + (said[at + 1] == "city")
    if BEFORE_PLACES.before(said, at) and _may_be_place(word):
        return at + 1 + (said[at + 1] in STATES)
    return 0


def _may_be_place(word: str) -> bool:
    return len(word) > 2 and word not in NO_PLACES and word not in CONNECTORS and not is_part(word)
