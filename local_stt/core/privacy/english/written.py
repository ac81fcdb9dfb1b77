"""Values that have a written form: addresses of e-mail and of the web, money, dates."""

from collections.abc import Iterator

from ...formatting.english.domains import PATH
from ...formatting.tokens import Token
from ..policies import Policy
from ..values import Value
from .cues import most_telling
from .runs import Run
from .turn import Turn

ADDRESSES = {"email": Policy.EMAIL_ADDRESS, "url": Policy.URL, "ip": Policy.IP_ADDRESS}
"""The policies of written forms that nothing else can be"""

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
    yield from _dotted_numbers(turn)


def _web_addresses(turn: Turn) -> Iterator[Value]:
    """Yield what follows `w w w`, with any ending."""
    for first in range(len(turn.said)):
        if turn.said.follows(first, "w", "w", "w"):
            last = first + 3
            while turn.said[last] in PATH:
                last += 1 + bool(turn.said[last + 1])
            yield Value((Policy.URL,), first, last)


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
    for token in _dates(turn):
        cues = [cue for cue in turn.cues if 0 <= token.first - cue.last <= NEAR]
        cue = most_telling(cues)
        policy = cue.policy if cue else turn.asked
        if policy and policy in OF_DATES:
            yield Value((policy, Policy.DATE), token.first, token.last)


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
