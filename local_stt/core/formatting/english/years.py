"""Years and decades."""

from ..matching import Match, Said
from ..spoken import Number
from .numbers import POINTS, TEENS, TENS, below_hundred, cardinal
from .read_out import goes_on, read_out

CUES = frozenset("in since by until till of from before after during year around circa early late".split())
"""Words before a year"""
ERAS = {
    ("b", "c", "e"): "BCE",
    ("b", "c"): "BC",
    ("c", "e"): "CE",
    ("a", "d"): "AD",
    ("bc",): "BC",
    ("ad",): "AD",
}
DECADES = {name[:-1] + "ies": value for name, value in TENS.items()}
PARTS_OF_YEARS = {
    ("first", "quarter"): "Q1",
    ("second", "quarter"): "Q2",
    ("third", "quarter"): "Q3",
    ("fourth", "quarter"): "Q4",
    ("q", "one"): "Q1",
    ("q", "two"): "Q2",
    ("q", "three"): "Q3",
    ("q", "four"): "Q4",
    ("first", "half"): "H1",
    ("second", "half"): "H2",
}
CENTURIES = range(13, 21)


def year(said: Said, at: int) -> Number | None:
    """Read a year such as `nineteen oh five`, `twenty twenty six` or `two thousand and eight`."""
    return _paired_year(said, at) or _whole_year(said, at)


def _paired_year(said: Said, at: int) -> Number | None:
    century = TEENS.get(said[at]) or (20 if said[at] == "twenty" else 0)
    if century not in CENTURIES:
        return None
    if said[at + 1] in ("oh", "o"):
        unit = below_hundred(said, at + 2)
        return Number(century * 100 + unit.value, unit.end) if unit and unit.value < 10 else None
    if said[at + 1] == "hundred":
        rest = below_hundred(said, at + 2 + (said[at + 2] == "and"))
        return Number(century * 100 + rest.value, rest.end) if rest else Number(century * 100, at + 2)
    rest = below_hundred(said, at + 1)
    return Number(century * 100 + rest.value, rest.end) if rest and rest.value >= 10 else None


def _whole_year(said: Said, at: int) -> Number | None:
    number = cardinal(said, at)
    thousands = said[at + 1] == "thousand" and said[at] in ("one", "two")
    return number if number and thousands and number.value < 2100 else None


def match_year(said: Said, at: int) -> Match | None:
    """Write a year that stands alone."""
    found = year(said, at)
    if not found or said[found.end] in POINTS or goes_on(said, at, found.end):
        return None
    if said[at + 1] == "hundred" or not _paired_year(said, at):
        is_year = said[at - 1] in CUES or (found.value > 2000 and not said[found.end])
        return Match(str(found.value), found.end, "date") if is_year else None
    return Match(str(found.value), found.end, "date")


def era(said: Said, at: int) -> Match | None:
    """Write `seven fifty b c` as `750BC`."""
    number = year(said, at)
    digits = str(number.value) if number else ""
    end = number.end if number else at
    if not number and (spoken := read_out(said, at)):
        digits, end = spoken.digits, spoken.end
    name = next((words for words in ERAS if digits and said.follows(end, *words)), None)
    return Match(f"{digits}{ERAS[name]}", end + len(name), "date") if name and len(digits) <= 4 else None


def decade(said: Said, at: int) -> Match | None:
    """Write `nineteen eighties` as `1980s`, and `the nineties` as `90s`."""
    century = TEENS.get(said[at]) or (20 if said[at] == "twenty" else 0)
    if century in CENTURIES and said[at + 1] in DECADES:
        return Match(f"{century}{DECADES[said[at + 1]]}s", at + 2, "date")
    if century in CENTURIES and said[at + 1] == "hundreds":
        return Match(f"{century}00s", at + 2, "date")
    if said.follows(at, "two", "thousands"):
        return Match("2000s", at + 2, "date")
    if said[at] in DECADES and said[at - 1] in ("the", "early", "late", "mid", "low", "high"):
        return Match(f"{DECADES[said[at]]}s", at + 1, "date")
    return None


def part_of_year(said: Said, at: int) -> Match | None:
    """Write `second quarter of twenty twenty two` as `Q2 2022`."""
    name = PARTS_OF_YEARS.get((said[at], said[at + 1]))
    if not name or (said[at] != "q" and said[at + 2] != "of"):
        return None
    found = year(said, at + 2 + (said[at + 2] == "of"))
    return Match(f"{name} {found.value}", found.end, "date") if found else None
