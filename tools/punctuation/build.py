"""Build the punctuation model from the dialogues."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from local_stt.core.formatting.linear_model import LinearModel
from local_stt.core.formatting.punctuation import PunctuationModel

from . import material
from .material import Turn
from .training import Plan, train

Tell = Callable[[str], None]

BREAKS = Plan(classes=3, epochs=5, least=4, features=100000)
QUESTIONS = Plan(classes=2, epochs=5, least=3, features=30000)
CAPITALS = Plan(classes=2, epochs=5, least=3, features=60000)
ENDS = Plan(classes=2, epochs=4, least=4, features=35000)

AT_NO_PAUSE = 0.7
"""Log-odds added to a mark, as texts have no pauses and people who speak make few"""
ASKING = 0.3
"""Log-odds added to a question, as one that is joined to another sentence is missed more easily"""
CALLED_WHOLE = 0.12
"""Share of turns cut at random whose end of turn is more likely than `CONFIDENT`"""
CONFIDENT = 0.7
OWN_WEIGHT = 10
"""How often this folder's own talk is learned, as the dialogues are many times as long"""
KEPT = 10
"""Of this number of turns, one sets what is called confident, and is not trained on"""


def build(turns: list[Turn], seed: int, tell: Tell) -> PunctuationModel:
    """Train all parts of a model."""
    tell("Marks")
    breaks = train(material.break_examples(turns), BREAKS, seed, tell)
    tell("Questions")
    questions = train(material.question_examples(turns), QUESTIONS, seed, tell)
    tell("Capitals")
    capitals = train(material.capital_examples(turns), CAPITALS, seed, tell)
    tell("Ends of turns")
    ends = _ends(turns, seed, tell)
    return PunctuationModel(_shifted(breaks, AT_NO_PAUSE), _shifted(questions, ASKING), capitals, ends)


def _shifted(model: LinearModel, by: float) -> LinearModel:
    """Add log-odds to all classes but the first."""
    return replace(model, bias=model.bias + np.float32(by))


def _ends(turns: list[Turn], seed: int, tell: Tell) -> LinearModel:
    """Train the model of ends of turns, and scale it so that `CONFIDENT` has a meaning."""
    learned = [turn for number, turn in enumerate(turns) if number % KEPT]
    model = train(material.end_examples(learned, seed), ENDS, seed, tell)
    kept = material.end_examples(turns[::KEPT], seed)
    cut = model.scores(kept.keys[kept.classes == 0])[:, 0]
    confident = np.log(CONFIDENT / (1 - CONFIDENT))
    return _shifted(model, float(confident - np.quantile(cut, 1 - CALLED_WHOLE)))


def own_talk(file: Path = material.OWN_TALK) -> list[Turn]:
    """Return the turns of this folder's own talk, and each sentence of several as a turn."""
    turns = material.turns(file.read_text(encoding="utf-8").splitlines())
    alone = [sentence for turn in turns for sentence in material.sentences(turn) if sentence != turn]
    return OWN_WEIGHT * (2 * turns + alone)
