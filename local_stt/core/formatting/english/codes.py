"""Codes of letters and digits that are read out together, such as `q seven r two`."""

from ..matching import Match, Said
from ..spoken import ReadOut
from .numbers import NUMBER_WORDS, SMALL_ORDINALS
from .read_out import DASHES, TIMES, read_out
from .spelling import ACRONYMS, is_identity, is_letter

ARTICLES = frozenset(("a", "i"))
"""Letters that are words too"""
LONGEST_CODE = 30
"""Words of the longest code; it bounds the time that a long utterance takes"""


def code(said: Said, at: int) -> Match | None:
    """Write letters and digits that are read out together, as in `e s three`."""
    if is_letter(said[at - 1]) and said[at - 1] not in ARTICLES and not is_identity(said, at - 2):
        return None
    found = read_code(said, at)
    return Match(found.text, found.end, "number") if found and _is_sure(said, found, at) else None


def read_code(said: Said, at: int) -> ReadOut | None:
    """Read letters and digits up to the first other word."""
    parts: list[list[str]] = [[]]
    end = at
    while end - at < LONGEST_CODE and (found := _piece(said, end)):
        parts[-1].append(found[0])
        end = found[1]
        if said[end] in DASHES and _piece(said, end + 1):
            parts.append([])
            end += 1
    if not parts[0]:
        return None
    return ReadOut(tuple(tuple(part) for part in parts), end)


def _piece(said: Said, at: int) -> tuple[str, int] | None:
    word = said[at]
    if said.follows(at, "double", "u"):
        return "W", at + 2
    if word in TIMES and is_letter(said[at + 1]):
        return said[at + 1].upper() * TIMES[word], at + 2
    number = read_out(said, at)
    if number:
        return (number.digits, number.end) if len(number.parts) == 1 else _until_dash(number, said, at)
    if not is_letter(word) or _is_article(said, at) or (word in "ap" and said[at + 1] == "m"):
        return None
    return word.upper(), at + 1


def _until_dash(number: ReadOut, said: Said, at: int) -> tuple[str, int]:
    """Return the digits before the first dash of a number."""
    end = at
    while said[end] not in DASHES:
        end += 1
    return "".join(number.parts[0]), end


def _is_article(said: Said, at: int) -> bool:
    """Tell whether `a` or `i` is a word rather than a letter."""
    if said[at] not in ARTICLES:
        return False
    after = said[at + 1]
    return not (is_letter(after) or after in NUMBER_WORDS or after in TIMES or not after)


def _is_sure(said: Said, found: ReadOut, at: int) -> bool:
    """Tell whether letters and digits without a label are a code."""
    if not is_mixed(found) or said[found.end] in SMALL_ORDINALS or _begins_with_acronym(found):
        return False
    letters = sum(each.isalpha() for each in found.digits)
    numbers = len(found.digits) - letters
    if said[at] in ARTICLES:
        return letters >= 2 and said[at + 1] not in NUMBER_WORDS
    if said[at] in NUMBER_WORDS or said[at] in TIMES:
        return letters >= 2 and not said[at - 1]
    return letters >= 2 or (numbers >= 2 and said[at] not in ("o",))


def _begins_with_acronym(found: ReadOut) -> bool:
    letters = found.digits[: next(at for at, each in enumerate(found.digits) if each.isdigit())]
    return len(letters) > 1 and letters.lower() in ACRONYMS


def is_mixed(found: ReadOut) -> bool:
    """Tell whether there are both letters and digits."""
    text = found.digits
    return any(each.isalpha() for each in text) and any(each.isdigit() for each in text)
