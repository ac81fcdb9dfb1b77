"""Run a punctuation model that onnxruntime can load: a CNN and a BiLSTM over pieces of words.

Its files are those of Edge-Punct-Casing, as sherpa-onnx publishes it.  It takes three tensors of 32-bit
integers: the pieces of a text, where words begin among them, and how many begin.  It returns the logits of a
case and of a mark for each word.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import numpy as np

from ..core.formatting.linear_model import Scores
from ..core.formatting.pieces import BEGIN, END, Pieces
from ..errors import ModelError
from ..model_files import PUNCTUATION, missing_punctuation_files
from ..model_files.folders import are_missing
from ..model_files.punctuation import NETWORKS, VOCABULARY
from ..system.installation import command, pip_install

INSTALL = pip_install("punctuation")
"""The command that installs what runs such a model"""

_LENGTH = 200
"""Pieces that the model looks at together"""
_ROOM = _LENGTH - 2
"""Those of words; one stands before them and one behind"""
_OVERLAP = 20
"""Words of a long turn that are looked at twice, as the words on both sides decide"""

_NO_MARK, _COMMA, _STOP, _QUESTION = range(4)
_SMALL, _UPPER, _CAPITAL, _MIXED = range(4)
_LABELS = {"COMMA": "1", "PERIOD": "2", "QUESTION": "3", "UPPER": "1", "CAP": "2", "MIX_CASE": "3"}
"""What the file of a model says about the order of its logits"""
_CLASSES = 4


@dataclass(frozen=True, slots=True)
class OnnxScores:
    """What the model thinks of the words of a turn."""

    marks: Scores
    """Logits of no mark, a comma, a stop and a question mark, of shape (words, 4)"""
    cases: Scores
    """Logits of small letters, capitals, one capital and another mixture, of shape (words, 4)"""

    def breaks(self, places: Sequence[int]) -> Scores:
        """Score a comma and a stop after words; a question mark is a stop."""
        marks = self.marks[list(places)]
        scores = np.stack([marks[:, _COMMA], np.logaddexp(marks[:, _STOP], marks[:, _QUESTION])], axis=1)
        return scores - marks[:, [_NO_MARK]]

    def questions(self, sentences: Sequence[tuple[int, int]]) -> Scores:
        """Score for sentences whether they ask, by their last words."""
        marks = self.marks[[last - 1 for _, last in sentences]]
        difference: Scores = marks[:, _QUESTION] - marks[:, _STOP]
        return difference

    def capitals(self, places: Sequence[int]) -> Scores:
        """Score a capital of words, alone or with others."""
        cases = self.cases[list(places)]
        scores: Scores = np.logaddexp.reduce(cases[:, _UPPER:], axis=1) - cases[:, _SMALL]
        return scores

    def acronyms(self, places: Sequence[int]) -> Sequence[bool]:
        """Tell which words consist of capitals."""
        likeliest = self.cases[list(places)].argmax(axis=1) == _UPPER
        found: list[bool] = likeliest.tolist()
        return found


def is_installed() -> bool:
    """Tell whether onnxruntime is installed."""
    return find_spec("onnxruntime") is not None


class OnnxPunctuation:
    """A loaded model."""

    def __init__(self, session: Any, pieces: Pieces) -> None:
        """Take an `InferenceSession` and the model's vocabulary.

        Raises `ValueError` if it is no such model.
        """
        self._session, self._pieces = session, pieces
        self._inputs = [each.name for each in session.get_inputs()]
        labels = session.get_modelmeta().custom_metadata_map
        if {name: labels.get(name) for name in _LABELS} != _LABELS:
            raise ValueError("its labels are not those of Edge-Punct-Casing")
        self.scores(["hello", "there"])

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load the model in a folder.  Raises `ModelError`."""
        if missing := missing_punctuation_files(folder):
            raise ModelError(
                f"{folder} is not a punctuation model, as {are_missing(missing)}: "
                f"run `{command(f'models download {PUNCTUATION}')}` and name {PUNCTUATION}"
            )
        if not is_installed():
            raise ModelError(f"{folder.name} needs onnxruntime, which is not installed: run `{INSTALL}`")
        import onnxruntime  # here, as it is optional and takes a while

        network = next(folder / name for name in NETWORKS if (folder / name).is_file())
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # the cores recognize speech
        options.log_severity_level = 4
        try:
            pieces = Pieces.of((folder / VOCABULARY).read_text(encoding="utf-8").splitlines())
            session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
            return cls(session, pieces)
        except Exception as error:  # onnxruntime's have no class of their own in common
            raise ModelError(
                f"{folder} cannot be loaded ({_first_line(error)}): move it away, "
                f"and run `{command(f'models download {PUNCTUATION}')}`"
            ) from error

    def scores(self, words: Sequence[str]) -> OnnxScores:
        """Look at the words of a turn.  Those of a long one are looked at in parts that overlap."""
        cut = [self._pieces.cut(word)[:_ROOM] for word in words]
        found = OnnxScores(*np.zeros((2, len(words), _CLASSES), np.float32))
        for first, begin, last in _windows([len(pieces) for pieces in cut]):
            part = self._run(cut[first:last])
            found.marks[begin:last] = part.marks[begin - first :]
            found.cases[begin:last] = part.cases[begin - first :]
        return found

    def _run(self, words: Sequence[Sequence[int]]) -> OnnxScores:
        """Run the model on one text, as it puts several in another order."""
        whole = [[self._pieces.numbers[BEGIN]], *words, [self._pieces.numbers[END]]]
        numbers, begins = np.zeros((2, 1, _LENGTH), np.int32)
        filled = sum(map(len, whole))
        numbers[0, :filled] = [number for pieces in whole for number in pieces]
        begins[0, np.cumsum([0, *map(len, whole[:-1])])] = 1
        tensors = (numbers, begins, np.array([len(whole)], np.int32))
        cases, marks, *_ = self._session.run(None, dict(zip(self._inputs, tensors, strict=True)))
        if not cases.shape == marks.shape == (len(words), _CLASSES):
            raise ValueError("its scores have another shape")
        return OnnxScores(marks, cases)


def _windows(sizes: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Divide words of these numbers of pieces into windows.

    Yields the first word of a window, the first whose scores count, and the end.
    """
    first = begin = last = 0
    while last < len(sizes):
        room = _ROOM
        last = first
        while last < len(sizes) and sizes[last] <= room:
            room -= sizes[last]
            last += 1
        yield first, begin, last
        first = max(last - _OVERLAP, first + 1)
        begin = (first + last) // 2


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


load = cache(OnnxPunctuation.load)
"""Load a model once for all calls"""
