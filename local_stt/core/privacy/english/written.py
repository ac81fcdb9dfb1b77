"""Values that have a written form: addresses of e-mail and of the web, money, dates."""

from collections.abc import Iterator

from ...formatting.english.dates import MONTHS
from ...formatting.english.domains import PATH
from ...formatting.english.names import BOUNDARIES
from ...formatting.tokens import Token
from ..policies import Policy
from ..values import Value
from .cues import most_telling
from .runs import Run
from .turn import Turn
from .word_lists import CONNECTORS, ENDS

ADDRESSES = {"email": Policy.EMAIL_ADDRESS, "url": Policy.URL, "ip": Policy.IP_ADDRESS}
"""The policies of written forms that nothing else can be"""

PROVIDERS = frozenset("gmail yahoo hotmail outlook icloud aol protonmail proton gmx comcast".split())
NO_MAILBOX = ENDS | CONNECTORS | BOUNDARIES
"""Words that no name of a mailbox has"""
LONGEST_NAME = 8
"""Words of the longest name of a mailbox"""
POINTS = frozenset(("dot", "point"))
OF_DATES = frozenset((Policy.DATE_OF_BIRTH, Policy.CREDIT_CARD_EXPIRATION))
NEAR = 8
"""Words between a cue and its date"""


def addresses(turn: Turn) -> Iterator[Value]:
    """Yield e-mail, web and IP addresses."""
    yield from _web_addresses(turn)
    for token in turn.tokens:
        if token.kind in ADDRESSES:
            last = token.last + (turn.said[token.last] == "slash")
            yield Value((ADDRESSES[token.kind],), token.first, last)
    yield from _known_mailboxes(turn)
    yield from _dotted_numbers(turn)


def _web_addresses(turn: Turn) -> Iterator[Value]:
    """Yield what follows `w w w`, with any ending."""
    for first in range(len(turn.said)):
        if turn.said.follows(first, "w", "w", "w"):
            last = first + 3
            while turn.said[last] in PATH:
                last += 1 + bool(turn.said[last + 1])
            yield Value((Policy.URL,), first, last)


def _known_mailboxes(turn: Turn) -> Iterator[Value]:
    """Yield addresses of well-known providers, whose `dot com` people leave out."""
    for at in range(1, len(turn.said)):
        if turn.said[at] == "at" and turn.said[at + 1] in PROVIDERS:
            first = at
            while first and at - first < LONGEST_NAME and _is_of_name(turn.said[first - 1]):
                first -= 1
            last = at + 2 + 2 * (turn.said[at + 2] == "dot" and turn.said[at + 3] != "")
            yield Value((Policy.EMAIL_ADDRESS,), first, last)


def _is_of_name(word: str) -> bool:
    return len(word) == 1 or word not in NO_MAILBOX


def _dotted_numbers(turn: Turn) -> Iterator[Value]:
    """Yield three numbers or more with dots between them, as parts of an IP address."""
    chain: list[Run] = []
    for run in [*turn.runs, None]:
        if chain and run and run.first == chain[-1].last + 1 and turn.said[run.first - 1] in POINTS:
            chain.append(run)
            continue
        if len(chain) >= 3:
            yield Value((Policy.IP_ADDRESS, Policy.NUMBER_SEQUENCE), chain[0].first, chain[-1].last)
        chain = [run] if run else []


def named_dates(turn: Turn) -> Iterator[Value]:
    """Yield dates that the words before, or the question, name."""
    for first, last in (*((token.first, token.last) for token in _dates(turn)), *_months(turn)):
        cue = most_telling([cue for cue in turn.cues if 0 <= first - cue.last <= NEAR])
        policy = cue.policy if cue else turn.asked
        if policy and policy in OF_DATES:
            yield Value((policy, Policy.DATE), first, last)


def _months(turn: Turn) -> Iterator[tuple[int, int]]:
    """Yield the edges of months with two digits of a year, as in `august of twenty eight`."""
    years = {run.first: run.last for run in turn.runs if len(run.text) == 2 and run.is_number}
    for at, word in enumerate(turn.said.words):
        year = at + 1 + (turn.said[at + 1] == "of")
        if word in MONTHS and year in years:
            yield at, years[year]


def amounts_and_dates(turn: Turn) -> Iterator[Value]:
    """Yield amounts of money, and dates."""
    for token in turn.tokens:
        if token.kind == "money":
            yield Value((Policy.MONEY_AMOUNT,), token.first, token.last)
    for token in _dates(turn):
        yield Value((Policy.DATE,), token.first, token.last)


def _dates(turn: Turn) -> Iterator[Token]:
    """Yield dates, with the `the` of `the first of june`; decades are none."""
    for token in turn.tokens:
        if token.kind == "date" and not token.text.endswith("s"):
            has_article = turn.said[token.first - 1] == "the" and " of " in token.text
            yield Token(token.text, token.first - has_article, token.last, token.kind)
