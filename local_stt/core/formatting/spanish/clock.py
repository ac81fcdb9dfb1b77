"""Times of day."""

from typing import NamedTuple

from ..matching import Match, Said
from ..spoken import Number
from .numbers import NUMBER_WORDS, SINGLE_WORDS, UNITS, below_hundred
from .read_out import goes_on

ARTICLES = frozenset(("la", "las"))
QUARTERS = {"cuarto": 15, "media": 30}
ROUND = frozenset((5, 10, 15, 20, 25))
HALVES = {
    ("a", "eme"): "a.m.",
    ("pe", "eme"): "p.m.",
    ("a", "m"): "a.m.",
    ("p", "m"): "p.m.",
    ("am",): "a.m.",
    ("pm",): "p.m.",
    ("a.m.",): "a.m.",
    ("p.m.",): "p.m.",
    ("de", "la", "madrugada"): "a.m.",
    ("de", "la", "mañana"): "a.m.",
    ("de", "la", "tarde"): "p.m.",
    ("de", "la", "noche"): "p.m.",
    ("del", "mediodia"): "p.m.",
}
ZONES = frozenset(("utc", "gmt"))
BEFORE_TIMES = frozenset(
    "a son eran es era hasta desde sobre hacia para de entre antes despues y o ya hoy mañana lunes martes "
    "miercoles jueves viernes sabado domingo".split()
)
"""Words before `la una` or `las dos` that make it a time; none is one too"""
BEFORE_MINUTES = frozenset("son eran es era a ya hasta sobre".split())
"""Words before `cuarto para las dos`"""
PLURAL_VERBS = {"es": "son", "era": "eran", "sera": "serán", "fue": "fueron"}
SINGULAR_VERBS = {"son": "es", "eran": "era", "seran": "será", "fueron": "fue"}
MINUTES = frozenset(("minuto", "minutos"))
SURE_LINKS = frozenset(("y", "con"))


class Hour(NamedTuple):
    """An hour, and whether it was said with its article."""

    value: int
    end: int
    named: bool


class Clock(NamedTuple):
    """A time with minutes."""

    hour: int
    minutes: int
    end: int


def clock(said: Said, at: int) -> Match | None:
    """Write `la una y diez` as `la 1:10`, and `dos y media de la tarde` as `2:30 p.m.`."""
    hour = _hour(said, at)
    if not hour:
        return None
    time = _minutes(said, at, hour) or _whole_hour(said, at, hour)
    if not time or not (hour.named or _half(said, time.end)):
        return None
    return _written(said, time, named=hour.named)


def _whole_hour(said: Said, at: int, hour: Hour) -> Clock | None:
    """Read an hour without minutes, if what follows tells that it is a time."""
    if said.follows(hour.end, "en", "punto"):
        return Clock(hour.value, 0, hour.end + 2)
    if said[at - 1] == "a" and hour.named and hour.value > 12 and said[hour.end] == "horas":
        return Clock(hour.value, 0, hour.end + 1)
    is_time = _half(said, hour.end) or _zone(said, hour.end)
    return Clock(hour.value, 0, hour.end) if is_time and (hour.named or hour.value > 1) else None


def first_hour(said: Said, at: int) -> Match | None:
    """Write the first hour of `de dos a tres de la tarde` as the second is."""
    hour = _hour(said, at)
    if not hour or hour.named or said[hour.end] not in ("a", "o", "y"):
        return None
    second = _hour(said, hour.end + 1)
    is_time = second and not second.named and _half(said, second.end)
    return Match(f"{hour.value}:00", hour.end, "time") if is_time else None


def _hour(said: Said, at: int) -> Hour | None:
    """Read an hour: one word, perhaps after an article."""
    named = said[at] in ARTICLES
    word = said[at + named]
    value = 0 if word == "cero" else UNITS.get(word) or SINGLE_WORDS.get(word, 25)
    is_one = word == "una" and said[at] != "las"
    if value > 24 or (value == 1) != is_one or (said[at] == "la" and not is_one):
        return None
    return Hour(value, at + named + 1, named)


def _minutes(said: Said, at: int, hour: Hour) -> Clock | None:
    link = said[hour.end]
    if link == "menos":
        return _before_hour(said, hour)
    start = hour.end + (link in SURE_LINKS)
    if said[start] in QUARTERS and link in SURE_LINKS:
        return Clock(hour.value, QUARTERS[said[start]], start + 1)
    minutes = below_hundred(said, start)
    if said[start] == "cero" and (unit := below_hundred(said, start + 1)) and unit.value < 10:
        minutes = unit
    if not minutes or minutes.value > 59 or goes_on(said, start, minutes.end):
        return None
    end = minutes.end + (said[minutes.end] in MINUTES)
    if not _is_sure(said, at, start, minutes, end) or said[end] in NUMBER_WORDS:
        return None
    return Clock(hour.value, minutes.value, end)


def _is_sure(said: Said, at: int, start: int, minutes: Number, end: int) -> bool:
    """Tell whether minutes follow an hour, rather than a number of something."""
    if _half(said, end):
        return True
    if said[start] == "cero":
        return said[at - 1] in BEFORE_TIMES or not said[at - 1]
    if minutes.value < 10 and (minutes.value != 5 or said[start - 1] not in SURE_LINKS):
        return False
    return said[at] in ARTICLES and (not said[at - 1] or said[at - 1] in BEFORE_TIMES)


def _before_hour(said: Said, hour: Hour) -> Clock | None:
    """Read what is left to an hour, as in `las dos menos cuarto`."""
    start = hour.end + 1
    minutes = Number(15, start + 1) if said[start] == "cuarto" else below_hundred(said, start)
    if not minutes or minutes.value > 30 or minutes.value not in ROUND or not hour.named:
        return None
    return _earlier(hour.value, minutes.value, minutes.end)


def _earlier(hour: int, minutes: int, end: int) -> Clock:
    before = (hour - 1) % 24 if hour > 12 or hour == 0 else (hour - 2) % 12 + 1
    return Clock(before, 60 - minutes, end)


def to_the_hour(said: Said, at: int) -> Match | None:
    """Write `cuarto para las dos` as `la 1:45`."""
    first = at + (said[at] == "un")
    is_quarter = said[first] == "cuarto"
    minutes = Number(15, first + 1) if is_quarter else below_hundred(said, at)
    if not minutes or minutes.value not in ROUND or said[minutes.end] != "para":
        return None
    hour = _hour(said, minutes.end + 1)
    if not hour or not hour.named or not _tells_time(said, at, minutes.value):
        return None
    return _written(said, _earlier(hour.value, minutes.value, hour.end), named=True)


def with_verb(said: Said, at: int) -> Match | None:
    """Write the verb as the written hour needs it: `son las dos menos diez` as `es la 1:50`."""
    time = to_the_hour(said, at + 1) or clock(said, at + 1)
    if not time or time.text.partition(" ")[0] not in ARTICLES:
        return None
    verb = (SINGULAR_VERBS if time.text.startswith("la ") else PLURAL_VERBS).get(said[at])
    return Match(f"{verb} {time.text}", time.end, "time") if verb else None


def _tells_time(said: Said, at: int, minutes: int) -> bool:
    """Tell whether `diez para las doce` is a time, rather than a room or people for whom it is wanted."""
    return said[at - 1] in BEFORE_MINUTES or (minutes >= 10 and not said[at - 1])


def _half(said: Said, at: int) -> tuple[str, int] | None:
    return next(((HALVES[words], at + len(words)) for words in HALVES if said.follows(at, *words)), None)


def _written(said: Said, time: Clock, *, named: bool) -> Match:
    hour, half = time.hour, _half(said, time.end)
    article = ("la " if hour == 1 else "las ") if named else ""
    text, end = f"{article}{hour}:{time.minutes:02}", time.end
    if half:
        end = half[1]
        text = f"{text} {_half_of_day(said, hour, half)}" if 1 <= hour <= 12 else text
    return Match(*_with_zone(said, text, end), "time")


def _half_of_day(said: Said, hour: int, half: tuple[str, int]) -> str:
    """Return the half of the day; the first hours of a night belong to the next day."""
    is_next_day = said[half[1] - 1] == "noche" and (hour == 12 or hour < 5)
    return "a.m." if is_next_day else half[0]


def _with_zone(said: Said, text: str, end: int) -> tuple[str, int]:
    zone = _zone(said, end)
    return (f"{text} {zone[0]}", zone[1]) if zone else (text, end)


def _zone(said: Said, at: int) -> tuple[str, int] | None:
    """Read a zone such as `u t c más cuatro`."""
    length = 1 if said[at] in ZONES else 3
    name = "".join(said.words[at : at + length])
    if name not in ZONES:
        return None
    end = at + length
    offset = below_hundred(said, end + 1) if said[end] in ("mas", "menos") else None
    if not offset or offset.value > 14:
        return name.upper(), end
    sign = "+" if said[end] == "mas" else "-"
    return f"{name.upper()}{sign}{offset.value}", offset.end
