"""A turn, and what rules look at: its words, written forms, cues and numbers."""

from dataclasses import dataclass
from functools import cached_property

from ...formatting.matching import Language, Said, tokens_of
from ...formatting.tokens import Token
from ..policies import Policy
from .cues import Cue, cues_of, most_telling, without
from .runs import Run, runs_of
from .word_lists import CONNECTORS


@dataclass(frozen=True)
class Turn:
    """The words of a turn so far, and what the other speaker said before it."""

    said: Said
    question: Said
    language: Language

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
        cue = most_telling(cues_of(self.question))
        return cue.policy if cue else None

    @cached_property
    def answer(self) -> int:
        """Position of the first word that may be the answer to a question"""
        return self.after_connectors(0)

    def after_connectors(self, at: int) -> int:
        """Return the position of the first word that may be a value."""
        while at < len(self.said) and (self.said[at] in CONNECTORS or at in self.of_cues):
            at += 1
        return at
