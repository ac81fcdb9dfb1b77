"""Numbers that are read out in chunks: `cuatro uno cinco`, `doble cero siete`, `veintidós treinta`."""

from ..matching import Said, read_once
from ..spoken import Chunk, Number, ReadOut, longer, read_chunks
from .numbers import DIGITS, HUNDREDS, below_thousand, cardinal

TIMES = {"doble": 2, "triple": 3, "cuadruple": 4}
SEVERAL = {
    "ceros": "0",
    "unos": "1",
    "cincos": "5",
    "cuatros": "4",
    "sietes": "7",
    "ochos": "8",
    "nueves": "9",
}
"""Digits in the plural, as in `dos ceros`"""
DASHES = frozenset(("guion",))


def chunk(said: Said, at: int) -> Chunk | None:
    """Read digits that are said together."""
    word = said[at]
    if word in TIMES:
        digit = _digit(said[at + 1])
        return Chunk(digit * TIMES[word], at + 2) if digit else None
    if word in DIGITS and said[at + 1] in SEVERAL:
        return Chunk(SEVERAL[said[at + 1]] * DIGITS[word], at + 2)
    if word == "cero":
        return Chunk("0", at + 1)
    number = _hundreds_alone(said, at) or below_thousand(said, at)
    if not number or word in ("un", "una"):
        return None
    is_thousand = number.value < 10 and said[number.end] == "mil"
    return Chunk(f"{number.value}{'000' * is_thousand}", number.end + is_thousand)


def _hundreds_alone(said: Said, at: int) -> Number | None:
    """Read the hundreds of `ochocientos cinco cinco cinco`, where the digits after them are another group."""
    is_alone = said[at] in HUNDREDS and said[at + 1] in DIGITS and said[at + 2] in DIGITS
    return Number(HUNDREDS[said[at]], at + 1) if is_alone else None


def _digit(word: str) -> str:
    return "0" if word == "cero" else str(DIGITS.get(word, ""))


@read_once
def read_out(said: Said, at: int) -> ReadOut | None:
    """Read a number of one chunk or more."""
    return read_chunks(said, at, chunk, DASHES)


def plain(said: Said, at: int) -> ReadOut | None:
    """Read a number that names something, as in `habitación cuatro cero dos` or `doscientos diez`."""
    return longer(cardinal(said, at), read_out(said, at))


def is_read_out(said: Said, at: int, spoken: ReadOut) -> bool:
    """Tell whether somebody reads digits out, rather than a number."""
    number = cardinal(said, at)
    if number and number.end >= spoken.end:
        return False
    repeats = any(word in TIMES or word in SEVERAL for word in said.words[at : spoken.end])
    return (repeats and len(spoken.digits) > 2) or spoken.has_many_digits


def goes_on(said: Said, at: int, end: int) -> bool:
    """Tell whether more digits are read out than a number has that begins and ends at these positions."""
    spoken = read_out(said, at)
    return bool(spoken and spoken.end > end)
