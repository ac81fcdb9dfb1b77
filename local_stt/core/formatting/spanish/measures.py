"""Percentages, decimals, and numbers with a unit."""

from ..matching import Match, Said
from ..spoken import Quantity
from .numbers import NUMBER_WORDS, ONES, below_hundred, cardinal, decimal_sign, quantity
from .ordinals import HALVES, fraction, mixed
from .read_out import goes_on

METRIC = {
    "metro": "m",
    "kilometro": "km",
    "centimetro": "cm",
    "milimetro": "mm",
    "gramo": "g",
    "kilogramo": "kg",
    "kilo": "kg",
    "miligramo": "mg",
    "tonelada": "t",
    "litro": "l",
    "mililitro": "ml",
    "hectarea": "ha",
    "voltio": "V",
    "vatio": "W",
    "kilovatio": "kW",
    "hercio": "Hz",
    "kilohercio": "kHz",
    "megahercio": "MHz",
    "gigahercio": "GHz",
    "kilobyte": "KB",
    "megabyte": "MB",
    "gigabyte": "GB",
    "terabyte": "TB",
}
"""Units that are written with a sign, in the singular"""
POWERS = {"cuadrado": "²", "cubico": "³"}
RATES = {"hora": "h", "segundo": "s", "minuto": "min"}
NAMED = frozenset(
    "hora minuto segundo milisegundo dia semana mes año grado pulgada pie yarda milla libra onza galon "
    "caloria pixel mega giga acre amperio".split()
)
"""Units that are written as they are said, in the singular"""
CALENDAR = frozenset(("dia", "semana", "mes", "año"))
"""Units whose small numbers stay in words"""
DEGREES = {
    "centigrados": "°C",
    "celsius": "°C",
    "fahrenheit": "°F",
    "farenheit": "°F",
}
PERCENT = (("por", "ciento"), ("porciento",), ("%",))
RANGES = frozenset(("a", "o", "u"))
OPERATORS = {"mas": "+", "menos": "-", "por": "x", "entre": "/"}
RESULTS = (("es", "igual", "a"), ("igual", "a"), ("igual",))


def measure(said: Said, at: int) -> Match | None:
    """Write the number before a percent sign or a unit in digits, and most units with their sign."""
    number = _number(said, at)
    if not number:
        return None
    percent = _percent(said, number)
    if percent:
        return Match(f"{number.text} %", percent, "percent")
    unit = _unit(said, number.end)
    if not unit or said[at] in ONES:
        return None
    sign, end = unit
    if not sign:
        is_small = len(number.text) == 1 and singular(said[number.end]) in CALENDAR
        return None if is_small else Match(number.text, number.end, "measure")
    if said[end] == "y" and said[end + 1] in HALVES and number.text.isdigit():
        return Match(f"{number.text} 1/2 {sign}", end + 2, "measure")
    return Match(f"{number.text} {sign}", end, "measure")


def _number(said: Said, at: int) -> Quantity | None:
    """Read the number before a unit; also parts, as in `tres quintos de metro`."""
    part = fraction(said, at)
    if part and said[part.end] == "de" and singular(said[part.end + 1]) in METRIC:
        return Quantity(part.text, part.end + 1)
    if said.follows(at, "ciento", "por", "ciento"):
        return Quantity("100", at + 1)
    return mixed(said, at) or quantity(said, at)


def _percent(said: Said, number: Quantity) -> int | None:
    """Return the position after a percent sign; `cien por cien` is one too."""
    if number.text == "100" and said.follows(number.end, "por", "cien"):
        return number.end + 2
    return next((number.end + len(each) for each in PERCENT if said.follows(number.end, *each)), None)


def singular(word: str) -> str:
    """Return a unit without the ending of its plural."""
    if word in ("meses", "galones", "pixeles"):
        return word.removesuffix("es")
    return word.removesuffix("s")


def _unit(said: Said, at: int) -> tuple[str, int] | None:
    """Read a unit: its sign, which may be empty, and the position after it."""
    word = singular(said[at])
    if word == "grado" and said[at + 1] in DEGREES:
        return DEGREES[said[at + 1]], at + 2
    if word == "milla" and said.follows(at + 1, "por", "hora"):
        return "mph", at + 3
    if word in METRIC:
        return _with_rate(said, *_with_power(said, METRIC[word], at + 1))
    return ("", at + 1) if word in NAMED and said[at] != "segundo" else None


def _with_power(said: Said, sign: str, at: int) -> tuple[str, int]:
    power = POWERS.get(singular(said[at]))
    return (f"{sign}{power}", at + 1) if power else (sign, at)


def _with_rate(said: Said, sign: str, at: int) -> tuple[str, int]:
    rate = RATES.get(said[at + 1]) if said[at] == "por" else None
    return (f"{sign}/{rate}", at + 2) if rate else (sign, at)


def length(said: Said, at: int) -> Match | None:
    """Write `un metro ochenta` as `1,80 m`."""
    whole = below_hundred(said, at)
    if not whole or whole.value > 2 or said[whole.end] not in ("metro", "metros"):
        return None
    centimeters = below_hundred(said, whole.end + 1)
    if not centimeters or centimeters.value < 10 or _counts(said, centimeters.end):
        return None
    return Match(f"{whole.value}{decimal_sign(said)}{centimeters.value} m", centimeters.end, "measure")


def _counts(said: Said, at: int) -> bool:
    """Tell whether a number that ends at a position is one of something else."""
    return said[at] in NUMBER_WORDS or bool(_unit(said, at))


def range_of_measures(said: Said, at: int) -> Match | None:
    """Write the first number of `cinco a diez minutos` in digits, as the second is."""
    number = quantity(said, at)
    if not number or said[number.end] not in RANGES or said[at] in ONES:
        return None
    return Match(number.text, number.end, "measure") if measure(said, number.end + 1) else None


def decimal(said: Said, at: int) -> Match | None:
    """Write `tres coma catorce` as `3,14`, and `menos veinte` as `-20`."""
    number = quantity(said, at)
    if not number or not ({",", "."}.intersection(number.text) or number.text.startswith("-")):
        return None
    if said[at] == "menos" and goes_on(said, at + 1, number.end):
        return None
    return Match(number.text, number.end, "number")


def sum_of_numbers(said: Said, at: int) -> Match | None:
    """Write `dos más dos es igual a cuatro` as `2 + 2 = 4`."""
    first = cardinal(said, at)
    if not first or said[first.end] not in OPERATORS:
        return None
    second = cardinal(said, first.end + 1)
    result = next((each for each in RESULTS if second and said.follows(second.end, *each)), None)
    total = cardinal(said, second.end + len(result)) if second and result else None
    if not second or not total:
        return None
    text = f"{first.value} {OPERATORS[said[first.end]]} {second.value} = {total.value}"
    return Match(text, total.end, "number")
