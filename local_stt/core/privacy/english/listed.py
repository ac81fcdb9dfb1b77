"""Religions, nationalities, languages, politics and sexualities, by closed lists of words."""

from collections.abc import Iterator

from ..policies import Policy
from ..values import Value
from .turn import Turn
from .word_lists import (
    FOOD,
    LANGUAGE_CUES,
    LANGUAGES,
    NATIONALITIES,
    POLITICAL_CUES,
    POLITICS,
    RELIGIONS,
    SEXUALITY,
    SURE_POLITICS,
)


def listed(turn: Turn) -> Iterator[Value]:
    """Yield words of closed lists."""
    for at, word in enumerate(turn.said.words):
        policies = tuple(_policies(turn, at, word.removesuffix("'s")))
        if policies:
            yield Value(policies, at, at + 1)


def _policies(turn: Turn, at: int, word: str) -> Iterator[Policy]:
    before = turn.said.before(at, 3)
    if before[-1:] == ("for",):  # as in `press one for english`
        return
    if word in LANGUAGES and (LANGUAGE_CUES.intersection(before) or turn.said[at + 1] in LANGUAGE_CUES):
        yield Policy.LANGUAGE
    if turn.said[at + 1] not in FOOD:
        if word in NATIONALITIES:
            yield Policy.NATIONALITY
        if word in LANGUAGES:
            yield Policy.LANGUAGE
    if word in RELIGIONS:
        yield Policy.RELIGION
    if word in SURE_POLITICS or (word in POLITICS and POLITICAL_CUES.intersection(before[-1:])):
        yield Policy.POLITICAL_AFFILIATION
    if word in SEXUALITY:
        yield Policy.GENDER_SEXUALITY
