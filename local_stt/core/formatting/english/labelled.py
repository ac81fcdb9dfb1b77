"""Numbers and codes after a word that says what they are: `room 402`, `flight UA822`, `press 1`."""

from ..matching import Match, Said
from .numbers import DIGITS, NUMBER_WORDS, SMALL_ORDINALS, quantity
from .phone import long_number
from .read_out import DASHES, TIMES, ReadOut, is_read_out, plain, read_out
from .spelling import ACRONYMS, is_identity

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
NOT_WORDS = frozenset(("a", "i"))
AFTER_COUNT = frozenset("of or more people things times other is was hundred".split())
LONGEST_CODE = 30
"""Words of the longest code; it bounds the time that a long utterance takes"""


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
    code = read_code(said, at)
    if code and _is_code(said, code, at):
        return Match(code.text, code.end, "number")
    number = plain(said, at)
    if not number or (_is_loose(said, at) and not _stands_alone(said, number)):
        return None
    if said[number.end] == "point" and (exact := quantity(said, at)):
        return Match(exact.text, exact.end, "number")
    if is_read_out(said, at, number):
        text, kind = long_number(said, at, number)
        return Match(text, number.end, kind)
    return Match(*_with_letter(said, at, number), "number")


def _is_letter_alone(said: Said, at: int) -> bool:
    """Tell whether an apartment or a seat has a letter and no number."""
    after = said[at + 1]
    is_article = said[at] in NOT_WORDS and after != ""
    return _is_letter(said[at]) and len(after) != 1 and after not in NUMBER_WORDS and not is_article


def _is_next_option(said: Said, at: int) -> bool:
    """Tell whether a digit is another key to press, as in `press one or two`."""
    is_next = said[at - 1] in ("and", "or") and (said[at + 1] in ("for", "to") or said[at - 2] in DIGITS)
    return is_next and said[at] in DIGITS and "press" in said.before(at, 12)


def _labels(said: Said, at: int) -> bool:
    """Tell whether the words before a position name a number."""
    if said[at - 1] in NAMES:
        return True
    if is_identity(said, at - 2):
        return True
    label = at - 1
    while said[label] in BETWEEN and at - label < 5:
        label -= 1
    if label == at - 1:
        return False
    between = said.words[label + 1 : at]
    if said[label] in NUMBERED and (said[label] in NAMES or LONG_LABELS.intersection(between)):
        return True
    return (said[label] in ("last", "ending", "four") and len(between) > 0) or between[0] in (
        "number",
        "code",
        "ending",
    )


def _is_loose(said: Said, at: int) -> bool:
    """Tell whether a label may be a common word, as in `the code is one of`."""
    return said[at - 1] not in NAMES and not (said[at - 1] == "number" and said[at - 2] in NAMES)


def _stands_alone(said: Said, number: ReadOut) -> bool:
    return len(number.digits) >= 2 and said[number.end] not in AFTER_COUNT


def _with_letter(said: Said, at: int, number: ReadOut) -> tuple[str, int]:
    """Add the letter of an apartment or a seat."""
    letter = said[number.end]
    fits = len(letter) == 1 and letter.isalpha() and said[at - 1] in PLACES
    if not fits or (letter in NOT_WORDS and said[number.end + 1]) or said[number.end + 1] == "m":
        return number.text, number.end
    return f"{number.text}{letter.upper()}", number.end + 1


def code(said: Said, at: int) -> Match | None:
    """Write letters and digits that are read out together, as in `e s three`."""
    if _is_letter(said[at - 1]) and said[at - 1] not in NOT_WORDS and not is_identity(said, at - 2):
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
    if word in TIMES and _is_letter(said[at + 1]):
        return said[at + 1].upper() * TIMES[word], at + 2
    number = read_out(said, at)
    if number:
        return (number.digits, number.end) if len(number.parts) == 1 else _until_dash(number, said, at)
    if not _is_letter(word) or _is_article(said, at) or (word in "ap" and said[at + 1] == "m"):
        return None
    return word.upper(), at + 1


def _until_dash(number: ReadOut, said: Said, at: int) -> tuple[str, int]:
    """Return the digits before the first dash of a number."""
    end = at
    while said[end] not in DASHES:
        end += 1
    return "".join(number.parts[0]), end


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _is_article(said: Said, at: int) -> bool:
    """Tell whether `a` or `i` is a word rather than a letter."""
    if said[at] not in NOT_WORDS:
        return False
    after = said[at + 1]
    return not (_is_letter(after) or after in NUMBER_WORDS or after in TIMES or not after)


def _is_code(said: Said, found: ReadOut, at: int) -> bool:
    """Tell whether there are letters and digits after a label."""
    return _is_mixed(found) and not (
        said[at] in NOT_WORDS and said[at + 1] in NUMBER_WORDS and _is_few(found)
    )


def _is_few(found: ReadOut) -> bool:
    return len(found.digits) < 3


def _is_sure(said: Said, found: ReadOut, at: int) -> bool:
    """Tell whether letters and digits without a label are a code."""
    if not _is_mixed(found) or said[found.end] in SMALL_ORDINALS or _begins_with_acronym(found):
        return False
    letters = sum(each.isalpha() for each in found.digits)
    numbers = len(found.digits) - letters
    if said[at] in NOT_WORDS:
        return letters >= 2 and said[at + 1] not in NUMBER_WORDS
    if said[at] in NUMBER_WORDS or said[at] in TIMES:
        return letters >= 2 and not said[at - 1]
    return letters >= 2 or (numbers >= 2 and said[at] not in ("o",))


def _begins_with_acronym(found: ReadOut) -> bool:
    letters = found.digits[: next(at for at, each in enumerate(found.digits) if each.isdigit())]
    return len(letters) > 1 and letters.lower() in ACRONYMS


def _is_mixed(found: ReadOut) -> bool:
    text = found.digits
    return any(each.isalpha() for each in text) and any(each.isdigit() for each in text)
