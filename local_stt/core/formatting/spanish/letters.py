"""Letters that are read out, alone or with digits: `ge a erre ce i a`, `i be tres dos cero cuatro`."""

from collections.abc import Sequence
from typing import NamedTuple

from ..matching import Match, Said
from .read_out import DASHES, TIMES, read_out

NAMES = {
    "be": "b",
    "ce": "c",
    "de": "d",
    "efe": "f",
    "ge": "g",
    "hache": "h",
    "jota": "j",
    "ka": "k",
    "ele": "l",
    "eme": "m",
    "ene": "n",
    "eñe": "ñ",
    "pe": "p",
    "cu": "q",
    "ere": "r",
    "erre": "r",
    "ese": "s",
    "te": "t",
    "uve": "v",
    "ve": "v",
    "equis": "x",
    "ye": "y",
    "zeta": "z",
}
"""Names of letters"""
LONG_NAMES = {
    ("doble", "ve"): "w",
    ("doble", "uve"): "w",
    ("doble", "u"): "w",
    ("uve", "doble"): "w",
    ("ve", "doble"): "w",
    ("i", "griega"): "y",
    ("be", "larga"): "b",
    ("be", "grande"): "b",
    ("ve", "corta"): "v",
    ("ve", "chica"): "v",
}
WORDS = frozenset("a e o u y de te ese ve".split())
"""Letters that are words too"""
CONJUNCTIONS = frozenset(("y", "o", "e", "u"))
CUES = frozenset("deletreo deletrea deletreado escribe letras letra apellido nombre".split())
ACRONYMS = frozenset(
    "dni nif nie cif iva rfc curp nss usa pdf url cvv iban sms gps adn onu utc gmt id".split()
)
"""Letters that are written together"""
LONGEST = 30
"""Letters of the longest word or code; it bounds the time that a long utterance takes"""


class Letter(NamedTuple):
    """A letter that was read out."""

    text: str
    end: int
    sure: bool
    """Whether it is no other word"""


class Code(NamedTuple):
    """Letters and digits that were read out together."""

    text: str
    end: int
    is_mixed: bool


def letter(said: Said, at: int) -> Letter | None:
    """Read a letter, by its name or as the recognizer writes it; `doble ele` too."""
    found = _single(said, at)
    if found or said[at] not in TIMES:
        return found
    repeated = _single(said, at + 1)
    return repeated and repeated._replace(text=repeated.text * TIMES[said[at]])


def _single(said: Said, at: int) -> Letter | None:
    name = next((words for words in LONG_NAMES if said.follows(at, *words)), None)
    if name:
        return Letter(LONG_NAMES[name], at + len(name), sure=True)
    word = said[at]
    text = word if len(word) == 1 and word.isalpha() else NAMES.get(word)
    return Letter(text, at + 1, word not in WORDS) if text else None


def spelled(said: Said, at: int) -> Match | None:
    """Write `ge a erre ce i a` as `G-A-R-C-I-A`, and `de ene i` as `DNI`."""
    if _has_letter_before(said, at):
        return None
    letters = _trimmed(said, _letters(said, at))
    text = "".join(each.text for each in letters)
    if text in ACRONYMS and any(each.sure for each in letters):
        return Match(text.upper(), letters[-1].end, "spelled")
    sure = sum(each.sure for each in letters)
    repeats = said[at - 1] == text
    if len(letters) < 3 or not (repeats or (sure > 1 and not _starts_loosely(said, at, letters))):
        return None
    joined = "-" if len(letters) > 3 or repeats or CUES.intersection(said.before(at, 3)) else " "
    return Match(joined.join(each.text.upper() for each in letters), letters[-1].end, "spelled")


def _letters(said: Said, at: int) -> list[Letter]:
    letters: list[Letter] = []
    end = at
    while len(letters) < LONGEST and (found := letter(said, end)):
        letters.append(found)
        end = found.end
    return letters


def _trimmed(said: Said, letters: list[Letter]) -> Sequence[Letter]:
    """Leave out words at the end that may belong to what follows, unless nothing does."""
    kept = len(letters)
    if kept and said[letters[-1].end]:
        while kept and not letters[kept - 1].sure:
            kept -= 1
    return letters[:kept]


def _has_letter_before(said: Said, at: int) -> bool:
    before = letter(said, at - 1)
    return bool(before and before.sure)


def _starts_loosely(said: Said, at: int, letters: Sequence[Letter]) -> bool:
    """Tell whether the first letter may be a word, as in `a be ce` and not in `se escribe a ene a`."""
    return not letters[0].sure and bool(said[at - 1]) and not CUES.intersection(said.before(at, 2))


def code(said: Said, at: int) -> Match | None:
    """Write letters and digits that are read out together, as in `i be tres dos cero cuatro`."""
    first = letter(said, at)
    if not first or not first.sure or _has_letter_before(said, at):
        return None
    found = read_code(said, at)
    if not found or not found.is_mixed:
        return None
    letters = sum(each.isalpha() for each in found.text)
    return Match(found.text, found.end, "number") if letters >= 2 and len(found.text) > 3 else None


def read_code(said: Said, at: int) -> Code | None:
    """Read letters and digits up to the first other word."""
    text, end = "", at
    while end - at < LONGEST and (found := _piece(said, end)):
        text, end = text + found[0], found[1]
        if said[end] in DASHES and _piece(said, end + 1):
            text, end = f"{text}-", end + 1
    has_letters, has_digits = any(each.isalpha() for each in text), any(each.isdigit() for each in text)
    return Code(text, end, has_letters and has_digits) if text else None


def _piece(said: Said, at: int) -> tuple[str, int] | None:
    number = read_out(said, at)
    if number:
        return number.text, number.end
    found = letter(said, at)
    if not found or not (found.sure or _is_letter(said, at, found.end)):
        return None
    return found.text.upper(), found.end


def _is_letter(said: Said, at: int, end: int) -> bool:
    """Tell whether a letter that is a word too is none, because of what is beside it."""
    before, after = letter(said, at - 1), letter(said, end)
    if (before and before.sure) or (after and after.sure):
        return True
    if said[at] in CONJUNCTIONS:
        return False
    return after is not None or (not said[end] and bool(read_out(said, at - 1)))


def letter_of_word(said: Said, at: int) -> Match | None:
    """Write the letter of `be de burro`."""
    found = letter(said, at)
    if not found or said[found.end] != "de" or not (found.sure or said[at - 1] == "con"):
        return None
    word = said[found.end + 1]
    return (
        Match(found.text.upper(), found.end, "spelled") if word[1:] and word.startswith(found.text) else None
    )
