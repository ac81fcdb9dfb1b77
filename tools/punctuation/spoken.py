"""Turn written text into what a recognizer writes: words in small letters, each with its mark."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MARKS = {",": ",", ":": ",", ".": ".", ";": ".", "!": ".", "?": "?"}
_SIGNS = {"&": "and", "%": "percent", "+": "plus", "@": "at"}

_PIECE = re.compile(
    r"\$(?P<dollars>[\d,]*\d)(?:\.(?P<cents>\d\d))?"
    r"|(?P<hour>\d\d?):(?P<minute>\d\d)"
    r"|(?P<phone>\+?\d+(?:-\d+)+)"
    r"|(?P<ordinal>\d+)(?:st|nd|rd|th)\b"
    r"|(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<decimals>\d+))?"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<sign>[&%+@])"
)
_GLUED = re.compile(r"(?<=[a-z])([.,?!])(?=[A-Z])")
_LOOSE_ENDING = re.compile(r"(?<=\w) '(?=(?:s|m|re|ll|ve|d|t)\b)")
_BETWEEN = re.compile(r"\s+[-\u2013\u2014]+\s+")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word as it is said, and how it is written."""

    word: str
    mark: str = ""
    """The mark that follows: a comma, a full stop, a question mark or none"""
    capital: bool | None = None
    """Whether it begins with a capital; None if it is written in digits or signs"""


def spoken(text: str) -> list[Spoken]:
    """Return the words of a text as they are said."""
    text = _LOOSE_ENDING.sub(
        "'", text.replace("\u2019", "'").replace("\\r", " ").replace('o"clock', "o'clock")
    )
    text = _BETWEEN.sub(", ", _GLUED.sub(r"\1 ", text))
    words: list[Spoken] = []
    for chunk in text.split():
        said = list(_chunk(chunk))
        if words and words[-1].capital is None and not words[-1].mark:
            said = list(_half_of_the_day(said, after=words[-1].word))
        mark = _mark(chunk)
        if said:
            words += said
        if words and mark and not words[-1].mark:
            words[-1] = replace(words[-1], mark=mark)
    return words


def _half_of_the_day(said: list[Spoken], *, after: str) -> Iterator[Spoken]:
    """Yield am and pm after a number as one word or, as other models write them, as two letters."""
    for each in said:
        if each.word in ("am", "pm") and after.endswith(("ty", "een")):
            yield from (Spoken(letter) for letter in each.word)
        elif each.word in ("am", "pm"):
            yield Spoken(each.word)
        else:
            yield each


def _mark(chunk: str) -> str:
    """Return the mark at the end of a piece of text between spaces."""
    for character in reversed(chunk.rstrip("\"')]*>")):
        if character not in ".,:;!?":
            break
        if "?" in chunk[-3:]:
            return "?"
        return _MARKS[character]
    return ""


def _chunk(chunk: str) -> Iterator[Spoken]:
    for match in _PIECE.finditer(chunk):
        if match["word"]:
            yield Spoken(match["word"].lower(), capital=match["word"][0].isupper())
        else:
            yield from (Spoken(word) for word in _said(match))


def _said(match: re.Match[str]) -> list[str]:
    """Return how something written in digits or signs is said."""
    if match["sign"]:
        return [_SIGNS[match["sign"]]]
    if match["dollars"]:
        return _money(int(match["dollars"].replace(",", "")), int(match["cents"] or 0))
    if match["hour"]:
        return _time(int(match["hour"]), int(match["minute"]))
    if match["phone"]:
        return [_ONES[int(digit)] for digit in match["phone"] if digit.isdigit()]
    if match["ordinal"]:
        return ordinal(int(match["ordinal"]))
    return _number(match["whole"]) + _decimals(match["decimals"])


def cardinal(number: int) -> list[str]:
    """Return the words of a number."""
    for scale, name in _SCALES:
        if number >= scale:
            rest = number % scale
            return [*cardinal(number // scale), name, *(cardinal(rest) if rest else [])]
    if number < len(_ONES):
        return [_ONES[number]]
    return [_TENS[number // 10], *([_ONES[number % 10]] if number % 10 else [])]


def ordinal(number: int) -> list[str]:
    """Return the words of an ordinal number."""
    *before, last = cardinal(number)
    return [*before, _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")]


def _number(digits: str) -> list[str]:
    """Return the words of digits: a long row and one that begins with 0 are read out, a year in halves."""
    plain = digits.replace(",", "")
    is_long = len(plain) > 4 and plain == digits
    if is_long or (plain.startswith("0") and len(plain) > 1):
        return [_ONES[int(digit)] for digit in plain]
    number = int(plain)
    if len(plain) == 4 and plain == digits and number % 1000 >= 10 and number % 100 >= 10:
        return cardinal(number // 100) + cardinal(number % 100)
    return cardinal(number)


def _decimals(digits: str | None) -> list[str]:
    return ["point", *(_ONES[int(digit)] for digit in digits)] if digits else []


def _money(dollars: int, cents: int) -> list[str]:
    whole = [*cardinal(dollars), "dollar" if dollars == 1 else "dollars"]
    return [*whole, "and", *cardinal(cents), "cents"] if cents else whole


def _time(hour: int, minute: int) -> list[str]:
    if minute == 0:
        return cardinal(hour)
    return [*cardinal(hour), *(["oh"] if minute < 10 else []), *cardinal(minute)]
