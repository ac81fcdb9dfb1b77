"""A turn, and what rules look at: its words, written forms, cues and numbers."""

from copy import copy
from dataclasses import dataclass
from functools import cached_property

from ...formatting.matching import Language, Said, tokens_of
from ...formatting.tokens import Token
from ..policies import Policy
from .cues import Cue, cues_of, most_telling, without
from .runs import Run, runs_of
from .word_lists import CONNECTORS

LATE = 12
"""Words at the end of a question, which say most of what it asks for"""


@dataclass
class Turn:
    """The words of a turn so far, and what the other speaker said before it."""

    said: Said
    question: Said
    language: Language
    begins: int = 0
    """Position of the first word after the latest long pause, in which the question may have been asked"""

    def beginning_at(self, begins: int) -> "Turn":
        """Return the turn with another first word after a pause.  What was found stays known."""
        other = copy(self)
        other.begins = begins
        return other

    @cached_property
    def tokens(self) -> list[Token]:
        """The written forms of its words"""
        return tokens_of(self.said.words, self.language)

    @cached_property
    def cues(self) -> list[Cue]:
        """The words that name a value"""
        return cues_of(self.said)

    @cached_property
    def of_cues(self) -> set[int]:
        """The positions of the words of cues"""
        return {at for cue in self.cues for at in range(cue.first, cue.last)}

    @cached_property
    def runs(self) -> list[Run]:
        """The numbers and codes"""
        return runs_of(without(self.said, self.cues))

    @cached_property
    def run_at(self) -> dict[int, Run]:
        """The numbers and codes by their first words"""
        return {run.first: run for run in self.runs}

    @cached_property
    def asked(self) -> Policy | None:
        """The kind of value that the question names"""
        cues = cues_of(self.question)
        late = [cue for cue in cues if len(self.question) - cue.last <= LATE]
        cue = most_telling(late or cues)
        return cue.policy if cue else None

    @property
    def answer(self) -> int:
        """Position of the first word that may be the answer to a question"""
        return self.after_connectors(self.begins)

    def after_connectors(self, at: int) -> int:
        """Return the position of the first word that may be a value."""
        while at < len(self.said) and (self.said[at] in CONNECTORS or at in self.of_cues):
            at += 1
        return at
