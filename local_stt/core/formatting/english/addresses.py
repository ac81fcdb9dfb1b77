"""House numbers, and post office boxes."""

from ..matching import Match, Said
from .numbers import NUMBER_WORDS, ordinal, with_suffix
from .read_out import plain

STREETS = frozenset(
    "street avenue road drive lane boulevard court place way circle highway parkway terrace square "
    "trail plaza loop crescent broadway pike alley row grove close gardens hill crossing".split()
)
DIRECTIONS = frozenset("north south east west northeast northwest southeast southwest n s e w".split())
WEAK = frozenset("court place way circle square loop row grove close hill crossing drive terrace".split())
"""Streets that are common words too: not after a number of one digit"""
NO_STREET_NAMES = frozenset(
    "of the a an and or to from in on at for is are was were way ways lane block blocks mile miles "
    "minute minutes hour hours person people more other others car story two-way times day days week "
    "weeks off down up across by with my your his her our their this that these those i you he she we "
    "they it can will who please dollar dollars percent years year old big new bedroom wheel hard "
    "test feet foot meters".split()
)
"""Words that no street's name has"""
LONGEST_NAME = 4


def house_number(said: Said, at: int) -> Match | None:
    """Write the number before a street: `one twenty three main street`."""
    number = plain(said, at)
    if not number or len(number.digits) > 6 or said[at] in ("oh", "o"):
        return None
    whole = ordinal(said, at)
    if whole and whole.end > number.end:
        return None
    small = len(number.digits) == 1
    letter = said[number.end]
    if len(letter) == 1 and letter in "bcdfgh" and _is_street(said, number.end + 1, small=small):
        return Match(f"{number.text}{letter.upper()}", number.end + 1, "address")
    return Match(number.text, number.end, "address") if _is_street(said, number.end, small=small) else None


def _is_street(said: Said, at: int, *, small: bool) -> bool:
    """Tell whether a street's name begins at a position, after a small number or another."""
    for end in range(at, at + LONGEST_NAME + 1):
        word = said[end]
        if word in STREETS and (end > at or word == "broadway"):
            return word not in WEAK or not small
        if not word or word in NO_STREET_NAMES or (word in NUMBER_WORDS and not ordinal(said, end)):
            return False
    return False


def numbered_street(said: Said, at: int) -> Match | None:
    """Write `forty second street` as `42nd street`; the first nine streets stay in words."""
    number = ordinal(said, at)
    if not number or number.value < 10 or said[number.end] not in STREETS:
        return None
    return Match(with_suffix(number.value), number.end, "address")


def box(said: Said, at: int) -> Match | None:
    """Write the letters of `p o box`."""
    letters = said.follows(at, "p", "o", "box") or said.follows(at, "p.", "o.", "box")
    return Match("PO", at + 2, "address") if letters else None
