"""Divide what one speaker says into turns: the unit in which text is written, shown and redacted.

The rules and their names are those of AssemblyAI
(https://www.assemblyai.com/docs/streaming/universal-streaming/turn-detection).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..events import Word

MAX_TURN_SILENCE = 10.0
"""Longest silence, in seconds, that may be set as the one that ends a turn"""

MAX_WORDS = 200
"""Words after which the next pause ends a turn: each final writes its whole turn anew"""


@dataclass(frozen=True, slots=True)
class TurnRules:
    """When a turn is over.  Times are in seconds."""

    end_of_turn_confidence_threshold: float = 0.7
    """Likelihood that the speaker has finished, from which a short silence ends the turn"""
    min_end_of_turn_silence_when_confident: float = 0.5
    """The short silence"""
    max_turn_silence: float = 2.4
    """Silence that ends a turn in any case"""


USUAL_RULES = TurnRules()
"""The rules where none are set"""


class Estimator(Protocol):
    """What is known of a language's turns."""

    def end_of_turn(self, words: Sequence[Word]) -> float:
        """Estimate how likely the speaker has finished, from 0 to 1."""
        ...

    def is_in_number(self, words: Sequence[Word]) -> bool:
        """Tell whether words end in a number that may go on after a pause."""
        ...


class TurnInProgress:
    """The words of one speaker since the last turn was over."""

    def __init__(self, rules: TurnRules, estimator: Estimator) -> None:
        self._rules, self._estimator = rules, estimator
        self.words: tuple[Word, ...] = ()
        self.confidence = 0.0
        """Likelihood that the speaker has finished, from 0 to 1, as far as the words tell"""
        self._needed_silence = 0.0

    def add(self, words: Sequence[Word]) -> None:
        """Add what was said next."""
        self.words += tuple(words)
        self.confidence = self._estimator.end_of_turn(self.words)
        self._needed_silence = self._silence_to_end()

    def is_over(self, at: float) -> bool:
        """Tell whether the turn is over if nothing more is said until a moment of the call."""
        return bool(self.words) and at - self.words[-1].end >= self._needed_silence

    def _silence_to_end(self) -> float:
        rules = self._rules
        if self._estimator.is_in_number(self.words):
            return rules.max_turn_silence
        if len(self.words) >= MAX_WORDS:
            return 0.0
        if self.confidence >= rules.end_of_turn_confidence_threshold:
            return min(rules.min_end_of_turn_silence_when_confident, rules.max_turn_silence)
        return rules.max_turn_silence


def turns(
    said: Iterable[tuple[float, Sequence[Word]]], rules: TurnRules, estimator: Estimator
) -> list[list[int]]:
    """Divide the utterances of one speaker into turns; return the positions of each turn's utterances.

    An utterance is given by its start and its words.
    """
    found: list[list[int]] = []
    turn = TurnInProgress(rules, estimator)
    for position, (start, words) in enumerate(said):
        if not found or turn.is_over(start):
            turn = TurnInProgress(rules, estimator)
            found.append([])
        turn.add(words)
        found[-1].append(position)
    return found
