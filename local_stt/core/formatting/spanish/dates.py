"""Dates."""

from ..matching import Match, Said
from ..spoken import Number
from .numbers import below_hundred, cardinal

MONTHS = frozenset(
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre "
    "diciembre".split()
)
LINKS = frozenset(("de", "del"))
SLASHES = frozenset(("barra", "diagonal"))
RANGES = frozenset(("al", "a", "y", "o"))
ERAS = {
    ("antes", "de", "cristo"): "a. C.",
    ("antes", "de", "jesucristo"): "a. C.",
    ("despues", "de", "cristo"): "d. C.",
    ("despues", "de", "jesucristo"): "d. C.",
}
YEARS = range(1000, 2200)
BIRTH_CUES = frozenset("naci nacio nacimiento nacido nacida fecha vence vencimiento caduca".split())
"""Words before a date whose month is said as a number"""
EXPIRY_CUES = frozenset("vence vencimiento caduca caducidad expira expiracion".split())


def date(said: Said, at: int) -> Match | None:
    """Write the day and the year of `primero de enero de dos mil veinte` in digits."""
    day = _day(said, at)
    if not day or said[day.end] not in LINKS or said[day.end + 1] not in MONTHS:
        return None
    text = f"{day.value} de {said[day.end + 1]}"
    when = _year(said, day.end + 2)
    if when:
        return Match(f"{text} {said[day.end + 2]} {when.value}", when.end, "date")
    return Match(text, day.end + 2, "date")


def _day(said: Said, at: int) -> Number | None:
    day = Number(1, at + 1) if said[at] in ("primero", "primer") else below_hundred(said, at)
    is_article = said[at] in ("un", "una")
    return day if day and day.value <= 31 and not is_article else None


def _year(said: Said, at: int) -> Number | None:
    """Read `de mil novecientos noventa`, or a year without its century."""
    when = cardinal(said, at + 1) if said[at] in LINKS else None
    if not when:
        return None
    is_short = said[at] == "del" and 0 < when.value < 100
    return when if when.value in YEARS or is_short else None


def first_day(said: Said, at: int) -> Match | None:
    """Write the first day of `del tres al cinco de mayo` in digits, as the second is."""
    day = _day(said, at)
    if not day or said[day.end] not in RANGES:
        return None
    second = day.end + 1 + (said[day.end + 1] == "el")
    return Match(str(day.value), day.end, "date") if date(said, second) else None


def numeric_date(said: Said, at: int) -> Match | None:
    """Write `quince del tres de mil novecientos ochenta` as `15/3/1980`."""
    day = _two_digits(said, at)
    if not day or not 0 < day.value <= 31:
        return None
    link = said[day.end]
    month = _two_digits(said, day.end + 1) if link in LINKS or link in SLASHES else None
    if not month or not 0 < month.value <= 12:
        return None
    if link in SLASHES:
        when = cardinal(said, month.end + 1) if said[month.end] == link else None
    else:
        when = _year(said, month.end) or _short_year(said, month.end)
    return Match(f"{day.value}/{month.value}/{when.value}", when.end, "date") if when else None


def _two_digits(said: Said, at: int) -> Number | None:
    """Read a day or a month, perhaps with a zero before it."""
    number = below_hundred(said, at + (said[at] == "cero"))
    return number if said[at] not in ("un", "una") else None


def expiry(said: Said, at: int) -> Match | None:
    """Write the month and year in which a card expires, as in `04/27`."""
    month = _two_digits(said, at) if EXPIRY_CUES.intersection(said.before(at, 5)) else None
    if not month or not 0 < month.value <= 12:
        return None
    when = cardinal(said, month.end + (said[month.end] in LINKS or said[month.end] in SLASHES))
    if not when or not (20 <= when.value < 100 or when.value in range(2000, 2100)):
        return None
    return Match(f"{month.value:02}/{when.value % 100}", when.end, "date")


def _short_year(said: Said, at: int) -> Number | None:
    """Read a year without its century where a date is expected, as in `nací el quince del tres ochenta`."""
    if not BIRTH_CUES.intersection(said.before(at, 10)):
        return None
    when = cardinal(said, at + (said[at] in LINKS))
    return when if when and (when.value in YEARS or 10 <= when.value < 100) else None


def era(said: Said, at: int) -> Match | None:
    """Write `doscientos tres antes de cristo` as `203 a. C.`."""
    number = cardinal(said, at)
    name = next((words for words in ERAS if number and said.follows(number.end, *words)), None)
    return Match(f"{number.value} {ERAS[name]}", number.end + len(name), "date") if number and name else None
