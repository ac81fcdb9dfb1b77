"""What numbers and codes are: by the words that name them, by the question, by their form."""

import re
from collections.abc import Iterator

from ..policies import Policy
from ..values import Value
from .cues import Cue, most_telling
from .runs import Run, without_doubt
from .turn import Turn
from .word_lists import UNITS
from .written import OF_DATES

NEAR = 8
"""Words between a cue and a number that it names without being next to it"""
SOON = 6
"""Words between two parts of a number that is not complete"""

COMPLETE = {
    Policy.PHONE_NUMBER: 10,
    Policy.CREDIT_CARD_NUMBER: 15,
    Policy.US_SOCIAL_SECURITY_NUMBER: 9,
    Policy.ACCOUNT_NUMBER: 12,
    Policy.BANKING_INFORMATION: 9,
    Policy.CREDIT_CARD_CVV: 3,
    Policy.CREDIT_CARD_EXPIRATION: 4,
    Policy.DATE_OF_BIRTH: 6,
    Policy.PASSWORD: 4,
    Policy.LOCATION: 5,
    Policy.PERSON_AGE: 2,
    Policy.MONEY_AMOUNT: 1,
    Policy.DATE: 1,
}
"""Symbols from which a number of a kind may be complete"""
USUALLY_COMPLETE = 8

LONGEST = {
    Policy.CREDIT_CARD_CVV: 6,
    Policy.CREDIT_CARD_EXPIRATION: 8,
    Policy.DATE_OF_BIRTH: 8,
    Policy.PERSON_AGE: 3,
    Policy.LOCATION: 9,
}
"""Symbols of the longest number of a kind; a longer one is something else"""

NO_NUMBERS = frozenset((Policy.EMAIL_ADDRESS, Policy.URL, Policy.BLOOD_TYPE, Policy.USERNAME))
"""Policies whose values other rules find"""

LONGEST_LABEL = 7
"""Symbols of the longest number of a room, a flight or the like"""
HARMLESS = frozenset(
    """
    apartment bus channel chapter exit flight floor gate highway interstate lane level line model option page
    platform press room route row seat section step suite table terminal unit version
    """.split()
)
"""Words before a short number or code that is not private"""


def numbers(turn: Turn) -> Iterator[Value]:
    """Yield numbers and codes that are private."""
    for index, policies in enumerate(policies_of_runs(turn)):
        if policies:
            for piece in turn.runs[index].pieces:
                yield Value(policies, piece.first, piece.last)


def policies_of_runs(turn: Turn) -> list[tuple[Policy, ...]]:
    """Return for each run of a turn what it may be, the likeliest first; nothing if it is not private."""
    found: list[tuple[Policy, ...]] = []
    for index, run in enumerate(turn.runs):
        last = turn.runs[index - 1].last if index else 0
        policies = _named(turn, run, last) or _continued(turn, index, found) or by_form(turn, run)
        found.append(policies)
    return found


def _named(turn: Turn, run: Run, since: int) -> tuple[Policy, ...]:
    """Return what the words before a run say that it is, since the run before."""
    cues = [cue for cue in turn.cues if since <= cue.first and cue.last <= run.first]
    near = [cue for cue in cues if run.first - cue.last <= NEAR]
    latest = most_telling([cue for cue in near if cue.first >= turn.begins])
    if latest:
        return _by_cue(turn, run, latest)
    is_answer = run.first >= turn.begins and (since <= turn.begins or _is_read_out(run))
    if turn.asked and is_answer and (policies := _by_question(turn, run, turn.asked)):
        return policies
    older = most_telling(near)
    return _by_cue(turn, run, older) if older else ()


def _by_cue(turn: Turn, run: Run, cue: Cue) -> tuple[Policy, ...]:
    is_next = turn.after_connectors(cue.last) >= run.first
    return _kinds(turn, run, cue.policy) if _is_value(turn, run, cue.policy, is_next=is_next) else ()


def _by_question(turn: Turn, run: Run, policy: Policy) -> tuple[Policy, ...]:
    is_next = turn.answer >= run.first
    return _kinds(turn, run, policy) if _is_value(turn, run, policy, is_next=is_next) else ()


def _is_value(turn: Turn, run: Run, policy: Policy, *, is_next: bool) -> bool:
    """Tell whether a run may be the value of a kind."""
    sure = without_doubt(turn.said, run)
    if policy in NO_NUMBERS or len(sure.text) > LONGEST.get(policy, 99) or _counts(turn, run):
        return False
    if not is_next:
        return len(run.text) >= 3 and run.digits >= 2
    if policy is Policy.NUMBER_SEQUENCE:
        return run.digits >= 3 or (run.digits >= 1 and len(run.text) >= 4)
    if policy is Policy.PERSON_AGE:
        return run.is_number
    return run.digits >= 2 or len(run.text) >= 3 or (run.digits == 1 and run.last == len(turn.said))


def _counts(turn: Turn, run: Run) -> bool:
    """Tell whether a short number counts something, as in `three days`."""
    return run.digits <= 3 and turn.said[run.last] in UNITS


def _kinds(turn: Turn, run: Run, policy: Policy) -> tuple[Policy, ...]:
    form = by_form(turn, run)
    if policy is Policy.NUMBER_SEQUENCE and form:
        return form
    also = (Policy.DATE,) if policy in OF_DATES else ()
    return (policy, *also, *(each for each in (*form, Policy.NUMBER_SEQUENCE) if each is not policy))


def _continued(turn: Turn, index: int, found: list[tuple[Policy, ...]]) -> tuple[Policy, ...]:
    """Return what the run before is, if it is not complete and this one continues it."""
    if not index or not found[-1]:
        return ()
    run, before = turn.runs[index], turn.runs[index - 1]
    is_complete = len(before.text) >= COMPLETE.get(found[-1][0], USUALLY_COMPLETE)
    is_near = run.first - before.last <= SOON and run.digits >= 2
    return found[-1] if is_near and not is_complete and not _counts(turn, run) else ()


def by_form(turn: Turn, run: Run) -> tuple[Policy, ...]:
    """Return what a run is by its length and its digits alone, with and without symbols in doubt."""
    forms = [_form(turn, run), _form(turn, without_doubt(turn.said, run))]
    forms.sort(key=lambda form: form[:1] == (Policy.NUMBER_SEQUENCE,))
    return tuple(dict.fromkeys((*forms[0], *forms[1])))


def _form(turn: Turn, run: Run) -> tuple[Policy, ...]:
    text = run.text
    if is_harmless(turn, run):
        return ()
    if not run.is_number:
        return _by_letters(run)
    if is_card(text):
        return Policy.CREDIT_CARD_NUMBER, Policy.NUMBER_SEQUENCE
    if not _is_read_out(run):
        return ()
    if turn.said[run.first] == "plus" or is_phone(text):
        return Policy.PHONE_NUMBER, Policy.NUMBER_SEQUENCE
    if len(text) == 9:
        return Policy.NUMBER_SEQUENCE, Policy.US_SOCIAL_SECURITY_NUMBER, Policy.BANKING_INFORMATION
    return (Policy.NUMBER_SEQUENCE,)


def is_harmless(turn: Turn, run: Run) -> bool:
    """Tell whether a short run is the number of a room, a flight or the like."""
    return len(run.text) <= LONGEST_LABEL and turn.said[run.first - 1] in HARMLESS


def _by_letters(run: Run) -> tuple[Policy, ...]:
    if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", run.text) and run.digits >= 8:
        return Policy.BANKING_INFORMATION, Policy.NUMBER_SEQUENCE
    if len(run.text) == 17 and run.digits >= 5:
        return Policy.VEHICLE_ID, Policy.NUMBER_SEQUENCE
    is_code = len(run.text) >= 6 and run.digits >= 2 and _is_read_out(run)
    return (Policy.NUMBER_SEQUENCE,) if is_code or run.singles >= 5 else ()


def _is_read_out(run: Run) -> bool:
    """Tell whether digits are read out, rather than a number or a year."""
    return run.singles >= 4 or run.digits >= 7 or (run.singles >= 3 and run.digits >= 4)


def is_card(digits: str) -> bool:
    """Tell whether digits are those of a payment card.  ISO/IEC 7812-1 has the check digit."""
    if len(digits) == 16 or (len(digits) == 15 and digits[:2] in ("34", "37")):
        return digits[0] != "0"
    return 13 <= len(digits) <= 19 and digits[0] in "3456" and not _checksum(digits) % 10


def _checksum(digits: str) -> int:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return sum(doubled) + sum(map(int, digits[-1::-2]))


def is_phone(digits: str) -> bool:
    """Tell whether digits have the length of a telephone number."""
    length, first = len(digits), digits[0]
    return length == 10 or (length == 11 and first in "01") or (length == 7 and first not in "01")
