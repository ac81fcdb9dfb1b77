"""The groups of digits in which telephone numbers are written."""

TWO_DIGIT_CODES = frozenset(
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 "
    "66 81 82 84 86 90 91 92 93 94 95 98".split()
)
"""Country codes of two digits; 1 and 7 have one, all others three.  ITU-T E.164"""

GROUPS = {"34": (3, 3, 3), "51": (3, 3, 3), "52": (2, 4, 4), "56": (1, 4, 4), "57": (3, 3, 4)}
"""Groups after the codes of Spain, Peru, Mexico, Chile and Colombia"""


LENGTHS = {"1": 10, "44": 10} | {code: sum(groups) for code, groups in GROUPS.items()}
"""Digits after the codes of countries whose numbers all have one length"""


def fits(digits: str) -> bool:
    """Tell whether a number with the code of its country may have as many digits."""
    code = digits[: _length_of_code(digits)]
    return code not in LENGTHS or len(digits) == len(code) + LENGTHS[code]


def is_after_code(digits: str, at: int) -> bool:
    """Tell whether the code of a country ends at a position."""
    return at == _length_of_code(digits)


def _length_of_code(digits: str) -> int:
    return 1 if digits[0] in "17" else 2 if digits[:2] in TWO_DIGIT_CODES else 3


def international(digits: str) -> str:
    """Write a number that begins with the code of its country, as in `+49 30 123456`."""
    length = _length_of_code(digits)
    code, rest = digits[:length], digits[length:]
    if code == "1" and len(rest) == 10:
        return f"+1 {hyphenated(rest)}"
    if code == "44" and rest[0] == "0":
        rest = rest[1:]
    if code == "44" and len(rest) == 10:
        return f"+44 {in_groups(rest, 2, 4, 4) if rest[0] == '2' else in_groups(rest, 4, 6)}"
    groups = GROUPS.get(code, ())
    return f"+{code} {in_groups(rest, *groups) if sum(groups) == len(rest) else _divided(rest)}"


def _divided(digits: str) -> str:
    """Divide a number of another country, whose area codes nothing here knows."""
    if len(digits) < 8:
        return in_groups(digits, 3, len(digits) - 3) if len(digits) == 7 else digits
    rest = len(digits) - 2
    sizes = {6: (6,), 7: (3, 4), 8: (4, 4)}.get(rest, (3,) * (rest // 3 - (rest % 3 == 1)) + _last(rest))
    return in_groups(digits, 2, *sizes)


def _last(length: int) -> tuple[int, ...]:
    return {0: (), 1: (4,), 2: (2,)}[length % 3]


def in_groups(digits: str, *sizes: int, separator: str = " ") -> str:
    """Divide digits into groups of these sizes."""
    ends = [sum(sizes[: count + 1]) for count in range(len(sizes))]
    return separator.join(digits[end - size : end] for end, size in zip(ends, sizes, strict=True))


def hyphenated(digits: str) -> str:
    """Write ten or seven digits as numbers are written in the United States."""
    return "-".join(filter(None, (digits[:-7], digits[-7:-4], digits[-4:])))
