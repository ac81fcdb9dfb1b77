"""Amounts of money without a unit: after words that name one, or as an answer."""

from collections.abc import Iterator

from ...formatting.english.numbers import DIGITS, NUMBER_WORDS, SCALES
from ...formatting.matching import Said
from ..policies import Policy
from ..values import Value
from .phrases import Phrases
from .runs import SCALES_AND_HUNDRED
from .turn import LATE, Turn
from .word_lists import ENDS, UNITS

NAMED = Phrases(
    """
    salary is; salary was; salary of; income is; income was; income of; wage is; wages are; amount is
    amount was; amount of; balance is; balance was; balance of; price is; price was; price of; cost is
    total is; total was; total of; rent is; mortgage is; mortgage of; budget is; budget of; debt is; debt of
    deposit of; payment of; payment is; loan of; fee is; fee of; bill is; bill was; bonus of
    """
)
"""Words before an amount"""

MADE = Phrases(
    """
    i make; we make; he makes; she makes; i made; i earn; we earn; he earns; she earns; i earned; earning
    i owe; we owe; you owe; owes; owe them; owe you; owe him; owe her; i paid; we paid; i pay; we pay
    paid them; paid you; cost me; costs me; costs; worth; charged me; gets paid; get paid; sold it for
    bought it for
    """
)
"""Words before an amount, unless it is a single digit, as in `i make two calls`"""
GREAT = SCALES.keys() | {"hundred", "k", "grand"}
ABOUT = frozenset("about around almost nearly over roughly like maybe probably only just uh um".split())
"""Words between those and an amount"""

QUESTIONS = Phrases(
    """
    how much; the amount; what amount; your salary; your income; your balance; your rent; the price
    the total; your budget; your mortgage
    """
)
"""Words of questions that an amount answers"""
NO_MONEY = frozenset("longer time weigh weight sleep water milk".split())
"""Words after `how much` that ask for something else"""
LONGEST = 7
"""Digits of the longest amount"""
AFTER_AMOUNTS = ENDS | {"", "a", "per", "every", "each", "or", "maybe", "total", "altogether", "k", "grand"}


def amounts(turn: Turn) -> Iterator[Value]:
    """Yield amounts of money that have no unit."""
    at = 0
    while at < len(turn.said):
        last = _end_of_number(turn, at)
        if last > at and _is_amount(turn, at, last):
            yield Value((Policy.MONEY_AMOUNT,), at, last)
        at = max(last, at + 1)


def _end_of_number(turn: Turn, at: int) -> int:
    """Return the position after the words of a number that begins at a position, if one does."""
    said = turn.said
    end = at + (said[at] in ("a", "half") and said[at + 1] in SCALES_AND_HUNDRED)
    while said[end] in NUMBER_WORDS or (end > at and _goes_on(turn, end)):
        end += 1
    return end


def _goes_on(turn: Turn, at: int) -> bool:
    said = turn.said
    if said[at] in ("and", "point"):
        return said[at + 1] in NUMBER_WORDS
    return said[at] in ("k", "grand") and said[at - 1] in NUMBER_WORDS


def _is_amount(turn: Turn, first: int, last: int) -> bool:
    said = turn.said
    run = turn.run_at.get(first)
    if (run and run.digits > LONGEST) or _is_counted(said[last]):
        return False
    start = first
    while start and said[start - 1] in ABOUT:
        start -= 1
    if GREAT.isdisjoint(said.words[first:last]) and said[last] not in AFTER_AMOUNTS:
        return False
    if MADE.before(said, start):
        return last - first > 1 or said[first] not in DIGITS
    return bool(NAMED.before(said, start)) or (turn.begins <= start <= turn.answer and is_asked(turn))


def _is_counted(word: str) -> bool:
    """Tell whether a word after a number is what it counts."""
    return word in UNITS or (word.endswith("s") and word not in ENDS)


def is_asked(turn: Turn) -> bool:
    """Tell whether the question asks for an amount."""
    late = Said(turn.question.words[-LATE:])
    return QUESTIONS.are_in(late) and NO_MONEY.isdisjoint(late.words)
