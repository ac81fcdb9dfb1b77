"""Find the private words of a turn: in finals, at the end of a turn that goes on, in partials."""

from collections.abc import Collection, Sequence
from functools import cached_property
from itertools import chain

from ...events import Word
from ..formatting import Language
from .digits import Digits
from .english import English
from .names import NameFinder, named
from .policies import NAMES, Policy
from .rules import Findings, Rules
from .spans import Span
from .values import Value, spans_of

MASK = "#"
"""What a partial shows in place of a word that may be private"""

LONG_PAUSE = 2.0
"""Seconds of silence in which the other speaker may ask a question"""

RULES: dict[str, Rules] = {"en": English}
"""The rules of languages, by their codes without region"""


class Look:
    """What the rules find in the words of a turn so far, looked for once."""

    def __init__(
        self,
        words: Sequence[Word],
        policies: Collection[Policy],
        language: Language,
        before: Sequence[str] = (),
    ) -> None:
        """Look at the words of a turn; see `find` for the arguments."""
        self._words, self._policies, self._language = words, policies, language
        self._findings = _findings([word.text for word in words], before, language, _begins(words))

    @cached_property
    def _values(self) -> tuple[Value, ...]:
        return tuple(self._findings.values(self._policies))

    def spans(self, names: NameFinder | None = None, since: int = 0) -> tuple[Span, ...]:
        """Return the private words; see `find`."""
        if not self._policies:
            return ()
        if names is None or NAMES.isdisjoint(self._policies):
            return spans_of(self._values, self._policies)
        by_model = named(self._words, self._language, names, since)
        return spans_of(chain(self._values, by_model), self._policies)

    def held_from(self) -> int:
        """Return the position from which words must wait; see `held_from`."""
        if not self._policies:
            return len(self._words)
        held = self._findings.open_from(self._policies)
        if held == len(self._words):
            return held
        return next((span.first for span in self.spans() if span.first < held < span.last), held)


def find(
    words: Sequence[Word],
    policies: Collection[Policy],
    language: Language,
    before: Sequence[str] = (),
    *,
    names: NameFinder | None = None,
    since: int = 0,
) -> tuple[Span, ...]:
    """Find the private words of a turn so far, in order.

    `before` are the words of the other speaker's latest turn, which may ask for a value.  `names` finds more
    names and places than the rules, from the position `since` on.
    """
    return Look(words, policies, language, before).spans(names, since)


def held_from(
    words: Sequence[Word],
    policies: Collection[Policy],
    language: Language,
    before: Sequence[str] = (),
) -> int:
    """Return the position from which the words of a turn so far must wait, as a value may go on after them.

    It is the number of words if nothing is open.  It is never inside a span that `find` returns.
    """
    return Look(words, policies, language, before).held_from()


def masked(
    words: Sequence[str],
    policies: Collection[Policy],
    language: Language,
    before: Sequence[str] = (),
    begins: int = 0,
) -> list[str]:
    """Return the words of a partial with `#` in place of each that may be private.

    `begins` is the position of the partial's first word: what is said from there may answer a question.  A
    partial shows less than the final after it, as only later words tell what some words are.
    """
    if not policies:
        return list(words)
    findings = _findings(words, before, language)
    hidden = _hidden(findings, policies)
    if begins and (others := findings.beginning_at(begins)) is not findings:
        hidden |= _hidden(others, policies)
    return [MASK if at in hidden else word for at, word in enumerate(words)]


def _hidden(findings: Findings, policies: Collection[Policy]) -> set[int]:
    """Return the positions of words that may be private."""
    hidden = findings.hidden(policies)
    for span in spans_of(findings.values(policies), policies):
        hidden.update(range(span.first, span.last))
    return hidden


def context(words: Sequence[Word], language: Language) -> int:
    """Return how many words before a partial, the last ones, may say what it is."""
    return _rules(language).context([word.text.lower() for word in words])


def _begins(words: Sequence[Word]) -> int:
    """Return the position of the first word after the latest long pause."""
    places = range(len(words) - 1, 0, -1)
    return next((at for at in places if words[at].start - words[at - 1].end >= LONG_PAUSE), 0)


def _findings(words: Sequence[str], before: Sequence[str], language: Language, begins: int = 0) -> Findings:
    said, asked = [word.lower() for word in words], [word.lower() for word in before]
    return _rules(language)(said, asked, language, begins)


def _rules(language: Language) -> Rules:
    return RULES.get(language.code.partition("-")[0], Digits)
