"""Names of people: after words that introduce them, and by lists of names."""

from collections.abc import Iterator

from ...formatting.english.spelling import is_letter
from ...formatting.word_lists import FAMILY_NAMES, FAMILY_OR_WORDS, GIVEN_NAMES, GIVEN_OR_WORDS, TITLES
from ..policies import Policy
from ..values import Value
from .phrases import Phrases
from .turn import Turn
from .word_lists import CONNECTORS, NAME_ENDINGS, PARTICLES, PAUSED, RELATIVES, STOPS

LISTED = GIVEN_NAMES | FAMILY_NAMES
LONGEST = 4
"""Words of the longest name"""

INTRODUCTIONS = Phrases(
    """
    name is; name's; name was; names is; surname is; name on it is; name on the account is
    name on the card is; last name; first name; full name; under the name; is under; it's under; call me
    """
)
"""Words after which any other word is a name, unless it is a common one"""

ADDRESSED = Phrases(
    """
    speak to; speak with; speaking with; speaking to; spoke to; spoke with; talk to; talk with; talking to
    talking with; ask for; asked for; asking for; care of; attention of; connect me to; connect me with
    transfer me to; connected to; message for; appointment with
    """
)
"""Words after which any other word but a plural is a name, unless it is a common one"""

GREETINGS = frozenset(
    "hi hello hey dear this is i'm am it's from thanks you for with and by says said".split()
)
"""Words after which a name that is a common word too is a name, if a family name follows"""

PERSONS = Phrases("i'm; it's; i am; this is; it is")
"""Words before a name of a list, after which any word is its family name"""

AFTER_CALLERS = frozenset(("from", "calling", "speaking"))
BEFORE_LETTERS = PAUSED | {"that's", "it's", "that", "is", "which"}
"""Words between a name and the letters that spell it"""
NO_NAME_ENDINGS = ("ing", "ly", "ed", "ent")
"""Endings of words such as `moving`, `originally`, `tired` and `different`"""

QUESTIONS = Phrases(
    """
    your name; full name; last name; first name; your names; the name; name please; cardholder
    who am i speaking; am i speaking with; whom am i; who is this; who's this; who's calling; who is calling
    who do i have; who are you; spell that; spell your; spell it; spell the name; spelled
    """
)
"""Words of questions that a name answers"""


def names(turn: Turn) -> Iterator[Value]:
    """Yield names of people, and the letters that spell them."""
    ends = {0}
    at = 0
    while at < len(turn.said):
        last = _end_of_name(turn, at)
        if last > at:
            ends.add(last)
            yield Value((Policy.PERSON_NAME,), at, last)
        at = max(last, at + 1)
    yield from _spelled(turn, ends)


def _end_of_name(turn: Turn, at: int) -> int:
    """Return the position after the name that begins at a position, if one does."""
    said = turn.said
    if _is_introduced(turn, at):
        return _any_words(turn, at)
    word = _plain(said[at])
    if word in LISTED and word != "jesus":  # more often an exclamation
        return _listed_words(turn, at)
    if said[at - 1] in TITLES and _may_be_name(said[at]):
        return _listed_words(turn, at)
    is_either = word in GIVEN_OR_WORDS and (said[at - 1] in GREETINGS or at == 0 or said[at - 1] in RELATIVES)
    follows = _plain(said[at + 1])
    if (at == 0 or said[at - 1] in GREETINGS) and _may_be_name(said[at]) and _is_irish(said[at + 1]):
        return _listed_words(turn, at)
    if is_either and (follows in FAMILY_NAMES or (follows in FAMILY_OR_WORDS and follows not in STOPS)):
        return _listed_words(turn, at)
    return at


def _is_introduced(turn: Turn, at: int) -> bool:
    said = turn.said
    if ADDRESSED.before(said, at) and said[at].endswith("s") and said[at] not in LISTED:
        return False
    is_answer = at == turn.answer and is_asked(turn)
    is_expected = is_answer or INTRODUCTIONS.before(said, at) or ADDRESSED.before(said, at)
    return bool(is_expected or _calls(turn, at)) and _may_be_name(said[at])


def _calls(turn: Turn, at: int) -> bool:
    """Tell whether a word is the name of a caller, as in `this is ewa from sales`."""
    said = turn.said
    is_first = PERSONS.before(said, at) and said[at + 1] in AFTER_CALLERS
    is_full = PERSONS.before(said, at) and _may_be_name(said[at + 1]) and said[at + 2] == "speaking"
    return bool(is_first or is_full) and not said[at].endswith(NO_NAME_ENDINGS)


def is_asked(turn: Turn) -> bool:
    """Tell whether the question asks for a name."""
    return QUESTIONS.are_in(turn.question)


def _may_be_name(word: str) -> bool:
    return len(word) > 1 and word[0].isalpha() and word not in STOPS and word not in TITLES


def _any_words(turn: Turn, first: int) -> int:
    """Return the position after words that are no common ones."""
    last = first
    while last - first < LONGEST and (_may_be_name(turn.said[last]) or _is_initial(turn, last)):
        last += 1
    return last


def _listed_words(turn: Turn, first: int) -> int:
    """Return the position after a name of a list and the names that follow it."""
    last = first + 1
    while last - first < LONGEST:
        if _is_inside(turn, last):
            last += 2
        elif _goes_on(turn, last) or (last == first + 1 and _is_last_name(turn, last)):
            last += 1
        else:
            break
    return last


def _is_inside(turn: Turn, at: int) -> bool:
    """Tell whether a particle or an initial is inside a name."""
    if turn.said[at] in PARTICLES:
        return _may_be_name(turn.said[at + 1])
    return _is_initial(turn, at) and _goes_on(turn, at + 1)


def _is_last_name(turn: Turn, at: int) -> bool:
    """Tell whether any word after a given name is the family name: at the end, or after `i'm john`."""
    said = turn.said
    is_sure = at + 1 == len(said) or PERSONS.before(said, at - 1)
    return bool(is_sure) and _may_be_name(said[at]) and not said[at - 1].endswith("'s")


def _goes_on(turn: Turn, at: int) -> bool:
    """Tell whether a word continues a name."""
    word = _plain(turn.said[at])
    if turn.said[at - 1].endswith("'s"):
        return False
    if word in LISTED or (word in FAMILY_OR_WORDS and word not in STOPS):
        return True
    return _may_be_name(word) and len(word) > 4 and (word.endswith(NAME_ENDINGS) or _is_irish(word))


def _is_irish(word: str) -> bool:
    """Tell whether a word is a family name such as `o'reilly`."""
    return word.startswith("o'") and word != "o'clock"


def _is_initial(turn: Turn, at: int) -> bool:
    """Tell whether a letter stands between two names."""
    said = turn.said
    return is_letter(said[at]) and _may_be_name(said[at - 1]) and _may_be_name(said[at + 1])


def _plain(word: str) -> str:
    return word.removesuffix("'s")


def _spelled(turn: Turn, ends: set[int]) -> Iterator[Value]:
    """Yield letters that spell a name, which may end at some positions."""
    for run in turn.runs:
        if not run.digits and len(run.text) >= 3 and _is_spelled_name(turn, run.first, ends):
            yield from (Value((Policy.PERSON_NAME,), piece.first, piece.last) for piece in run.pieces)


def _is_spelled_name(turn: Turn, at: int, ends: set[int]) -> bool:
    before = turn.said.before(at, 5)
    has_cue = {"spelled", "spell", "spelling", "spells", "name", "name's", "letters"}.intersection(before)
    start = at
    while start not in ends and turn.said[start - 1] in BEFORE_LETTERS:
        start -= 1
    is_answer = is_asked(turn) and set(turn.said.words[:at]) <= CONNECTORS
    return bool(has_cue) or is_answer or (start > 0 and start in ends)
