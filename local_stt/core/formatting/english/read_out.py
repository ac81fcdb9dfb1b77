"""Numbers that are read out in chunks: `four one five`, `double oh seven`, `eight twenty two`."""

from ..matching import Said, read_once
from ..spoken import Chunk, ReadOut, longer, read_chunks
from .numbers import DIGITS, NUMBER_WORDS, ZEROS, below_hundred, cardinal

TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
DASHES = frozenset(("dash", "hyphen"))

AFTER_EXCLAMATION = frozenset("i wait no my yes yeah sorry and but well okay that".split())
"""Words before which `oh` is no zero"""
AFTER_DIGITS = frozenset("and yes okay".split())
"""Those of them that may follow the last zero of a number that is read out"""
WHOLE_LENGTHS = (10, 16)
"""Digits of whole telephone and card numbers"""


def chunk(said: Said, at: int) -> Chunk | None:
    """Read digits that are said together."""
    word = said[at]
    if word in TIMES:
        digit = _digit(said[at + 1])
        return Chunk(digit * TIMES[word], at + 2) if digit else None
    if word in ZEROS:
        return Chunk("0", at + 1) if word != "o" or _is_between_digits(said, at) else None
    number = below_hundred(said, at)
    if not number:
        return None
    zeros = {"hundred": "00", "thousand": "000"}.get(said[number.end], "")
    return Chunk(f"{number.value}{zeros}", number.end + bool(zeros))


def _is_between_digits(said: Said, at: int) -> bool:
    """Tell whether an `o` is a zero rather than a letter."""
    before = at - 2 if said[at - 1] == "o" else at - 1
    return _is_number_word(said[before]) or _is_number_word(said[at + 1])


def _is_number_word(word: str) -> bool:
    return (word in NUMBER_WORDS and word != "o") or word in TIMES


def _digit(word: str) -> str:
    return "0" if word in ZEROS else str(DIGITS.get(word, ""))


@read_once
def read_out(said: Said, at: int) -> ReadOut | None:
    """Read a number of one chunk or more."""
    spoken = read_chunks(said, at, _chunk_of_number, DASHES)
    if spoken and _ends_in_zero(said, spoken):
        *parts, last = spoken.parts
        return ReadOut((*parts, (*last, "0")), spoken.end + 1)
    return spoken


def _ends_in_zero(said: Said, spoken: ReadOut) -> bool:
    """Tell whether an `oh` is the last digit rather than an exclamation."""
    is_open = spoken.has_many_digits and len(spoken.digits) not in WHOLE_LENGTHS
    return is_open and said[spoken.end] == "oh" and said[spoken.end + 1] in AFTER_DIGITS


def _chunk_of_number(said: Said, at: int) -> Chunk | None:
    exclaims = said[at] in ("oh", "o") and said[at + 1] in AFTER_EXCLAMATION
    return None if exclaims else chunk(said, at)


def plain(said: Said, at: int) -> ReadOut | None:
    """Read a number that names something, as in `room four oh two` or `suite two hundred and ten`."""
    return longer(cardinal(said, at), read_out(said, at))


def is_read_out(said: Said, at: int, spoken: ReadOut) -> bool:
    """Tell whether somebody reads digits out, rather than a number or a time."""
    number = cardinal(said, at)
    if number and number.end >= spoken.end:
        return False
    if said[at] in ("oh", "o") and len(spoken.digits) < 4:
        return False
    repeats = any(word in TIMES for word in said.words[at : spoken.end]) and len(spoken.digits) > 2
    return repeats or spoken.has_many_digits


def goes_on(said: Said, at: int, end: int) -> bool:
    """Tell whether more digits are read out than a number has that begins and ends at these positions."""
    spoken = read_out(said, at)
    return bool(spoken and spoken.end > end)
