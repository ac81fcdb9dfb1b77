"""What must wait until more of a turn is known, and what partials may not show."""

from collections.abc import Collection, Iterator, Sequence

from ...formatting.english.dates import MONTHS, VERBS
from ...formatting.english.names import BOUNDARIES, NO_NAME
from ...formatting.english.numbers import NUMBER_WORDS, ORDINALS
from ...formatting.english.read_out import DASHES, TIMES
from ...formatting.word_lists import GIVEN_OR_WORDS
from ..policies import NUMBERS, Policy
from .names import GREETINGS, is_asked
from .numbers import is_harmless, policies_of_runs
from .places import LONGEST_NUMBER, LONGEST_STREET, LONGEST_TOWN, street_addresses
from .runs import ARTICLES, HOMOPHONES, LONGEST_INTERRUPTION, Run, is_part
from .secrets import SECRETS, SIGNS, address_starts
from .turn import Turn
from .word_lists import CONNECTORS, ENDS, NO_PLACES, PAUSED, STOPS, TWO_WORD_PLACES
from .written import ADDRESSES, OF_DATES

WITH_DIGITS = NUMBERS | {Policy.LOCATION}
"""Policies of values that have digits"""
WITH_LETTERS = WITH_DIGITS | {Policy.PERSON_NAME}
"""Policies of values that may be spelled"""
WITH_DATES = OF_DATES | {Policy.DATE}
"""Policies of values that have months and days"""
WITH_SIGNS = frozenset((Policy.EMAIL_ADDRESS, Policy.URL))
"""Policies of values that have signs such as `at` and `dot`"""

JOINERS = PAUSED | DASHES | TIMES.keys() | HOMOPHONES.keys() | {"plus", "dot", "point", "slash"}
"""Words at the end after which a number may go on"""
COMMON = STOPS | CONNECTORS | BOUNDARIES
"""Words that are hardly ever part of an address"""
LONGEST_ANSWER = 6
"""Words of a partial, the last ones, that may answer a question"""
LATEST = 3
"""Words of a partial, the last ones, that may become an address"""
BEFORE_SIGN = 3
"""Words of an address before its first sign"""
LONGEST_UNKNOWN = 12
"""Words after which no address follows a word that names it"""

Policies = Collection[Policy]


def open_from(turn: Turn, policies: Policies) -> int:
    """Return where a value begins that may go on after the last word, or the number of words."""
    return min(len(turn.said), *_open(turn, policies), len(turn.said))


def _open(turn: Turn, policies: Policies) -> Iterator[int]:
    """Yield the first words of values that may go on."""
    yield from _open_run(turn, policies)
    if not WITH_DATES.isdisjoint(policies):
        yield from _open_date(turn)
    if not WITH_SIGNS.isdisjoint(policies):
        yield from _open_address(turn)


def _open_run(turn: Turn, policies: Policies) -> Iterator[int]:
    """Yield the first word of a number or a code at the end that may go on."""
    end = len(turn.said)
    while end and turn.said[end - 1] in JOINERS:
        end -= 1
    run = turn.runs[-1] if turn.runs else None
    if run and (run.last >= end or (end - run.last <= LONGEST_INTERRUPTION and _is_suspicious(turn, run))):
        needed = WITH_DIGITS if run.digits else WITH_LETTERS
        if not needed.isdisjoint(policies):
            yield run.first
    elif not WITH_DIGITS.isdisjoint(policies) and _begins_number(turn.said[len(turn.said) - 1]):
        yield len(turn.said) - 1


def _is_suspicious(turn: Turn, run: Run) -> bool:
    """Tell whether digits are read out and nothing says what they are, so that more of them may come."""
    return (
        run.singles >= 3 and run.is_number and not policies_of_runs(turn)[-1] and not is_harmless(turn, run)
    )


def _begins_number(word: str) -> bool:
    """Tell whether a word that is no number alone may begin one."""
    return word in TIMES or word in NUMBER_WORDS or word == "plus"


def _open_date(turn: Turn) -> Iterator[int]:
    """Yield the first word of a date at the end, or of what may become one."""
    for token in turn.tokens:
        if token.last == len(turn.said) and token.kind == "date":
            yield token.first
    first = len(turn.said)
    while first and (_is_of_date(turn.said[first - 1]) or turn.said[first - 1] in ("of", "the")):
        first -= 1
    if any(_is_of_date(word) for word in turn.said.words[first:]):
        yield first


def _is_of_date(word: str) -> bool:
    return word in MONTHS or word in ORDINALS


def _open_address(turn: Turn) -> Iterator[int]:
    """Yield the first words of addresses that may go on: after a sign, or after words that name one."""
    end = len(turn.said)
    known = {at for token in turn.tokens if token.kind in ADDRESSES for at in range(token.first, token.last)}
    for at in range(max(end - LATEST - 1, 0), end):
        if at not in known and _is_sign(turn, at):
            yield _before_sign(turn, at)
    for start in address_starts(turn):
        if start < end <= start + LONGEST_UNKNOWN and start not in known and turn.said[start] not in STOPS:
            yield start


def _is_sign(turn: Turn, at: int) -> bool:
    """Tell whether a word may be a sign of an address; `at` is more often a word, as in `at nine`."""
    if turn.said[at] != "at":
        return turn.said[at] in SIGNS
    following = turn.said[at + 1]
    return turn.said[at - 1] not in NO_NAME and following not in NUMBER_WORDS and following not in STOPS


def _before_sign(turn: Turn, sign: int) -> int:
    """Return where the name before a sign may begin."""
    first = sign
    while first and sign - first < BEFORE_SIGN and turn.said[first - 1] not in ENDS:
        first -= 1
    return first


def hidden(turn: Turn, policies: Policies) -> set[int]:
    """Return the positions of words that a partial may not show."""
    opened = range(open_from(turn, policies), len(turn.said))
    found = {at for at in opened if turn.said[at] not in PAUSED}
    if not WITH_LETTERS.isdisjoint(policies):
        found.update(_letters(turn))
    if not WITH_DIGITS.isdisjoint(policies):
        found.update(at for at, word in enumerate(turn.said.words) if word in NUMBER_WORDS or word in TIMES)
    if not WITH_DATES.isdisjoint(policies):
        found.update(_of_dates(turn))
    if not WITH_SIGNS.isdisjoint(policies):
        found.update(_uncommon_at_end(turn))
    if Policy.LOCATION in policies:
        found.update(_places_begun(turn))
    if Policy.PERSON_NAME in policies:
        found.update(_names_begun(turn))
    if is_asked(turn) or turn.asked in SECRETS:
        found.update(_answers(turn))
    if Policy.BLOOD_TYPE in policies and "blood" in turn.said.words[-6:]:
        found.add(len(turn.said) - 1)
    return found


def _letters(turn: Turn) -> Iterator[int]:
    for run in turn.runs:
        for piece in run.pieces:
            yield from range(piece.first, piece.last)
    last = len(turn.said) - 1
    for at, word in enumerate(turn.said.words):
        if is_part(word) and at not in turn.of_cues and (word not in ARTICLES or at == last):
            yield at


def _of_dates(turn: Turn) -> Iterator[int]:
    """Yield months and ordinals; `may` and `march` only where no other word than of a date is near."""
    words = turn.said.words
    for at, word in enumerate(words):
        if word in ORDINALS or (word in MONTHS and (word not in VERBS or _is_near_number(words, at))):
            yield at


def _is_near_number(words: Sequence[str], at: int) -> bool:
    """Tell whether a number is beside a word, or may follow it."""
    near = (*words[max(at - 2, 0) : at], *words[at + 1 : at + 2])
    return at + 1 == len(words) or any(each in ORDINALS or each in NUMBER_WORDS for each in near)


def _answers(turn: Turn) -> Iterator[int]:
    """Yield the last words, which may answer a question for a name or a password, but for common ones."""
    for at in range(max(len(turn.said) - LONGEST_ANSWER, 0), len(turn.said)):
        if turn.said[at] not in STOPS and turn.said[at] not in CONNECTORS:
            yield at


def _uncommon_at_end(turn: Turn) -> Iterator[int]:
    """Yield the last words, which an `at` or a `dot` may follow, but for common ones."""
    for at in range(max(len(turn.said) - LATEST, 0), len(turn.said)):
        if turn.said[at] not in COMMON and at not in turn.of_cues:
            yield at


def _places_begun(turn: Turn) -> Iterator[int]:
    """Yield words at the end that may be the name of a street after its number, or of a place."""
    end = len(turn.said)
    firsts = {name[0] for name in TWO_WORD_PLACES}
    if end and turn.said[end - 1] in firsts:
        yield end - 1
    for run in turn.runs:
        rest = turn.said.words[run.last :]
        if len(run.text) <= LONGEST_NUMBER and len(rest) <= LONGEST_STREET and NO_PLACES.isdisjoint(rest):
            yield from range(run.last, end)
    before_zip = turn.runs[-1].first if turn.runs and turn.runs[-1].last == end else end
    for address in street_addresses(turn):
        town = turn.said.words[address.last : before_zip]
        if len(town) <= LONGEST_TOWN and NO_PLACES.isdisjoint(town):
            yield from range(address.last, before_zip)


def _names_begun(turn: Turn) -> Iterator[int]:
    """Yield names that are common words too, after words that may introduce a name."""
    words = turn.said.words
    for at, word in enumerate(words):
        if word in GIVEN_OR_WORDS and (at == 0 or words[at - 1] in GREETINGS):
            yield at
