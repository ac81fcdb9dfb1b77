"""Numbers: cardinals and decimals.  Words are named without their accents."""

from ..matching import Said, read_once
from ..spoken import LONGEST, Number, Quantity

DIGITS = {
    name: value
    for value, name in enumerate("uno dos tres cuatro cinco seis siete ocho nueve".split(), start=1)
}
ONES = frozenset(("un", "una", "uno"))
"""One, which is an article too"""
UNITS = DIGITS | dict.fromkeys(ONES, 1)
SINGLE_WORDS = {
    name: value
    for value, name in enumerate(
        "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve "
        "veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete "
        "veintiocho veintinueve".split(),
        start=10,
    )
} | {"veintiun": 21, "veintiuna": 21}
"""Numbers from ten to twenty-nine"""
TENS = {
    name: value * 10
    for value, name in enumerate(
        "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa".split(), start=2
    )
}
HUNDREDS = {
    f"{name}{ending}": value * 100
    for value, name in {
        2: "doscient",
        3: "trescient",
        4: "cuatrocient",
        5: "quinient",
        6: "seiscient",
        7: "setecient",
        8: "ochocient",
        9: "novecient",
    }.items()
    for ending in ("os", "as")
} | {"cien": 100, "ciento": 100}
SCALES = {
    "millon": 10**6,
    "millones": 10**6,
    "millardo": 10**9,
    "millardos": 10**9,
    "billon": 10**12,
    "billones": 10**12,
    "trillon": 10**18,
    "trillones": 10**18,
    "cuatrillon": 10**24,
    "cuatrillones": 10**24,
}
SCALE_LIMIT = 10**30
POINTS = {"coma": ",", "punto": "."}
"""What is said for the decimal sign, which is written as it is said"""

POINT_REGIONS = frozenset(("US", "MX", "PR", "DO", "GT", "HN", "NI", "PA", "PE", "SV"))
"""Regions that write a decimal point"""

NUMBER_WORDS = frozenset(
    ["cero", *UNITS, *SINGLE_WORDS, *TENS, *HUNDREDS, "mil", *SCALES],
)
"""Words that numbers consist of, besides `y`"""

NO_MINUS = frozenset("o al lo ni mucho poco nada no todo todos toda todas cualquiera".split()) | NUMBER_WORDS
"""Words after which `menos` is no sign"""


def below_hundred(said: Said, at: int) -> Number | None:
    """Read a number from 1 to 99."""
    word = said[at]
    if word in TENS and said[at + 1] == "y" and said[at + 2] in UNITS:
        return Number(TENS[word] + UNITS[said[at + 2]], at + 3)
    value = UNITS.get(word) or SINGLE_WORDS.get(word) or TENS.get(word)
    return Number(value, at + 1) if value else None


def below_thousand(said: Said, at: int) -> Number | None:
    """Read a number from 1 to 999."""
    hundreds = HUNDREDS.get(said[at])
    if not hundreds:
        return below_hundred(said, at)
    rest = below_hundred(said, at + 1) if said[at] != "cien" else None
    if rest:
        return Number(hundreds + rest.value, rest.end)
    return Number(hundreds, at + 1) if said[at] != "ciento" else None


def below_million(said: Said, at: int) -> Number | None:
    """Read what may stand before `millones`, or after it."""
    count = Number(1, at) if said[at] == "mil" else below_thousand(said, at)
    if not count or said[count.end] != "mil":
        return count
    thousands = Number(count.value * 1000, count.end + 1)
    linked = said[thousands.end] == "y" and said[thousands.end + 1] in DIGITS
    rest = below_thousand(said, thousands.end + linked)
    if not rest or said[rest.end] == "mil":
        return thousands
    return Number(thousands.value + rest.value, rest.end)


@read_once
def cardinal(said: Said, at: int) -> Number | None:
    """Read a number such as `cero`, `mil uno` or `dos millones cien mil`."""
    if said[at] not in NUMBER_WORDS:
        return None
    if said[at] == "cero":
        return Number(0, at + 1)
    total, end, limit = 0, at, SCALE_LIMIT
    while limit > 1 and (part := below_million(said, end)):
        scale = SCALES.get(said[part.end], 1)
        if scale >= limit:
            break
        total, end, limit = total + part.value * scale, part.end + (scale > 1), scale
    return Number(total, end) if end > at else None


def quantity(said: Said, at: int) -> Quantity | None:
    """Read a number with its sign, decimals and scale, as in `menos dos coma cinco millones`."""
    if is_minus(said, at):
        positive = _positive(said, at + 1)
        return positive and Quantity(f"-{positive.text}", positive.end)
    return _positive(said, at)


def is_minus(said: Said, at: int) -> bool:
    """Tell whether `menos` is the sign of a number, unlike that of `más o menos veinte`."""
    return said[at] == "menos" and said[at - 1] not in NO_MINUS


def _positive(said: Said, at: int) -> Quantity | None:
    whole = cardinal(said, at)
    whole_text, end = (str(whole.value), whole.end) if whole else ("", at)
    if said[end] in POINTS and (whole or _has_digits(said, end + 1)):
        decimals = _decimals(said, end + 1)
        if decimals:
            return _scaled(said, Quantity(f"{whole_text}{POINTS[said[end]]}{decimals.text}", decimals.end))
    return Quantity(grouped(said, whole), whole.end) if whole else None


def _has_digits(said: Said, at: int) -> bool:
    """Tell whether two digits follow, so that `punto` is no other word."""
    return said[at - 1] == "punto" and all(
        said[each] in DIGITS or said[each] == "cero" for each in (at, at + 1)
    )


def _decimals(said: Said, at: int) -> Quantity | None:
    """Read the digits after the decimal sign, one by one or as in `catorce quince`."""
    digits, end = "", at
    for _ in range(LONGEST):
        number = Number(0, end + 1) if said[end] == "cero" else below_thousand(said, end)
        if not number or said[end] in ("un", "una"):
            break
        digits, end = f"{digits}{number.value}", number.end
    return Quantity(digits, end) if digits else None


def decimal_sign(said: Said) -> str:
    """Return the sign of a region for a number in which none was said."""
    return "." if said.region in POINT_REGIONS else ","


def _scaled(said: Said, number: Quantity) -> Quantity:
    scale = said[number.end]
    return Quantity(f"{number.text} {written_scale(scale)}", number.end + 1) if scale in SCALES else number


def written_scale(word: str) -> str:
    """Return a word for millions with its accent."""
    return f"{word[:-2]}ón" if word.endswith("on") else word


def grouped(said: Said, number: Number) -> str:
    """Write a number, and round millions as in `400 millones`."""
    word = said[number.end - 1]
    scale = SCALES.get(word, 1)
    if scale > 1 and number.value < 10**6 * scale:
        return f"{number.value // scale} {written_scale(word)}"
    return str(number.value)
