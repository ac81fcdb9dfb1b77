"""Names in e-mail and web addresses: letters, digits and words without spaces between."""

from typing import NamedTuple

from ..matching import Said
from .numbers import NUMBER_WORDS
from .read_out import TIMES, read_out

NO_NAME = frozenset(
    "i you he she it it's that's we they me him her us them this that there here is am are was were "
    "be been being look looks looked looking work works worked working shop online website page site "
    "or and the a an of to on in for from live lives stay stays go going meet arrive arrived home "
    "find found visit apply buy available all not".split()
)
"""Words before `at` that are no name of a mailbox"""
BOUNDARIES = NO_NAME | frozenset(
    "it's that's my your his our their email e-mail mail address send write contact reach at by with "
    "will can please yes yeah okay ok so um uh well sure thanks hi hello hey ask call text tell".split()
)
"""Words that a name of two words does not go on over"""
EMAIL_CUES = frozenset(("", "dot", "is", "it's", "address", "email", "e-mail", "that's"))
SIGNS = {"dot": ".", "period": ".", "underscore": "_", "dash": "-", "hyphen": "-", "plus": "+", "slash": "/"}


class Piece(NamedTuple):
    """A part of an address, with the positions of its words."""

    text: str
    first: int
    end: int


def name_before(said: Said, end: int, floor: int, *, glue: bool = False) -> Piece | None:
    """Read backwards letters, digits and one word; or two words after a cue, if they may be glued."""
    first, words = end, 0
    most = 2 if glue else 1
    while first > floor and _may_join(said, first, end, words) and words + is_word(said[first - 1]) <= most:
        first -= 1
        words += is_word(said[first])
    return Piece(spelled(said, first, end), first, end) if first < end else None


def _may_join(said: Said, first: int, end: int, words: int) -> bool:
    """Tell whether the word before a name belongs to it."""
    word = said[first - 1]
    if not word or word in SIGNS or word in ("at", "colon"):
        return False
    if first == end:
        return True
    if word != "o" and (word in NUMBER_WORDS or word in TIMES):
        return not words or said[first] in NUMBER_WORDS
    if not is_word(word):
        return word not in ("a", "i") or not is_word(said[first]) or said[first - 2] in EMAIL_CUES - {""}
    if not words:
        is_initial = end - first == 1 and len(said[first]) == 1 and said[first - 2] in EMAIL_CUES
        return (is_initial or said[first] in NUMBER_WORDS) and word not in BOUNDARIES
    return words == 1 and is_word(said[first]) and word not in BOUNDARIES and said[first - 2] in EMAIL_CUES


def is_word(word: str) -> bool:
    """Tell whether a word is neither a letter nor a number."""
    return len(word) > 1 and word not in NUMBER_WORDS and word not in TIMES


def spelled(said: Said, first: int, end: int) -> str:
    """Join words, letters and digits without spaces."""
    text, at = "", first
    while at < end:
        number = read_out(said, at)
        if said.follows(at, "double", "u"):
            text, at = text + "w", at + 2
        elif number and number.end <= end and len(number.parts) == 1:
            text, at = text + number.digits, number.end
        else:
            text, at = text + said[at].replace("'", ""), at + 1
    return text
