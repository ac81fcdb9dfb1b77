"""Read the dialogues, and turn them into what the models learn from."""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

import numpy as np

from local_stt.core.formatting import features
from local_stt.core.formatting.features import Keys, Numbers

from .spoken import Spoken, spoken

Turn = list[Spoken]

SGD_TRAIN, SGD_DEV, TM4 = "sgd-train.jsonl.gz", "sgd-dev.jsonl.gz", "tm4-train.jsonl.gz"
OWN_TALK = Path(__file__).with_name("phone_talk.txt")

HELD_OUT = 5
"""Of this number of dialogues of TM-4, one is kept for scoring"""
MARKS = ("", ",", ".")
"""The classes of the model of breaks: a question mark is a stop like any other"""


@dataclass(frozen=True, slots=True)
class Examples:
    """What one model learns from."""

    keys: Keys
    """Of shape (examples, templates)"""
    classes: np.ndarray[tuple[int], np.dtype[np.int8]]


def dialogues(file: Path) -> Iterator[list[str]]:
    """Yield the texts of each dialogue's turns."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield [text for _, text in json.loads(line)]


def turns(texts: Iterable[str]) -> list[Turn]:
    """Return the turns that have words."""
    return [turn for turn in map(spoken, texts) if turn]


def training_turns(data: Path) -> list[Turn]:
    """Return the turns to learn from."""
    sgd = dialogues(data / SGD_TRAIN)
    tm4 = [each for number, each in enumerate(dialogues(data / TM4)) if number % HELD_OUT]
    return turns(chain.from_iterable(chain(sgd, tm4)))


def held_out_turns(data: Path) -> list[Turn]:
    """Return the turns of TM-4 that are kept for scoring."""
    kept = [each for number, each in enumerate(dialogues(data / TM4)) if number % HELD_OUT == 0]
    return turns(chain.from_iterable(kept))


def sgd_dev_turns(data: Path) -> list[Turn]:
    """Return the turns of SGD's development part."""
    return turns(chain.from_iterable(dialogues(data / SGD_DEV)))


def words_of(turn: Turn) -> list[str]:
    """Return the words of a turn."""
    return [each.word for each in turn]


def sentences(turn: Turn) -> Iterator[Turn]:
    """Yield the sentences of a turn; the last one may have no mark."""
    first = 0
    for after, each in enumerate(turn, 1):
        if each.mark in (".", "?") or after == len(turn):
            yield turn[first:after]
            first = after


def break_examples(turns: Iterable[Turn]) -> Examples:
    """Ask of each word but the last of a turn which mark follows."""
    rows: list[Numbers] = []
    classes: list[int] = []
    for turn in turns:
        rows.append(features.windows(words_of(turn))[:-1])
        classes += [MARKS.index("." if each.mark == "?" else each.mark) for each in turn[:-1]]
    return _examples(rows, classes, features.BREAKS)


def question_examples(turns: Iterable[Turn]) -> Examples:
    """Ask of each sentence with a mark whether it is a question."""
    rows: list[Numbers] = []
    classes: list[int] = []
    for sentence in chain.from_iterable(map(sentences, turns)):
        if sentence[-1].mark in (".", "?"):
            rows.append(features.opening_and_end(words_of(sentence)))
            classes.append(sentence[-1].mark == "?")
    return _examples(rows, classes, features.QUESTIONS)


def capital_examples(turns: Iterable[Turn]) -> Examples:
    """Ask of each word inside a sentence whether it has a capital, in turns that begin with one."""
    rows: list[Numbers] = []
    classes: list[int] = []
    for turn in turns:
        if turn[0].capital:
            inside = [
                at
                for at in range(1, len(turn))
                if turn[at].capital is not None and turn[at - 1].mark not in (".", "?")
            ]
            rows.append(features.windows(words_of(turn))[inside])
            classes += [bool(turn[at].capital) for at in inside]
    return _examples(rows, classes, features.CAPITALS)


def end_examples(turns: Iterable[Turn], seed: int) -> Examples:
    """Ask of whole turns, and of ones cut at random, whether they are whole.

    Each turn is there twice: with numbers in words, and in digits.
    """
    rng = np.random.default_rng(seed)
    rows: list[Numbers] = []
    classes: list[int] = []
    for words in chain.from_iterable((words_of(turn), in_digits(turn)) for turn in turns):
        rows.append(features.opening_and_end(words))
        classes.append(1)
        if len(words) > 1:
            rows.append(features.opening_and_end(words[: rng.integers(1, len(words))]))
            classes.append(0)
    return _examples(rows, classes, features.ENDS)


def in_digits(turn: Turn) -> list[str]:
    """Return the words of a turn as recognizers that write digits have them: a number is one word."""
    words = []
    for is_number, group in groupby(turn, key=lambda each: each.capital is None):
        words += ["0"] if is_number else [each.word for each in group]
    return words


def _examples(rows: list[Numbers], classes: list[int], templates: features.Templates) -> Examples:
    """Make keys of some thousand rows at a time, as they take much memory on the way."""
    keys = [
        features.keys_of(np.concatenate(rows[at : at + 4000]), templates) for at in range(0, len(rows), 4000)
    ]
    return Examples(np.concatenate(keys), np.array(classes, np.int8))
