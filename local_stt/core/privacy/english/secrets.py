"""Values in words: passwords, usernames, addresses that are spelled, blood types."""

from collections.abc import Iterator

from ..policies import Policy
from ..values import Value
from .runs import is_part
from .turn import Turn
from .word_lists import CONNECTORS, ENDS, STOPS
from .written import ADDRESSES

SECRETS = frozenset((Policy.PASSWORD, Policy.USERNAME))
BEFORE_SECRETS = frozenset("is it's its was like uh um so okay that's".split())
LONGEST = 16
"""Words of the longest password"""
SIGNS = frozenset("dot at underscore dash hyphen period slash".split())
WITHIN_ADDRESS = 8
"""Words of an address before a sign that tells what it is"""

BLOOD_TYPES = frozenset("a b o oh ab".split())
RHESUS = frozenset(("positive", "negative"))
BEFORE_BLOOD = frozenset("i'm am type is group are".split())


def secrets(turn: Turn) -> Iterator[Value]:
    """Yield passwords and usernames after words that name them, or after a question."""
    for cue in turn.cues:
        if cue.policy in SECRETS:
            first = _after_is(turn, cue.last)
            yield from _secret(turn, cue.policy, first)
    if turn.asked in SECRETS and all(cue.last <= turn.begins for cue in turn.cues):
        yield from _secret(turn, turn.asked, turn.answer)


def _after_is(turn: Turn, at: int) -> int:
    while turn.said[at] in BEFORE_SECRETS:
        at += 1
    return at


def _secret(turn: Turn, policy: Policy, first: int) -> Iterator[Value]:
    if turn.said[first] in STOPS and not is_part(turn.said[first + 1]) and turn.said[first] != "a":
        return
    last = first
    while last - first < LONGEST and turn.said[last] and not _ends_secret(turn, last):
        last += 1
    if last > first:
        yield Value((policy,), first, last)


def _ends_secret(turn: Turn, at: int) -> bool:
    """Tell whether a word is none of a secret.  One word more may follow `and`, as in `salt and pepper`."""
    if turn.said[at] != "and":
        return turn.said[at] in ENDS
    following = turn.said[at + 1]
    return not following or following in STOPS or following in CONNECTORS or at + 1 in turn.of_cues


def unfinished_addresses(turn: Turn) -> Iterator[Value]:
    """Yield what was said of an e-mail address that is named and has no form of one."""
    for first in address_starts(turn):
        signs = [at for at in range(first, _end_of_window(turn, first)) if _is_of_address(turn.said[at])]
        if signs and turn.said[first] not in STOPS:
            yield Value((Policy.EMAIL_ADDRESS,), first, min(signs[-1] + 2, len(turn.said)))


def address_starts(turn: Turn) -> list[int]:
    """Return where e-mail addresses may begin: after words that name one, or after a question."""
    starts = [turn.after_connectors(cue.last) for cue in turn.cues if cue.policy is Policy.EMAIL_ADDRESS]
    return [turn.answer] if turn.asked is Policy.EMAIL_ADDRESS and not starts else starts


def _end_of_window(turn: Turn, first: int) -> int:
    """Return the position up to which an address may go on: a cue, or an address that has its form."""
    ends = (cue.first for cue in turn.cues if cue.first > first)
    tokens = (token.first for token in turn.tokens if token.last > first and token.kind in ADDRESSES)
    return min(first + WITHIN_ADDRESS, *ends, *tokens, len(turn.said))


def _is_of_address(word: str) -> bool:
    return word in SIGNS or (is_part(word) and word not in ("a", "i"))


def blood_types(turn: Turn) -> Iterator[Value]:
    """Yield blood types such as `a b positive`."""
    said = turn.said
    for at, word in enumerate(said.words):
        if word in RHESUS and said[at - 1] in BLOOD_TYPES:
            first = at - 1 - (said[at - 1] == "b" and said[at - 2] == "a")
            sure = first < at - 1 or said[first] != "a" or said[at + 1] == ""
            if sure and (said[first - 1] in BEFORE_BLOOD or not first or _is_of_blood(turn, first)):
                yield Value((Policy.BLOOD_TYPE,), first, at + 1)


def _is_of_blood(turn: Turn, at: int) -> bool:
    return turn.asked is Policy.BLOOD_TYPE or "blood" in turn.said.before(at, 6) or turn.said[at] != "a"
