"""Numbers and codes after a word that says what they are: `room 402`, `flight UA822`, `press 1`."""

from ..matching import Match, Said
from ..spoken import ReadOut
from .codes import ARTICLES, is_mixed, read_code
from .numbers import DIGITS, NUMBER_WORDS, POINTS, quantity
from .phone import long_number
from .read_out import is_read_out, plain
from .spelling import is_identity, is_letter

PLACES = frozenset("apartment apt suite unit seat building gate flat".split())
"""Words before a number with a letter behind it"""
NAMES = PLACES | frozenset(
    "room rooms extension ext flight chapter page pages section step option press dial pin code zip "
    "box highway route interstate exit table channel bus platform terminal version volume level "
    "account invoice reference ref confirmation ticket policy member serial tracking booking id model "
    "type size article paragraph question episode season lane aisle track bay block lot door locker "
    "floor train star pound hash windows passcode postcode phase tier grade item vin hit push boeing "
    "error freeway locator record".split()
)
"""Words before a number that is written in digits"""
NUMBERED = NAMES | frozenset(
    "order case card customer phone line employee claim license licence passport routing check "
    "security social bank registration vehicle part batch plate house street membership patient "
    "loyalty".split()
)
"""Words before `number` or `code`"""
BETWEEN = frozenset(
    "number numbers num no is are was it's that's code id digits be ends in ending the".split()
)
"""What may be between a label and its number"""
LONG_LABELS = frozenset("number numbers code digits four id password".split())
AFTER_COUNT = frozenset("of or more people things times other is was hundred".split())


def labelled(said: Said, at: int) -> Match | None:
    """Write the number or the code after a label."""
    if is_identity(said, at):
        return None
    if _is_next_option(said, at):
        return Match(str(DIGITS[said[at]]), at + 1, "number")
    if not _labels(said, at):
        return None
    if said[at - 1] in PLACES and _is_letter_alone(said, at):
        return Match(said[at].upper(), at + 1, "number")
    found = read_code(said, at)
    if found and _is_code(said, found, at):
        return Match(found.text, found.end, "number")
    number = plain(said, at)
    if not number or (_is_loose(said, at) and not _stands_alone(said, number)):
        return None
    if said[number.end] in POINTS and (exact := quantity(said, at)):
        return Match(exact.text, exact.end, "number")
    if is_read_out(said, at, number):
        text, kind = long_number(said, at, number)
        return Match(text, number.end, kind)
    return Match(*_with_letter(said, at, number), "number")


def _is_letter_alone(said: Said, at: int) -> bool:
    """Tell whether an apartment or a seat has a letter and no number."""
    after = said[at + 1]
    is_article = said[at] in ARTICLES and after != ""
    return is_letter(said[at]) and len(after) != 1 and after not in NUMBER_WORDS and not is_article


def _is_next_option(said: Said, at: int) -> bool:
    """Tell whether a digit is another key to press, as in `press one or two`."""
    is_next = said[at - 1] in ("and", "or") and (said[at + 1] in ("for", "to") or said[at - 2] in DIGITS)
    return is_next and said[at] in DIGITS and "press" in said.before(at, 12)


def _labels(said: Said, at: int) -> bool:
    """Tell whether the words before a position name a number."""
    if said[at - 1] in NAMES or is_identity(said, at - 2):
        return True
    label = at - 1
    while said[label] in BETWEEN and at - label < 5:
        label -= 1
    if label == at - 1:
        return False
    between = said.words[label + 1 : at]
    if said[label] in NUMBERED and (said[label] in NAMES or LONG_LABELS.intersection(between)):
        return True
    return said[label] in ("last", "ending", "four") or between[0] in ("number", "code", "ending")


def _is_loose(said: Said, at: int) -> bool:
    """Tell whether a label may be a common word, as in `the code is one of`."""
    return said[at - 1] not in NAMES and not (said[at - 1] == "number" and said[at - 2] in NAMES)


def _stands_alone(said: Said, number: ReadOut) -> bool:
    return len(number.digits) >= 2 and said[number.end] not in AFTER_COUNT


def _with_letter(said: Said, at: int, number: ReadOut) -> tuple[str, int]:
    """Add the letter of an apartment or a seat."""
    letter = said[number.end]
    fits = len(letter) == 1 and letter.isalpha() and said[at - 1] in PLACES
    if not fits or (letter in ARTICLES and said[number.end + 1]) or said[number.end + 1] == "m":
        return number.text, number.end
    return f"{number.text}{letter.upper()}", number.end + 1


def _is_code(said: Said, found: ReadOut, at: int) -> bool:
    """Tell whether there are letters and digits after a label."""
    is_article = said[at] in ARTICLES and said[at + 1] in NUMBER_WORDS and len(found.digits) < 3
    return is_mixed(found) and not is_article
