"""Values that have a written form: addresses of e-mail and of the web, money, dates."""

from collections.abc import Iterator

from ...formatting.english.dates import MONTHS, VERBS
from ...formatting.english.domains import PATH
from ...formatting.english.names import BOUNDARIES
from ...formatting.english.numbers import ORDINALS, TENS, ordinal
from ...formatting.tokens import Token
from ...formatting.word_lists import GIVEN_NAMES, GIVEN_OR_WORDS
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
LAST_DAY = 31
BEFORE_DAYS = frozenset("on by until till since".split())
"""Words before `the third` that say that it is a day"""
PERSONS = frozenset("i you he she it we they".split())
"""Words after the verbs `may` and `march`"""
NEAR = 8
"""Words between a cue and its date"""


def addresses(turn: Turn) -> Iterator[Value]:
    """Yield e-mail, web and IP addresses."""
    yield from _web_addresses(turn)
    for token in turn.tokens:
        if token.kind in ADDRESSES:
            last = token.last + (turn.said[token.last] == "slash")
            yield Value((ADDRESSES[token.kind],), _before_nickname(turn, token.first), last)
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
            last = at + 2 + (turn.said[at + 2] == "mail")
            last += 2 * (turn.said[last] == "dot" and turn.said[last + 1] != "")
            yield Value((Policy.EMAIL_ADDRESS,), _before_nickname(turn, first), last)


def _before_nickname(turn: Turn, at: int) -> int:
    """Return where an address begins that has a name and `the` before a position, as in `bob the builder`."""
    is_nickname = turn.said[at - 1] == "the" and turn.said[at - 2] in GIVEN_NAMES | GIVEN_OR_WORDS
    return at - 2 if is_nickname else at


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
    yield from _parts_of_dates(turn)


def _parts_of_dates(turn: Turn) -> Iterator[Value]:
    """Yield months and days alone, right after words that name a date, or as an answer."""
    named = [(cue.policy, cue.last) for cue in turn.cues if cue.policy in OF_DATES]
    asked = [(turn.asked, turn.begins)] if turn.asked in OF_DATES else []
    for policy, start in (*named, *asked):
        first = _start_of_date(turn, start)
        if policy and (last := _end_of_month(turn, first) or _end_of_day(turn, first)):
            yield Value((policy, Policy.DATE), first, last)


def _start_of_date(turn: Turn, at: int) -> int:
    """Return the position of the first word that may be of a date.  `may` is a connector too."""
    while turn.said[at] in CONNECTORS and not _end_of_month(turn, at):
        at += 1
    return at


def _end_of_month(turn: Turn, at: int) -> int:
    """Return the position after the name of a month, or 0."""
    said = turn.said
    is_verb = said[at] in VERBS and said[at + 1] in PERSONS and said[at - 1] != "in"
    return at + 1 if said[at] in MONTHS and not is_verb else 0


def _end_of_day(turn: Turn, at: int) -> int:
    """Return the position after an ordinal that is a day, or 0.  In `the first place` it is none."""
    if turn.said[at] not in ORDINALS and turn.said[at] not in TENS:
        return 0
    day = ordinal(turn.said, at)
    is_day = day and day.value <= LAST_DAY and (turn.said[day.end] in ENDS or not turn.said[day.end])
    return day.end if day and is_day else 0


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
    for at in range(2, len(turn.said)):
        is_named = turn.said[at - 1] == "the" and turn.said[at - 2] in BEFORE_DAYS
        if is_named and (last := _end_of_day(turn, at)):
            yield Value((Policy.DATE,), at, last)


def _dates(turn: Turn) -> Iterator[Token]:
    """Yield dates, with the `the` of `the first of june`; decades are none."""
    for token in turn.tokens:
        if token.kind == "date" and not token.text.endswith("s"):
            has_article = turn.said[token.first - 1] == "the" and " of " in token.text
            yield Token(token.text, token.first - has_article, token.last, token.kind)
