"""Run the names model."""

from collections.abc import Iterator, Sequence

import numpy as np
import onnxruntime

from ..core.privacy import Policy
from .wordpiece import WordPieces

PERSON = slice(1, 5)
"""The model's labels of given names and surnames, each for its beginning and its rest"""
PLACE = slice(23, 35)
"""Its labels of house numbers, streets, rooms, cities, states and postal codes"""
OTHERS = slice(5, 23)
"""Its labels of addresses on the net and of numbers, which rules find better"""

ENOUGH = 0.3
"""Probability that suffices for a name"""

MAX_PIECES = 120
"""Pieces that the model reads at once: it could read 510, but finds less in so long a text"""

Pieces = list[tuple[int, list[int]]]
"""Positions of texts, each with its pieces"""


class NamesModel:
    """Finds names of people and places.  Safe to share between threads."""

    def __init__(self, model: bytes, vocabulary: Sequence[str]) -> None:
        """Load a model in the ONNX format, with its pieces of words."""
        self._pieces = WordPieces(vocabulary)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # the cores are for recognizers
        options.enable_cpu_mem_arena = False  # which would keep what the longest text took
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def __call__(self, texts: Sequence[str]) -> list[Policy | None]:
        """Return for each part of a text whether it is of a name or a place: None for neither."""
        found: list[Policy | None] = [None] * len(texts)
        for part in self._parts(texts):
            owners = [at for at, pieces in part for _ in pieces]
            labels = self._labels([number for _, pieces in part for number in pieces])
            for at, label in zip(owners, labels, strict=True):
                found[at] = found[at] or label
        return found

    def _parts(self, texts: Sequence[str]) -> Iterator[Pieces]:
        """Divide a text into parts that the model can read at once."""
        part: Pieces = []
        size = 0
        for at, text in enumerate(texts):
            pieces = self._pieces.of(text)[:MAX_PIECES]
            if size + len(pieces) > MAX_PIECES:
                yield part
                part, size = [], 0
            part.append((at, pieces))
            size += len(pieces)
        if size:
            yield part

    def _labels(self, pieces: list[int]) -> list[Policy | None]:
        numbers = np.array([[self._pieces.start, *pieces, self._pieces.end]], dtype=np.int64)
        given = {
            "input_ids": numbers,
            "attention_mask": np.ones_like(numbers),
            "token_type_ids": np.zeros_like(numbers),
        }
        scores = self._session.run(None, given)[0][0, 1:-1]
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        return [_label(each) for each in likely]


def _label(likely: np.ndarray) -> Policy | None:
    """Decide on a piece by the probabilities of all labels."""
    person, place = likely[PERSON].sum(), likely[PLACE].sum()
    if max(person, place) < max(ENOUGH, likely[OTHERS].sum()):
        return None
    return Policy.PERSON_NAME if person > place else Policy.LOCATION
