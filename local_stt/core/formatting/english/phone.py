"""Telephone, card and other long numbers that are read out."""

from ..matching import Match, Said
from .read_out import ReadOut, is_read_out, read_out

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

TWO_DIGIT_CODES = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 "
    "66 81 82 84 86 90 91 92 93 94 95 98".split()
)
"""Country codes of two digits; 1 and 7 have one, all others three.  ITU-T E.164"""


def international(said: Said, at: int) -> Match | None:
    """Write `plus four nine three oh ...` as `+49 30 123456`."""
    if said[at] != "plus":
        return None
    spoken = read_out(said, at + 1)
    if not spoken or not 8 <= len(spoken.digits) <= 15 or spoken.digits[0] == "0":
        return None
    return Match(_international(spoken.digits), spoken.end, "phone")


def _international(digits: str) -> str:
    length = 1 if digits[0] in "17" else 2 if digits[:2] in TWO_DIGIT_CODES else 3
    code, rest = digits[:length], digits[length:]
    if code == "1" and len(rest) == 10:
        return f"+1 {_hyphenated(rest)}"
    if code == "44" and rest[0] == "0":
        rest = rest[1:]
    if code == "44" and len(rest) == 10:
        return f"+44 {_cut(rest, 2, 4, 4) if rest[0] == '2' else _cut(rest, 4, 6)}"
    return f"+{code} {_in_groups(rest)}"


def _in_groups(digits: str) -> str:
    """Divide a number of another country, whose area codes nothing here knows."""
    if len(digits) < 8:
        return _cut(digits, 3, len(digits) - 3) if len(digits) == 7 else digits
    rest = len(digits) - 2
    sizes = {6: (6,), 7: (3, 4), 8: (4, 4)}.get(rest, (3,) * (rest // 3 - (rest % 3 == 1)) + _last(rest))
    return _cut(digits, 2, *sizes)


def _last(length: int) -> tuple[int, ...]:
    return {0: (), 1: (4,), 2: (2,)}[length % 3]


def _cut(digits: str, *sizes: int) -> str:
    ends = [sum(sizes[: count + 1]) for count in range(len(sizes))]
    return " ".join(digits[end - size : end] for end, size in zip(ends, sizes, strict=True))


def _hyphenated(digits: str) -> str:
    """Write ten or seven digits as numbers are written in the United States."""
    return "-".join(filter(None, (digits[:-7], digits[-7:-4], digits[-4:])))


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
        return _cut(number, 4, 4, 4, 4), "card"
    if len(number) == 15 and number[:2] in ("34", "37"):
        return _cut(number, 4, 6, 5), "card"
    if _is_phone(cues, number):
        return _phone(number, said.region), "phone"
    return spoken.text, "number"


def _has(words: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words)))


def _is_phone(cues: tuple[str, ...], number: str) -> bool:
    nearest = next((word for word in reversed(cues) if word in PHONE_CUES or word in OTHER_CUES), "")
    if nearest == "number" and OTHER_CUES.intersection(cues):
        nearest = "code"
    if nearest in OTHER_CUES or _has(cues, ("i", "d")):
        return False
    return (
        len(number) == 10
        or (len(number) == 11 and number[0] in "01")
        or (len(number) == 7 and number[0] not in "01")
    )


def _phone(number: str, region: str) -> str:
    if region == "GB" or (len(number) == 11 and number[0] == "0"):
        return _british(number)
    if len(number) == 11:
        return f"{number[0]}-{_hyphenated(number[1:])}"
    return _hyphenated(number)


def _british(number: str) -> str:
    if len(number) != 11 or number[0] != "0":
        return number
    return _cut(number, 3, 4, 4) if number[1] == "2" else _cut(number, 5, 6)
