"""Dates whose month is said as a number."""

from ..matching import Match, Said
from .read_out import read_out

NUMERIC_CUES = frozenset(
    ("birthday", "birth", "born", "dob", "birthdate", "date", "dated", "expires", "expiration", "expiry")
)
"""Words before a date that is read out as numbers"""
EXPIRY_CUES = frozenset(("valid", "expires", "expiring", "expiration", "expiry", "expire", "exp"))


def numeric_date(said: Said, at: int) -> Match | None:
    """Write `twelve oh four nineteen ninety` as `12/04/1990`."""
    before = said.before(at, 6)
    spoken = read_out(said, at)
    if not spoken:
        return None
    is_birth = any(said.follows(start, "d", "o", "b") for start in (at - 3, at - 4))
    has_cue = NUMERIC_CUES.intersection(before) or is_birth
    if not has_cue and not _ends_in_year(spoken.chunks):
        return None
    text = _with_slashes(spoken.chunks, said.region)
    return Match(text, spoken.end, "date") if text else None


def _ends_in_year(chunks: tuple[str, ...]) -> bool:
    """Tell whether a month, a day and a year were said, as in `twelve thirty one twenty twenty five`."""
    return len(chunks) in (4, 5) and chunks[-2] in ("19", "20") and len(chunks[-1]) == 2


def slashed(said: Said, at: int) -> Match | None:
    """Write `three slash twelve slash twenty twenty four` as `3/12/2024`."""
    parts: list[str] = []
    end = at
    while len(parts) < 3 and (number := read_out(said, end)):
        parts.append(number.digits)
        end = number.end + 1
        if said[number.end] != "slash":
            break
    if len(parts) < 2:
        return None
    is_date = len(parts) == 3 and _is_date(parts[0], parts[1], parts[2], said.region)
    return Match("/".join(parts), end - 1, "date" if is_date else "number")


def _with_slashes(chunks: tuple[str, ...], region: str) -> str:
    """Find the first way to divide digits into month, day and year."""
    digits = "".join(chunks)
    edges = [0]
    for chunk in chunks:
        edges.append(edges[-1] + len(chunk))
    for second in edges[1:]:
        for third in edges[1:]:
            parts = digits[:second], digits[second:third], digits[third:]
            if second < third and _is_date(*parts, region):
                return "/".join(parts)
    return ""


def _is_date(first: str, second: str, when: str, region: str) -> bool:
    month, day = (second, first) if region == "GB" else (first, second)
    if not (0 < len(month) <= 2 and 0 < len(day) <= 2 and month.isdigit() and day.isdigit()):
        return False
    is_year = len(when) == 2 or (len(when) == 4 and when[:2] in ("19", "20"))
    return is_year and 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def expiry(said: Said, at: int) -> Match | None:
    """Write the month and year that a card expires, as in `04/27`."""
    if not EXPIRY_CUES.intersection(said.before(at, 5)):
        return None
    spoken = read_out(said, at)
    if not spoken or len(spoken.digits) not in (3, 4, 5, 6):
        return None
    for cut in (2, 1):
        month, when = spoken.digits[:cut], spoken.digits[cut:]
        is_year = len(when) == 2 or (len(when) == 4 and when[:2] == "20")
        if is_year and 1 <= int(month) <= 12:
            return Match(f"{month:0>2}/{when}", spoken.end, "date")
    return None
