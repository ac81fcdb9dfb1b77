"""Words that are spelled: letters that are read out."""

from ..matching import Match, Said
from .read_out import TIMES

ACRONYMS = frozenset(
    "usa us uk eu uae atm fbi cia ceo cfo cto id tv pc dob ssn cvv cvc vip faq asap dvd cd ups irs "
    "url pdf ip it ny nyc la dc hr pr ac dj gps dna mri er icu emt bbc cnn nbc abc-tv nba nfl nhl bmw "
    "ibm hp att at&t dmv aaa aarp hmo ppo cpa llc rsvp eta gmt est pst diy cod ada kfc sms sim usb hd "
    "pos ach apr irs ira pin iban ct mri hvac usps md phd ekg iv ged suv rv bbq faqs vin".split()
)
"""Letters that are written together"""
CUES = frozenset("spell spelled spelling spells name letters".split())
OWNERS = frozenset(
    "my the your a member customer plan employee user account caller patient photo group".split()
)
"""Words before `i d`"""
LONGEST = 30


def spelled(said: Said, at: int) -> Match | None:
    """Write `s m i t h` as `S-M-I-T-H`, and `u s a` as `USA`."""
    letters, end = _letters(said, at)
    word = "".join(letters)
    if word not in ACRONYMS and _is_pronoun(said, end - 1):
        word, end = word[:-1], end - 1
    if (
        len(word) < 2
        or _are_words(word)
        or (word[0] in "ai" and word[1:] in ACRONYMS and word not in ACRONYMS)
    ):
        return None
    if word in ACRONYMS:
        return Match(word.upper(), end, "spelled")
    if (
        said[at - 1] in (word, "is", "it's", "that's")
        or len(word) > 3
        or CUES.intersection(said.before(at, 3))
    ):
        return Match("-".join(word.upper()), end, "spelled")
    return Match(" ".join(word.upper()), end, "spelled")


def _letters(said: Said, at: int) -> tuple[list[str], int]:
    letters: list[str] = []
    end = at
    while end - at < LONGEST and (found := _letter(said, end)):
        letters += found[0]
        end = found[1]
    return letters, end


def _letter(said: Said, at: int) -> tuple[str, int] | None:
    if said.follows(at, "double", "u"):
        return "w", at + 2
    if said[at] in TIMES and is_letter(said[at + 1]):
        return said[at + 1] * TIMES[said[at]], at + 2
    if _is_capital(said, at):
        at += 1
    return (said[at], at + 1) if is_letter(said[at]) else None


def _is_capital(said: Said, at: int) -> bool:
    """Tell whether `capital` belongs to the next letter of a name; in a password it is said on purpose."""
    is_next_letter = is_letter(said[at + 1]) and not _is_pronoun(said, at + 1)
    return said[at] == "capital" and is_next_letter and "password" not in said.before(at, 12)


def is_letter(word: str) -> bool:
    """Tell whether a word is a letter of the alphabet."""
    return len(word) == 1 and "a" <= word <= "z"


def _is_pronoun(said: Said, at: int) -> bool:
    """Tell whether `i` or `a` at the end of letters is a word."""
    return said[at] in ("i", "a") and len(said[at + 1]) > 1


def _are_words(letters: str) -> bool:
    return len(letters) == 2 and bool({"i", "a", "o"}.intersection(letters)) and letters not in ACRONYMS


def identity(said: Said, at: int) -> Match | None:
    """Write `i d` as `ID`, though other letters may follow."""
    return Match("ID", at + 2, "spelled") if is_identity(said, at) else None


def is_identity(said: Said, at: int) -> bool:
    """Tell whether `i d` begins at a position, and not the letters of a name."""
    return said.follows(at, "i", "d") and said[at - 1] in OWNERS


def letter_as_in(said: Said, at: int) -> Match | None:
    """Write the letter of `b as in boy` or `b for boy`."""
    return Match(said[at].upper(), at + 1, "spelled") if _explanation(said, at) else None


def _explanation(said: Said, at: int) -> int:
    """Count the words after a letter that say which letter it is."""
    if not is_letter(said[at]):
        return 0
    if said.follows(at + 1, "as", "in") and said[at + 3]:
        return 3
    return 2 if said[at + 1] == "for" and said[at + 2].startswith(said[at]) and said[at] not in "ai" else 0


def spelled_with_words(said: Said, at: int) -> Match | None:
    """Write `b as in boy a t` as `B-A-T`, if most letters are alone.  Words after the last letter stay."""
    letters, explained, end, words = "", 0, at, 0
    while len(letters) < LONGEST and (found := _letter(said, end + words)):
        after = _explanation(said, found[1] - 1)
        if _is_pronoun(said, found[1] - 1) and not after:
            break
        letters, explained, end, words = letters + found[0], explained + bool(words), found[1], after
    if not explained or len(letters) - explained < 2:
        return None
    return Match("-".join(letters.upper()), end, "spelled")
