"""Find the words and phrases that a user wants to be informed of, each with its topic."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...events import Alert, Token, Word
from ..call_record import Utterance, speaker_of
from ..captions import by_turns
from ..formats import milliseconds
from ..formatting.tokens import is_redaction, one_each
from ..terms import Phrase, phrase_of, terms
from .sentences import MARKS

MAX_TOPICS = 100
"""Topics of one list"""

MAX_PHRASES = 1000
"""Phrases of one list, of all topics"""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """A phrase of a topic."""

    topic: str
    phrase: str
    """With a `*` at its end, its last word may go on"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A place in a turn where a phrase was said."""

    rule: AlertRule
    first: int
    """Position of its first word"""
    last: int
    """Position after its last word"""

    def repeats(self, other: "Sighting") -> bool:
        """Tell whether this is the other place once more, perhaps in another form."""
        return self.rule == other.rule and self.first < other.last and other.first < self.last


@dataclass(frozen=True, slots=True)
class FoundAlert:
    """A phrase of a topic, where it was said on a kept call.  Times are milliseconds on the call's clock."""

    topic: str
    phrase: str
    speaker: str
    start: int
    end: int


class AlertFinder:
    """Finds the phrases of rules in turns, by the words and as they are written."""

    def __init__(self, rules: Iterable[AlertRule]) -> None:
        self._by_term: dict[str, list[tuple[Phrase, AlertRule]]] = defaultdict(list)
        self._by_beginning: dict[str, list[tuple[Phrase, AlertRule]]] = defaultdict(list)
        for rule in rules:
            phrase = phrase_of(rule.phrase)
            index = self._by_beginning if phrase.is_open and len(phrase.terms) == 1 else self._by_term
            index[phrase.terms[0]].append((phrase, rule))

    def find(self, words: Sequence[Word], tokens: Sequence[Token] = ()) -> list[Sighting]:
        """Return where phrases are in the words of a turn, or in its tokens, in order and each once."""
        found: list[Sighting] = []
        for pieces in (one_each(words), tokens):
            for each in self._places(pieces):
                if not any(each.repeats(other) for other in found):
                    found.append(each)
        return sorted(found, key=lambda each: (each.first, each.last))

    def _places(self, pieces: Iterable[Token]) -> Iterator[Sighting]:
        said = [(term, piece) for piece in pieces for term in _terms(piece.text)]
        texts = [term for term, _ in said]
        for at, term in enumerate(texts):
            for phrase, rule in self._beginning_with(term):
                if phrase.begins(texts, at):
                    yield Sighting(rule, said[at][1].first, said[at + len(phrase.terms) - 1][1].last)

    def _beginning_with(self, term: str) -> Iterator[tuple[Phrase, AlertRule]]:
        """Yield the phrases whose first term may be this one."""
        yield from self._by_term.get(term, ())
        for length in range(1, len(term) + 1):
            yield from self._by_beginning.get(term[:length], ())


BREAK = ""
"""The term in place of redacted words, which no phrase has"""


def _terms(text: str) -> list[str]:
    return [BREAK] if is_redaction(text.rstrip(MARKS)) else [term.text for term in terms(text)]


def found_alerts(said: Sequence[Utterance], finder: AlertFinder) -> list[FoundAlert]:
    """Find the phrases in what was said on a kept call, in order."""
    found = [
        FoundAlert(
            each.topic,
            each.phrase,
            speaker_of(each.track),
            milliseconds(each.start),
            milliseconds(each.end),
        )
        for each in alerts_in("", said, finder)
    ]
    return sorted(found, key=lambda each: (each.start, each.end))


def alerts_in(call_id: str, said: Sequence[Utterance], finder: AlertFinder) -> list[Alert]:
    """Find the phrases in what was said on a whole call, as events of it."""
    return [
        Alert(
            call_id,
            turn.track,
            each.rule.topic,
            each.rule.phrase,
            turn.words[each.first].start,
            turn.words[each.last - 1].end,
        )
        for turn in by_turns([line for line in said if line.words])
        for each in finder.find(turn.words, turn.tokens)
    ]
