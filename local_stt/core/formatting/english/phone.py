"""Telephone, card and other long numbers that are read out."""

from itertools import accumulate

from ..matching import Match, Said
from ..spoken import ReadOut
from ..telephone import fits, hyphenated, in_groups, international, is_after_code
from .read_out import is_read_out, read_out

PHONE_CUES = frozenset(
    "phone telephone cell mobile fax number call reach contact text dial ring line landline phones".split()
)
OTHER_CUES = frozenset(
    "account confirmation order pin code card case reference invoice ticket policy member serial "
    "tracking booking id routing license passport claim customer zip social ssn claim employee "
    "patient record".split()
)
"""Words before numbers that are no telephone numbers"""
SOCIAL_CUES = frozenset(("social", "ssn"))
SOCIAL_LETTERS = ("s", "s", "n")


def with_country_code(said: Said, at: int) -> Match | None:
    """Write `plus four nine three oh ...` as `+49 30 123456`."""
    if said[at] != "plus":
        return None
    spoken = read_out(said, at + 1)
    if not spoken or not 8 <= len(spoken.digits) <= 15 or spoken.digits[0] == "0":
        return None
    return Match(international(_with_area_apart(spoken)), spoken.end, "phone")


def _with_area_apart(spoken: ReadOut) -> str:
    """Return the digits; `twenty seven` after the code is an area and a digit where 27 is a digit too few."""
    before = ""
    for chunk in spoken.chunks:
        if is_after_code(spoken.digits, len(before)) and len(chunk) == 2 and chunk[0] > "1":
            apart = f"{before}{chunk[0]}0{spoken.digits[len(before) + 1 :]}"
            return apart if not fits(spoken.digits) and fits(apart) else spoken.digits
        before += chunk
    return spoken.digits


def digits(said: Said, at: int) -> Match | None:
    """Write a number that is read out digit by digit."""
    spoken = read_out(said, at)
    if not spoken or not is_read_out(said, at, spoken):
        return None
    return Match(*_long(said, at, spoken))


def _long(said: Said, at: int, spoken: ReadOut) -> tuple[str, int, str]:
    text, kind = long_number(said, at, spoken)
    return text, spoken.end, kind


def long_number(said: Said, at: int, spoken: ReadOut) -> tuple[str, str]:
    """Divide a number as numbers of its kind and length are divided; return its kind too."""
    cues = said.before(at, 7)
    if len(number := spoken.digits) == 10 and "area" in cues:
        return _phone(number, said.region), "phone"
    if len(number) == 9 and (SOCIAL_CUES.intersection(cues) or _has(cues, SOCIAL_LETTERS)):
        return f"{number[:3]}-{number[3:5]}-{number[5:]}", "number"
    if len(number) == 16 and number[0] != "0":
        return in_groups(number, 4, 4, 4, 4), "card"
    if len(number) == 15 and number[:2] in ("34", "37"):
        return in_groups(number, 4, 6, 5), "card"
    if _is_phone(cues, spoken):
        return _phone(number, said.region), "phone"
    return spoken.text, "number"


def _has(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words)))


def _is_phone(cues: tuple[str, ...], spoken: ReadOut) -> bool:
    number = spoken.digits
    nearest = next((word for word in reversed(cues) if word in PHONE_CUES or word in OTHER_CUES), "")
    if nearest == "number" and OTHER_CUES.intersection(cues):
        nearest = "code"
    if nearest in OTHER_CUES or _has(cues, ("i", "d")):
        return False
    return (
        len(number) == 10
        or (len(number) == 11 and number[0] in "01")
        or (len(number) == 7 and number[0] not in "01" and (bool(nearest) or _divides(spoken, 3)))
    )


def _divides(spoken: ReadOut, position: int) -> bool:
    """Tell whether no digits around a position were said together, as in `triple zero`."""
    return position in accumulate(map(len, spoken.chunks))


def _phone(number: str, region: str) -> str:
    if region == "GB" or (len(number) == 11 and number[0] == "0"):
        return _british(number)
    if len(number) == 11:
        return f"{number[0]}-{hyphenated(number[1:])}"
    return hyphenated(number)


def _british(number: str) -> str:
    if len(number) != 11 or number[0] != "0":
        return number
    return in_groups(number, 3, 4, 4) if number[1] == "2" else in_groups(number, 5, 6)
