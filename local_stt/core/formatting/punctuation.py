"""Marks and capitals of an utterance, and how likely a speaker has finished.

A `Punctuation` scores words.  A pause counts for a mark, and its absence against one.  The linear models of a
`PunctuationModel` are one such; docs/explanation/punctuation.md says how good they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ...events import Word
from .casing import capital_places, capitalized, date_capitals
from .features import BREAKS, CAPITALS, ENDS, QUESTIONS, Numbers, keys_of, opening_and_end, windows
from .linear_model import LinearModel, Scores
from .tokens import Token
from .word_lists import FIXED, FUNCTION_WORDS

USUAL_PAUSE = 0.25
"""Seconds of a pause that says nothing about marks"""
LONGEST_PAUSE = 1.2
"""Seconds after which a longer pause says no more"""
COMMA_PER_SECOND, STOP_PER_SECOND = 1.5, 3.0
"""Log-odds that a second of pause adds"""

_FINAL_MARKS = (".", "?", "!")


class MarkScores(Protocol):
    """What a model thinks of the words of a turn, in log-odds."""

    def breaks(self, places: Sequence[int]) -> Scores:
        """Score a comma and a stop after words, against no mark; the shape is (places, 2)."""

    def questions(self, sentences: Sequence[tuple[int, int]]) -> Scores:
        """Score for sentences whether they ask, from their first word to before their last."""

    def capitals(self, places: Sequence[int]) -> Scores:
        """Score a capital of words."""

    def acronyms(self, places: Sequence[int]) -> Sequence[bool]:
        """Tell which words consist of capitals."""


class Punctuation(Protocol):
    """A model of marks and capitals."""

    def scores(self, words: Sequence[str]) -> MarkScores:
        """Look at the words of a turn, in small letters; there is at least one."""


@dataclass(frozen=True, slots=True)
class PunctuationModel:
    """The linear models of one language."""

    breaks: LinearModel
    """No mark, a comma, or a stop after a word"""
    questions: LinearModel
    """Whether a sentence asks"""
    capitals: LinearModel
    """Whether a word inside a sentence has a capital"""
    ends: LinearModel
    """Whether a speaker has finished"""

    def scores(self, words: Sequence[str]) -> "LinearScores":
        """Look at the words of a turn."""
        return LinearScores(self, words, windows(words))


@dataclass(frozen=True, slots=True)
class LinearScores:
    """What linear models think of the words of a turn."""

    model: PunctuationModel
    words: Sequence[str]
    rows: Numbers
    """The window of each word"""

    def breaks(self, places: Sequence[int]) -> Scores:
        """Score a comma and a stop after words."""
        return self.model.breaks.scores(keys_of(self.rows[list(places)], BREAKS))

    def questions(self, sentences: Sequence[tuple[int, int]]) -> Scores:
        """Score for sentences whether they ask."""
        rows = np.concatenate([opening_and_end(self.words[first:last]) for first, last in sentences])
        return self.model.questions.scores(keys_of(rows, QUESTIONS))[:, 0]

    def capitals(self, places: Sequence[int]) -> Scores:
        """Score a capital of words."""
        return self.model.capitals.scores(keys_of(self.rows[list(places)], CAPITALS))[:, 0]

    def acronyms(self, places: Sequence[int]) -> Sequence[bool]:
        """Tell nothing: the models do not know which words consist of capitals."""
        return [False] * len(places)


def punctuated(
    tokens: Sequence[Token], words: Sequence[Word], model: Punctuation, *, ends: bool
) -> tuple[Token, ...]:
    """Return the tokens with marks and capitals.

    `words` are those that the tokens cover.  With `ends`, the last token gets a full stop or a question mark.
    """
    if not tokens:
        return ()
    said = [word.text.lower() for word in words]
    scores = model.scores(said)
    marks = _breaks(tokens, words, said, scores)
    marks[-1] = "." if ends else ""
    marks = _with_questions(tokens, marks, scores)
    firsts = [token.first for token in tokens]
    capitals = capital_places(
        [token.text.lower() for token in tokens], marks, scores.capitals(firsts).tolist()
    )
    acronyms = scores.acronyms(firsts)
    return tuple(
        replace(token, text=_marked(_cased(token, capital=capital, acronym=acronym), mark))
        for token, mark, capital, acronym in zip(tokens, marks, capitals, acronyms, strict=True)
    )


def end_of_turn(words: Sequence[Word], model: PunctuationModel) -> float:
    """Estimate from the words of a turn so far how likely the speaker has finished, from 0 to 1."""
    if not words:
        return 0.0
    row = opening_and_end([word.text.lower() for word in words])
    log_odds = model.ends.scores(keys_of(row, ENDS))[0, 0]
    return float(1 / (1 + np.exp(-log_odds)))


def _breaks(
    tokens: Sequence[Token],
    words: Sequence[Word],
    said: Sequence[str],
    scores: MarkScores,
) -> list[str]:
    """Return a comma, a full stop or nothing for each token but the last, whose mark is decided elsewhere."""
    places = [token.last - 1 for token in tokens[:-1]]
    marks = []
    for place, (comma, stop) in zip(places, scores.breaks(places).tolist(), strict=True):
        longer = _longer_pause(words, said, place)
        comma += longer * COMMA_PER_SECOND
        stop += longer * STOP_PER_SECOND
        marks.append("" if max(comma, stop) <= 0 else "." if stop >= comma else ",")
    return [*marks, ""]


def _longer_pause(words: Sequence[Word], said: Sequence[str], place: int) -> float:
    """Return by how much the pause after a word is longer than usual; after a function word it is thought."""
    pause = max(words[place + 1].start - words[place].end, 0.0)
    longer = min(pause, LONGEST_PAUSE) - USUAL_PAUSE
    return min(longer, 0.0) if said[place] in FUNCTION_WORDS else longer


def _with_questions(tokens: Sequence[Token], marks: Sequence[str], scores: MarkScores) -> list[str]:
    """Return the marks with question marks for the stops of questions."""
    stops = [place for place, mark in enumerate(marks) if mark == "."]
    if not stops:
        return list(marks)
    lasts = [tokens[stop].last for stop in stops]
    asks = scores.questions(list(zip([0, *lasts], lasts, strict=False))) > 0
    asking = {stop for stop, is_question in zip(stops, asks, strict=True) if is_question}
    return ["?" if place in asking else mark for place, mark in enumerate(marks)]


def _cased(token: Token, *, capital: bool, acronym: bool) -> str:
    """Write a word with its capitals.  Other tokens keep their form, but months and days have a capital."""
    if token.kind == "date":
        return date_capitals(token.text)
    if token.kind != "word":
        return token.text
    if acronym and token.text.isalpha() and token.text.lower() not in FIXED:
        return token.text.upper()
    return capitalized(token.text) if capital else token.text


def _marked(text: str, mark: str) -> str:
    """Add a mark; `p.m.` needs no second full stop."""
    return text if mark == "." and text.endswith(_FINAL_MARKS) else text + mark
