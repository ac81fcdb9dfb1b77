"""Dates."""

from ..matching import Match, Said
from .numbers import Number, below_hundred, cardinal, ordinal, with_suffix
from .read_out import read_out
from .years import CUES, year

MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(),
        start=1,
    )
}
VERBS = frozenset(("may", "march"))
"""Months that are verbs too"""
BEFORE_VERBS = frozenset("i you we they he she it that this who which what there people not to".split())
"""Words after which `may` and `march` are verbs"""
BEFORE_DATES = CUES | frozenset("on for is was it's born to this next last and date between through".split())

NUMERIC_CUES = frozenset(
    ("birthday", "birth", "born", "dob", "birthdate", "date", "dated", "expires", "expiration", "expiry")
)
"""Words before a date that is read out as numbers"""
EXPIRY_CUES = frozenset(("valid", "expires", "expiring", "expiration", "expiry", "expire", "exp"))


def date(said: Said, at: int) -> Match | None:
    """Write `july fourth two thousand twenty five` as `July 4, 2025`."""
    if said[at] in MONTHS:
        return _month_first(said, at)
    return _day_first(said, at) or _numeric(said, at) or _expiry(said, at)


def _month_first(said: Said, at: int) -> Match | None:
    day = ordinal(said, at + 1 + (said[at + 1] == "the"))
    is_verb = said[at] in VERBS and said[at - 1] in BEFORE_VERBS
    if day and 1 <= day.value <= 31 and not is_verb:
        return _written(said, said[at], day)
    when = year(said, at + 1)
    if when and not is_verb and not read_on(said, at + 1, when.end):
        return Match(f"{said[at].title()} {when.value}", when.end, "date")
    number = cardinal(said, at + 1)
    if number and 1 <= number.value <= 31 and _is_sure(said, at, number.end):
        return _written(said, said[at], number)
    return None


def read_on(said: Said, at: int, end: int) -> bool:
    """Tell whether more digits are read out than a number has."""
    spoken = read_out(said, at)
    return bool(spoken and spoken.end > end)


def _is_sure(said: Said, at: int, end: int) -> bool:
    """Tell whether a month and a cardinal are a date; `you may two` is not."""
    if said[at] not in VERBS:
        return not read_on(said, at + 1, end) or bool(year(said, end))
    return said[at - 1] in BEFORE_DATES and said[at - 1] not in BEFORE_VERBS


def _written(said: Said, month: str, day: Number) -> Match:
    name = month.title()
    when = year(said, day.end + (said[day.end] in ("of", "in")))
    text = f"{day.value} {name}" if said.region == "GB" else f"{name} {day.value}"
    if not when or read_on(said, day.end, when.end):
        short = below_hundred(said, day.end)
        if short and short.value > 31 and not said[short.end]:
            return Match(f"{text}, '{short.value}", short.end, "date")
        return Match(text, day.end, "date")
    comma = "" if said.region == "GB" else ","
    return Match(f"{text}{comma} {when.value}", when.end, "date")


def _day_first(said: Said, at: int) -> Match | None:
    day = ordinal(said, at)
    if not day or not 1 <= day.value <= 31:
        return None
    month = day.end + (said[day.end] == "of")
    if said[month] not in MONTHS or (said[month] in VERBS and month == day.end):
        return None
    text = f"{with_suffix(day.value)} of {said[month].title()}"
    if month == day.end:
        text = f"{with_suffix(day.value)} {said[month].title()}"
    when = year(said, month + 1)
    return Match(f"{text} {when.value}", when.end, "date") if when else Match(text, month + 1, "date")


def _numeric(said: Said, at: int) -> Match | None:
    """Write `twelve oh four nineteen ninety` as `12/04/1990`."""
    slashed = _slashed(said, at)
    if slashed:
        return slashed
    before = said.before(at, 6)
    spoken = read_out(said, at)
    if not spoken:
        return None
    has_cue = NUMERIC_CUES.intersection(before) or said.follows(at - 3, "d", "o", "b")
    if not has_cue and not _ends_in_year(spoken.chunks):
        return None
    text = _with_slashes(spoken.chunks, said.region)
    return Match(text, spoken.end, "date") if text else None


def _ends_in_year(chunks: tuple[str, ...]) -> bool:
    """Tell whether a month, a day and a year were said, as in `twelve thirty one twenty twenty five`."""
    return len(chunks) in (4, 5) and chunks[-2] in ("19", "20") and len(chunks[-1]) == 2


def _slashed(said: Said, at: int) -> Match | None:
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


def _expiry(said: Said, at: int) -> Match | None:
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
