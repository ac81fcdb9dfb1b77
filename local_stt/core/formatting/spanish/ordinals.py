"""Ordinals from the tenth on, fractions, and centuries."""

from ..matching import Match, Said
from ..spoken import Number, Quantity
from .numbers import ONES, TENS, UNITS, cardinal, is_minus

SMALL = {
    name: value
    for value, names in enumerate(
        (
            "primero primera primer",
            "segundo segunda",
            "tercero tercera tercer",
            "cuarto cuarta",
            "quinto quinta",
            "sexto sexta",
            "septimo septima",
            "octavo octava",
            "noveno novena",
        ),
        start=1,
    )
    for name in names.split()
}
TENTHS = {
    f"{stem}{ending}": value * 10
    for value, stem in enumerate(
        "decim vigesim trigesim cuadragesim quincuagesim sexagesim septuagesim octogesim nonagesim".split(),
        start=1,
    )
    for ending in "oa"
}
HUNDREDTHS = {
    f"{stem}{ending}": value * 100
    for value, stem in enumerate("centesim ducentesim tricentesim".split(), start=1)
    for ending in "oa"
}
JOINED = {
    f"{tenth}{small}".replace("oo", "o"): TENTHS[tenth] + value
    for tenth in ("decimo", "vigesimo")
    for small, value in SMALL.items()
} | {"undecimo": 11, "undecima": 11, "duodecimo": 12, "duodecima": 12}
"""Ordinals of one word, such as `decimotercero`"""

ORDINALS = frozenset([*TENTHS, *HUNDREDTHS, *JOINED])
"""Words that ordinals from the tenth on begin with"""

PARTS = {
    "medio": 2,
    "tercio": 3,
    "cuarto": 4,
    "quinto": 5,
    "sexto": 6,
    "septimo": 7,
    "octavo": 8,
    "noveno": 9,
    "decimo": 10,
    "vigesimo": 20,
    "centesimo": 100,
}
"""Names of parts, in the singular"""
FAMILIAR = frozenset(("medio", "tercio", "cuarto", "quinto", "sexto", "septimo", "octavo", "noveno"))
"""Parts that stay in words if there is one of them"""
HALVES = frozenset(("medio", "media"))
BEFORE_ROOMS = frozenset("de con tiene tenemos hay son".split())
"""Words before `tres cuartos` that are rooms"""


def ordinal(said: Said, at: int) -> Match | None:
    """Write `vigésimo primero` as `21.º`; the first nine stay in words."""
    if said[at - 1] in UNITS:
        return None
    number = _hundredths(said, at)
    if not number:
        return None
    word = said[number.end - 1]
    suffix = ".ª" if word.endswith("a") else ".º" if word.endswith("o") else ".ᵉʳ"
    return Match(f"{number.value}{suffix}", number.end, "ordinal")


def _hundredths(said: Said, at: int) -> Number | None:
    hundreds = HUNDREDTHS.get(said[at])
    if not hundreds:
        return _tenths(said, at)
    rest = _tenths(said, at + 1) or _small(said, at + 1)
    return Number(hundreds + rest.value, rest.end) if rest else Number(hundreds, at + 1)


def _tenths(said: Said, at: int) -> Number | None:
    if said[at] in JOINED:
        return Number(JOINED[said[at]], at + 1)
    tens = TENTHS.get(said[at])
    if not tens:
        return None
    rest = _small(said, at + 1)
    return Number(tens + rest.value, rest.end) if rest else Number(tens, at + 1)


def _small(said: Said, at: int) -> Number | None:
    return Number(SMALL[said[at]], at + 1) if said[at] in SMALL else None


def fraction(said: Said, at: int) -> Quantity | None:
    """Read parts such as `ocho tercios` or `once cientounavos`."""
    count = cardinal(said, at)
    parts = _parts(said[count.end]) if count else None
    if not count or not parts or not count.value or count.value > 99:
        return None
    if (count.value == 1) == said[count.end].endswith("s"):
        return None
    return Quantity(f"{count.value}/{parts}", count.end + 1)


def _parts(word: str) -> int | None:
    singular = word.removesuffix("s")
    return PARTS.get(singular) or _joined_parts(singular)


def _joined_parts(word: str) -> int | None:
    """Read a part whose name is that of a number with `avo`, as in `treintavo` or `cuarentiunavo`."""
    stem = word.removesuffix("avo")
    return AVOS.get(stem) if stem != word else None


def _stems() -> dict[str, int]:
    """Return what stands before `avo`, for the parts from eleven to 199."""
    units = {name: value for name, value in UNITS.items() if name != "una"}
    small = {"on": 11, "once": 11, "doc": 12, "doce": 12, "trec": 13, "trece": 13, "catorc": 14, "quinc": 15}
    small |= {f"dieci{name}": 10 + value for name, value in units.items()}
    small |= {f"veinti{name}": 20 + value for name, value in units.items()} | {"veint": 20, "veinte": 20}
    for tens, value in TENS.items():
        for stem in (tens, tens[:-1]):
            small |= {f"{stem}i{name}": value + unit for name, unit in units.items()} | {stem: value}
    return small | {f"ciento{name}": 100 + value for name, value in (units | small).items()}


AVOS = _stems()
"""What the names of parts begin with, before `avo`"""


def mixed(said: Said, at: int) -> Quantity | None:
    """Read a number with parts, as in `dos y dos tercios` or `tres y medio`, perhaps with a sign."""
    sign = "-" if is_minus(said, at) else ""
    whole = cardinal(said, at + bool(sign))
    if not whole or not whole.value or said[whole.end] != "y":
        return None
    part = _half(said, whole.end + 1) or fraction(said, whole.end + 1)
    return part and Quantity(f"{sign}{whole.value} {part.text}", part.end)


def _half(said: Said, at: int) -> Quantity | None:
    """Read `medio` or `media`."""
    return Quantity("1/2", at + 1) if said[at] in HALVES else None


def parts(said: Said, at: int) -> Match | None:
    """Write `dos quintos` as `2/5`, and `dos y dos tercios` as `2 2/3`."""
    number = mixed(said, at)
    if number and said[number.end - 1] not in HALVES:
        return Match(number.text, number.end, "number")
    sign = "-" if is_minus(said, at) else ""
    found = fraction(said, at + bool(sign))
    if not found or _stays(said, at, found):
        return None
    return Match(f"{sign}{found.text}", found.end, "number")


def _stays(said: Said, at: int, found: Quantity) -> bool:
    """Tell whether parts stay in words: one of them, rooms, matches, and tickets of a lottery."""
    part = said[found.end - 1]
    if said.follows(found.end, "de", "final"):
        return True
    if said[at] in ONES:
        return part in FAMILIAR or said.follows(found.end, "de", "loteria")
    return part == "cuartos" and (found.text != "3/4" or said[at - 1] in BEFORE_ROOMS)


def century(said: Said, at: int) -> Match | None:
    """Write the number after `siglo` with Roman digits."""
    number = cardinal(said, at) if said[at - 1] == "siglo" else None
    return Match(_roman(number.value), number.end, "number") if number and 0 < number.value < 40 else None


def _roman(value: int) -> str:
    tens, ones = divmod(value, 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[ones]
