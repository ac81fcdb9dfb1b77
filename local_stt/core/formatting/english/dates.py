"""Dates whose month is said by its name."""

from ..matching import Match, Said
from ..spoken import Number
from .numbers import below_hundred, cardinal, ordinal, with_suffix
from .read_out import goes_on
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


def date(said: Said, at: int) -> Match | None:
    """Write `july fourth two thousand twenty five` as `July 4, 2025`."""
    if said[at] in MONTHS:
        return _month_first(said, at)
    return _day_first(said, at)


def _month_first(said: Said, at: int) -> Match | None:
    day = ordinal(said, at + 1 + (said[at + 1] == "the"))
    is_verb = said[at] in VERBS and said[at - 1] in BEFORE_VERBS
    if day and 1 <= day.value <= 31 and not is_verb:
        return _written(said, said[at], day)
    when = year(said, at + 1)
    if when and not is_verb and not goes_on(said, at + 1, when.end):
        return Match(f"{said[at].title()} {when.value}", when.end, "date")
    number = cardinal(said, at + 1)
    if number and 1 <= number.value <= 31 and _is_sure(said, at, number.end):
        return _written(said, said[at], number)
    return None


def _is_sure(said: Said, at: int, end: int) -> bool:
    """Tell whether a month and a cardinal are a date; `you may two` is not."""
    if said[at] not in VERBS:
        return not goes_on(said, at + 1, end) or bool(year(said, end))
    return said[at - 1] in BEFORE_DATES and said[at - 1] not in BEFORE_VERBS


def _written(said: Said, month: str, day: Number) -> Match:
    name = month.title()
    when = year(said, day.end + (said[day.end] in ("of", "in")))
    text = f"{day.value} {name}" if said.region == "GB" else f"{name} {day.value}"
    if not when or goes_on(said, day.end, when.end):
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
