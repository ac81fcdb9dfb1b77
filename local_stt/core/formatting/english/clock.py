"""Times of day."""

from ..matching import Match, Said
from ..spoken import Number
from .measures import is_unit
from .numbers import DIGITS, NUMBER_WORDS, below_hundred
from .read_out import goes_on

HALVES = {"am": "a.m.", "a.m.": "a.m.", "a.m": "a.m.", "pm": "p.m.", "p.m.": "p.m.", "p.m": "p.m."}
ZONES = frozenset("gmt est edt cst cdt mst mdt pst pdt utc bst cet".split())
PAST = frozenset(("past", "after"))
BEFORE = frozenset(("to", "till", "til", "of", "before"))
FRACTIONS = {"quarter": 15, "half": 30}
MINUTES = frozenset(("minutes", "minute", "min", "mins"))
BEFORE_NO_TIME = NUMBER_WORDS - {"oh"}
NOT_AFTER_TIMES = frozenset(("north", "south", "east", "west", "over", "freeway", "highway", "area"))
"""Words after the number of a house, a blood pressure or a road"""
COUNTED = frozenset(("dollars", "percent", "bucks", "people", "cents", "times", "business", "odds", "ratio"))
"""Words after a number that is no hour"""
ROUND = frozenset((5, 10, 15, 20, 25))
AT = frozenset("at it's is by until till before around about for".split())
"""Words before a time"""


def clock(said: Said, at: int) -> Match | None:
    """Write `three thirty p m` as `3:30 p.m.`, and `ten o'clock` as `10:00`."""
    return _oclock(said, at) or _with_half_of_day(said, at) or _hour_and_minutes(said, at)


def _hour(said: Said, at: int) -> Number | None:
    number = below_hundred(said, at)
    return number if number and number.value <= 12 else None


def _minutes(said: Said, at: int) -> Number | None:
    if said[at] in ("oh", "o", "zero") and said[at + 1] in DIGITS:
        return Number(DIGITS[said[at + 1]], at + 2)
    number = below_hundred(said, at)
    return number if number and 10 <= number.value <= 59 else None


def _oclock(said: Said, at: int) -> Match | None:
    hour = _hour(said, at)
    end = hour and _after_oclock(said, hour.end)
    return _time(said, hour.value, 0, end) if hour and end else None


def _after_oclock(said: Said, at: int) -> int | None:
    names = (("o'clock",), ("oclock",), ("o", "clock"), ("o'", "clock"))
    return next((at + len(name) for name in names if said.follows(at, *name)), None)


def _with_half_of_day(said: Said, at: int) -> Match | None:
    hour = _hour(said, at)
    if not hour:
        return None
    minutes = _minutes(said, hour.end)
    if minutes and _half_of_day(said, minutes.end):
        return _time(said, hour.value, minutes.value, minutes.end)
    half = _half_of_day(said, hour.end)
    if not half:
        return None
    return Match(*_with_zone(said, f"{hour.value} {half[0]}", half[1]), "time")


def _half_of_day(said: Said, at: int) -> tuple[str, int] | None:
    if said[at] in HALVES and not (said[at] == "am" and said[at + 1] == "i"):
        return HALVES[said[at]], at + 1
    if said[at] in ("a", "p") and said[at + 1] == "m":
        return f"{said[at]}.m.", at + 2
    return None


def _time(said: Said, hour: int, minutes: int, end: int) -> Match:
    half = _half_of_day(said, end)
    text = f"{hour}:{minutes:02}"
    if half:
        text, end = f"{text} {half[0]}", half[1]
    return Match(*_with_zone(said, text, end), "time")


def _with_zone(said: Said, text: str, end: int) -> tuple[str, int]:
    if said[end] in ZONES:
        return f"{text} {said[end].upper()}", end + 1
    letters = "".join(said.words[end : end + 3])
    if letters in ZONES and len(said[end]) == 1:
        return f"{text} {letters.upper()}", end + 3
    return text, end


def full_hour(said: Said, at: int) -> Match | None:
    """Write `nineteen hundred hours` as `1900 hours`, and `oh six hundred hours` as `0600 hours`."""
    has_zero = said[at] in ("oh", "o", "zero")
    hour = below_hundred(said, at + has_zero)
    if not hour or not said.follows(hour.end, "hundred", "hours") or (hour.value < 10) != has_zero:
        return None
    return Match(f"{hour.value:02}00", hour.end + 1, "time") if hour.value < 24 else None


def relative(said: Said, at: int) -> Match | None:
    """Write `half past two` as `2:30`, and `quarter to six` as `5:45`."""
    first = at + (said[at] == "a")
    if said[first] in FRACTIONS:
        minutes: Number | None = Number(FRACTIONS[said[first]], first + 1)
    else:
        minutes = below_hundred(said, at)
    if not minutes or minutes.value > 30:
        return None
    way = minutes.end + (said[minutes.end] in MINUTES)
    hour = _hour(said, way + 1) if said[way] in PAST or said[way] in BEFORE else None
    if not hour or not _tells_time(said, at, minutes.value, way, hour):
        return None
    if said[way] in PAST:
        return _time(said, hour.value, minutes.value, hour.end)
    return _time(said, (hour.value - 2) % 12 + 1, 60 - minutes.value, hour.end)


def _tells_time(said: Said, at: int, minutes: int, way: int, hour: Number) -> bool:
    """Tell whether `ten to eleven` is a time rather than a range."""
    end = hour.end
    if said[end] in NUMBER_WORDS or is_unit(said, end) or said[end] in COUNTED:
        return False
    if said[at] in FRACTIONS or said[at + 1] == "quarter":
        return said[way] != "of" or said[at - 1] in AT
    if said[way] == "past" or said[way - 1] in MINUTES:
        return True
    if minutes not in ROUND or said[at - 1] == "from":
        return False
    if said[way] == "after":
        return True
    is_sure = said[at - 1] in AT or minutes > hour.value or bool(_half_of_day(said, end))
    return is_sure and said[way] in ("to", "till", "til")


def first_hour(said: Said, at: int) -> Match | None:
    """Write the first hour of `two to three p m` in digits, as the second is."""
    hour = _hour(said, at)
    if not hour or said[hour.end] not in ("to", "and", "or", "until", "through"):
        return None
    return Match(str(hour.value), hour.end, "time") if _with_half_of_day(said, hour.end + 1) else None


def _hour_and_minutes(said: Said, at: int) -> Match | None:
    hour = _hour(said, at)
    minutes = _minutes(said, hour.end) if hour else None
    if not hour or not minutes or goes_on(said, at, minutes.end):
        return None
    if said[at - 1] in BEFORE_NO_TIME or said[minutes.end] in NOT_AFTER_TIMES:
        return None
    return _time(said, hour.value, minutes.value, minutes.end)
