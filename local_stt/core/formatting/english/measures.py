"""Percentages, decimals, and numbers with a unit."""

from ..matching import Match, Said
from ..spoken import Quantity
from .numbers import DIGITS, below_hundred, fractions, quantity
from .read_out import read_out

UNITS = frozenset(
    "meter metre kilometer kilometre centimeter centimetre millimeter millimetre micrometer nanometer "
    "mile yard foot feet inch inches gram kilogram kilo milligram microgram pound ounce ton tonne "
    "liter litre milliliter millilitre gallon pint quart cup kilobyte megabyte gigabyte terabyte "
    "petabyte byte kilobit megabit gigabit gig meg degree volt millivolt kilovolt amp watt kilowatt "
    "megawatt gigawatt hertz kilohertz megahertz gigahertz lumen horsepower calorie kilocalorie acre "
    "hectare minute hour second millisecond day week month year".split()
)
"""Names of units, in the singular"""
TIMES = frozenset(("minute", "hour", "second"))
"""Units of time: one of them stays in words"""
CALENDAR = frozenset(("day", "week", "month", "year"))
"""Units whose small numbers stay in words"""
PREFIXED = frozenset("kilo mega giga tera peta milli centi deci micro nano square cubic".split())
"""Words before a unit that belong to it"""
OTHERS = (("per",), ("astronomical", "units"))
"""Units that are written as they are said"""
RANGES = frozenset(("to", "or", "and", "through"))
NO_POINT = frozenset("the this that some one a what no any every my your good whole starting".split())
"""Words before `point` that make it no decimal point"""
BEFORE_DECIMAL = frozenset(("", "is", "it's", "was", "about", "only", "than", "by"))
"""Words before `point` that make it a decimal point, if one digit follows and nothing else"""
SIGNS = {
    ("c", "c"): "cc",
    ("k", "m"): "km",
    ("k", "g"): "kg",
    ("m", "g"): "mg",
    ("m", "l"): "ml",
    ("m", "m"): "mm",
    ("miles", "per", "hour"): "mph",
    ("mile", "per", "hour"): "mph",
    ("kilometers", "per", "hour"): "km/h",
    ("kilometres", "per", "hour"): "km/h",
    ("degrees", "fahrenheit"): "°F",
    ("degrees", "celsius"): "°C",
    ("degrees", "centigrade"): "°C",
}
"""Units that are written short"""


def is_unit(said: Said, at: int) -> bool:
    """Tell whether a unit begins at a position."""
    word = said[at]
    if word in PREFIXED:
        return bool(said[at + 1]) and (is_unit(said, at + 1) or word in ("kilo", "square", "cubic"))
    return singular(word) in UNITS or any(said.follows(at, *unit) for unit in (*OTHERS, *SIGNS))


def singular(word: str) -> str:
    """Return a unit without the `s` of its plural."""
    return word.removesuffix("s") if word != "hertz" else word


def measure(said: Said, at: int) -> Match | None:
    """Write the number before a percent sign or a unit in digits."""
    number = _number(said, at)
    if not number:
        return None
    percent = _percent(said, number.end)
    if percent:
        return Match(f"{_with_zero(number.text)}%", percent, "percent")
    sign = next((words for words in SIGNS if said.follows(number.end, *words)), None)
    if sign:
        space = "" if SIGNS[sign].startswith("°") else " "
        return Match(f"{number.text}{space}{SIGNS[sign]}", number.end + len(sign), "measure")
    if _is_thousands(said, number.end):
        return Match(f"{number.text}K", number.end + 1, "measure")
    if is_unit(said, number.end) and not _stays(said, at, number):
        return Match(number.text, number.end, "measure")
    return None


def _number(said: Said, at: int) -> Quantity | None:
    """Read the number before a unit; `one fifty` too."""
    if said[at] == "point" and said[at - 1] in NO_POINT:
        return None
    number = _read_out_decimal(said, at) or quantity(said, at)
    if number and _ends_in_unit(said, number.end):
        return number
    if said[at] in ("oh", "o"):
        return None
    spoken = read_out(said, at)
    if spoken and len(spoken.parts) == 1 and _ends_in_unit(said, spoken.end) and spoken.end - at > 1:
        return Quantity(spoken.digits, spoken.end)
    return None


def _read_out_decimal(said: Said, at: int) -> Quantity | None:
    number, spoken = quantity(said, at), read_out(said, at)
    if not number or not spoken or len(spoken.parts) > 1 or number.end > spoken.end:
        return None
    decimals = fractions(said, spoken.end) if said[spoken.end] == "point" else None
    return decimals and Quantity(f"{spoken.digits}{decimals.text}", decimals.end)


def _ends_in_unit(said: Said, at: int) -> bool:
    return bool(_percent(said, at)) or is_unit(said, at) or _is_thousands(said, at)


def _is_thousands(said: Said, at: int) -> bool:
    """Tell whether `k` stands for thousands rather than begins a spelled word."""
    is_article = said[at + 1] == "a" and len(said[at + 2]) > 1
    return said[at] == "k" and (len(said[at + 1]) != 1 or is_article)


def _percent(said: Said, at: int) -> int | None:
    if said[at] in ("percent", "%"):
        return at + 1
    return at + 2 if said.follows(at, "per", "cent") else None


def _stays(said: Said, at: int, number: Quantity) -> bool:
    """Tell whether a number stays in words, as in `two days` or `one second`."""
    unit = said[number.end]
    if singular(unit) in CALENDAR and len(number.text) == 1:
        return True
    return (number.text == "1" and singular(unit) in TIMES) or said[at] == "a" or unit == "second"


def range_of_measures(said: Said, at: int) -> Match | None:
    """Write the first number of `five to ten minutes` in digits, as the second is."""
    number = quantity(said, at)
    if not number or said[number.end] not in RANGES:
        return None
    other = number.end + 1
    if not quantity(said, other):
        return None
    second = measure(said, other)
    is_range = said[number.end] != "and" or said[at - 1] == "between"
    return Match(number.text, number.end, "measure") if second and is_range else None


def height(said: Said, at: int) -> Match | None:
    """Write `six foot two` as `6 foot 2`."""
    feet = below_hundred(said, at)
    if not feet or said[feet.end] not in ("foot", "feet"):
        return None
    inches = below_hundred(said, feet.end + 1)
    if not inches or inches.value > 11:
        return None
    return Match(f"{feet.value} {said[feet.end]} {inches.value}", inches.end, "measure")


def read_out_decimal(said: Said, at: int) -> Match | None:
    """Write `one oh one point five` as `101.5`."""
    number = _read_out_decimal(said, at)
    return Match(number.text, number.end, "number") if number else None


def decimal(said: Said, at: int) -> Match | None:
    """Write `three point one four` as `3.14`."""
    if said[at] == "point" and not _is_decimal_point(said, at):
        return None
    number = quantity(said, at)
    if not number or ("." not in number.text and not number.text.startswith("-")):
        return None
    if said[number.end - 1] in ("half", "quarter", "quarters"):
        return None
    return Match(_with_zero(number.text), number.end, "number")


def _with_zero(number: str) -> str:
    """Write a zero before a point that no digit is before."""
    return number.replace(".", "0.", 1) if number.lstrip("-").startswith(".") else number


def _is_decimal_point(said: Said, at: int) -> bool:
    """Tell whether a `point` before a number is that of a decimal, rather than one in a list."""
    if said[at - 1] in BEFORE_DECIMAL and said[at + 1] in DIGITS and not said[at + 2]:
        return True
    is_digits = all(said[each] in DIGITS or said[each] in ("oh", "o", "zero") for each in (at + 1, at + 2))
    return is_digits and said[at - 1] not in NO_POINT
