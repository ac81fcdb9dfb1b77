"""Marks and capitals of an utterance, and how likely a speaker has finished.

Linear models weigh the words around each place.  A pause counts for a mark, and its absence against one.
docs/explanation/punctuation.md says how good they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...events import Word
from .casing import capital_places, capitalized, date_capitals
from .features import BREAKS, CAPITALS, ENDS, QUESTIONS, Numbers, keys_of, opening_and_end, windows
from .linear_model import LinearModel
from .tokens import Token
from .word_lists import FUNCTION_WORDS

USUAL_PAUSE = 0.25
"""Seconds of a pause that says nothing about marks"""
LONGEST_PAUSE = 1.2
"""Seconds after which a longer pause says no more"""
COMMA_PER_SECOND, STOP_PER_SECOND = 1.5, 3.0
"""Log-odds that a second of pause adds"""

_FINAL_MARKS = (".", "?", "!")


@dataclass(frozen=True, slots=True)
class PunctuationModel:
    """The models of one language."""

    breaks: LinearModel
    """No mark, a comma, or a stop after a word"""
    questions: LinearModel
    """Whether a sentence asks"""
    capitals: LinearModel
    """Whether a word inside a sentence has a capital"""
    ends: LinearModel
    """Whether a speaker has finished"""


def punctuated(
    tokens: Sequence[Token], words: Sequence[Word], model: PunctuationModel, *, ends: bool
) -> tuple[Token, ...]:
    """Return the tokens with marks and capitals.

    `words` are those that the tokens cover.  With `ends`, the last token gets a full stop or a question mark.
    """
    if not tokens:
        return ()
    said = [word.text.lower() for word in words]
    rows = windows(said)
    marks = _breaks(tokens, words, said, rows, model)
    marks[-1] = "." if ends else ""
    marks = _with_questions(tokens, said, marks, model)
    capitals = _capitals(tokens, marks, rows, model)
    return tuple(
        replace(token, text=_marked(_cased(token, capital), mark))
        for token, mark, capital in zip(tokens, marks, capitals, strict=True)
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
    rows: Numbers,
    model: PunctuationModel,
) -> list[str]:
    """Return a comma, a full stop or nothing for each token but the last, whose mark is decided elsewhere."""
    places = [token.last - 1 for token in tokens[:-1]]
    scores = model.breaks.scores(keys_of(rows[places], BREAKS))
    marks = []
    for place, (comma, stop) in zip(places, scores.tolist(), strict=True):
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


def _with_questions(
    tokens: Sequence[Token], said: Sequence[str], marks: Sequence[str], model: PunctuationModel
) -> list[str]:
    """Return the marks with question marks for the stops of questions."""
    stops = [place for place, mark in enumerate(marks) if mark == "."]
    if not stops:
        return list(marks)
    firsts = [0, *(tokens[stop].last for stop in stops)]
    sentences = [said[first : tokens[stop].last] for first, stop in zip(firsts, stops, strict=False)]
    rows = np.concatenate([opening_and_end(sentence) for sentence in sentences])
    asks = model.questions.scores(keys_of(rows, QUESTIONS))[:, 0] > 0
    asking = {stop for stop, is_question in zip(stops, asks, strict=True) if is_question}
    return ["?" if place in asking else mark for place, mark in enumerate(marks)]


def _capitals(
    tokens: Sequence[Token], marks: Sequence[str], rows: Numbers, model: PunctuationModel
) -> list[bool]:
    """Decide for each token whether it has a capital."""
    log_odds = model.capitals.scores(keys_of(rows[[token.first for token in tokens]], CAPITALS))[:, 0]
    return capital_places([token.text.lower() for token in tokens], marks, log_odds.tolist())


def _cased(token: Token, capital: bool) -> str:
    """Write a word with its capital.  Other tokens keep their form, but months and days have a capital."""
    if token.kind == "date":
        return date_capitals(token.text)
    return capitalized(token.text) if capital and token.kind == "word" else token.text


def _marked(text: str, mark: str) -> str:
    """Add a mark; `p.m.` needs no second full stop."""
    return text if mark == "." and text.endswith(_FINAL_MARKS) else text + mark
