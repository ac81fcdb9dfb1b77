"""Numbers: cardinals, ordinals, decimals."""

from ..matching import Said, read_once
from ..spoken import Number, Quantity

DIGITS = {
    name: value for value, name in enumerate("one two three four five six seven eight nine".split(), start=1)
}
ZEROS = frozenset(("zero", "oh", "o", "nought"))
TEENS = {
    name: value
    for value, name in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), start=10
    )
}
TENS = {
    name: value * 10
    for value, name in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
SCALES = {
    name: 1000**power
    for power, name in enumerate(
        "thousand million billion trillion quadrillion quintillion sextillion".split(), start=1
    )
}
MILLION = 1_000_000

SMALL_ORDINALS = {
    name: value
    for value, name in enumerate(
        "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth".split()
    )
}
TENTH_ORDINALS = {name[:-1] + "ieth": value for name, value in TENS.items()}
GREAT_ORDINALS: dict[str, int] = {"hundredth": 100} | {f"{name}th": value for name, value in SCALES.items()}

ORDINALS = frozenset([*SMALL_ORDINALS, *TENTH_ORDINALS, *GREAT_ORDINALS])

PARTS = {
    ("and", "a", "half"): ".5",
    ("and", "a", "quarter"): ".25",
    ("and", "three", "quarters"): ".75",
}
"""Fractions after a whole number"""

POINTS = frozenset(("point", "dot"))

NUMBER_WORDS = frozenset([*DIGITS, *ZEROS, *TEENS, *TENS, *SCALES, "hundred"])
"""Words that numbers consist of"""


def below_hundred(said: Said, at: int) -> Number | None:
    """Read a number from 1 to 99."""
    word = said[at]
    if word in TENS:
        unit = DIGITS.get(said[at + 1], 0)
        return Number(TENS[word] + unit, at + 1 + bool(unit))
    value = DIGITS.get(word) or TEENS.get(word)
    return Number(value, at + 1) if value else None


@read_once
def cardinal(said: Said, at: int) -> Number | None:
    """Read a number such as `two thousand and eight`, `a hundred` or `eleven hundred`."""
    if said[at] == "zero":
        return Number(0, at + 1)
    total, end, limit = 0, at, 1000**8
    while part := _group(said, end, first=end == at):
        scale = SCALES.get(said[part.end], 1)
        if scale >= limit or (scale == 1 and part.value >= limit):
            break
        total, end, limit = total + part.value * scale, part.end + (scale > 1), scale
        if scale == 1:
            break
    return Number(total, end) if end > at else None


def _group(said: Said, at: int, *, first: bool) -> Number | None:
    """Read what may stand before `thousand`, or after it."""
    if first and said[at] == "a" and said[at + 1] in SCALES:
        return Number(1, at + 1)
    return _hundreds(said, at if first or said[at] != "and" else at + 1)


def _hundreds(said: Said, at: int) -> Number | None:
    count = Number(1, at + 1) if said[at] == "a" else below_hundred(said, at)
    if not count or said[count.end] != "hundred":
        return None if said[at] == "a" else count
    hundreds = Number(count.value * 100, count.end + 1)
    rest = below_hundred(said, hundreds.end + (said[hundreds.end] == "and"))
    if not rest or said[rest.end] == "hundred":
        return hundreds
    return Number(hundreds.value + rest.value, rest.end)


def ordinal(said: Said, at: int) -> Number | None:
    """Read an ordinal such as `third`, `twenty first` or `one hundredth`."""
    if said[at] in SMALL_ORDINALS or said[at] in TENTH_ORDINALS:
        return Number(SMALL_ORDINALS.get(said[at]) or TENTH_ORDINALS.get(said[at], 0), at + 1)
    if said[at] in GREAT_ORDINALS:
        return Number(GREAT_ORDINALS[said[at]], at + 1)
    number = cardinal(said, at)
    if not number or not number.value:
        return None
    end = number.end + (said[number.end] == "and")
    value = _with_ordinal(number.value, said[end])
    return Number(value, end + 1) if value else None


def _with_ordinal(value: int, word: str) -> int | None:
    if word in GREAT_ORDINALS:
        return value * GREAT_ORDINALS[word]
    room = 100 if value % 100 == 0 else 10 if value % 10 == 0 and value % 100 > 10 else 0
    small = SMALL_ORDINALS.get(word) or TENTH_ORDINALS.get(word, room)
    return value + small if small < room else None


def quantity(said: Said, at: int) -> Quantity | None:
    """Read a number with its sign, fraction and scale, as in `minus two point five million`."""
    if said[at] in ("minus", "negative"):
        positive = _positive(said, at + 1)
        return positive and Quantity(f"-{positive.text}", positive.end)
    return _positive(said, at)


def _positive(said: Said, at: int) -> Quantity | None:
    whole = cardinal(said, at)
    whole_text, end = (str(whole.value), whole.end) if whole else ("", at)
    is_point = said[end] == "point" or (whole and said[end] == "dot")
    if is_point and (decimals := fractions(said, end)):
        return _scaled(said, Quantity(f"{whole_text}{decimals.text}", decimals.end))
    if not whole:
        return None
    part = next((words for words in PARTS if said.follows(end, *words)), None)
    if part:
        return _scaled(said, Quantity(f"{whole.value:,}{PARTS[part]}", end + len(part)))
    return Quantity(grouped(said, whole), end)


def fractions(said: Said, at: int) -> Quantity | None:
    """Read a point and digits; a version such as `three dot two dot one` has more of them."""
    text, end = "", at
    while said[end] in POINTS and (found := fraction(said, end + 1)):
        text, end = f"{text}.{found.text}", found.end
    return Quantity(text, end) if text else None


def fraction(said: Said, at: int) -> Quantity | None:
    """Read the digits after a decimal point, one by one or as in `fourteen`."""
    end = at
    while said[end] in DIGITS or said[end] in ZEROS:
        end += 1
    if end > at:
        return Quantity("".join(str(DIGITS.get(word, 0)) for word in said.words[at:end]), end)
    number = below_hundred(said, at)
    return number and Quantity(str(number.value), number.end)


def _scaled(said: Said, number: Quantity) -> Quantity:
    scale = said[number.end]
    return Quantity(f"{number.text} {scale}", number.end + 1) if scale in SCALES else number


def grouped(said: Said, number: Number) -> str:
    """Write a number with commas, and round millions as in `400 million`."""
    scale = SCALES.get(said[number.end - 1], 1)
    if scale >= MILLION and number.value < 1000 * scale:
        return f"{number.value // scale} {said[number.end - 1]}"
    return f"{number.value:,}"


def with_suffix(value: int) -> str:
    """Write an ordinal, as in `21st`."""
    special = {1: "st", 2: "nd", 3: "rd"}
    return f"{value:,}" + ("th" if value % 100 in (11, 12, 13) else special.get(value % 10, "th"))
