"""Read and write the file of a punctuation model."""

from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np

from ..core.formatting.linear_model import LinearModel, Scores
from ..core.formatting.punctuation import PunctuationModel

ENGLISH = Path(__file__).with_name("english.npz")

_PARTS = tuple(field.name for field in fields(PunctuationModel))
_LARGEST = 127


@cache
def load(file: Path = ENGLISH) -> PunctuationModel:
    """Read a model."""
    with np.load(file) as stored:
        return PunctuationModel(**{part: _unpacked(dict(stored), part) for part in _PARTS})


def save(model: PunctuationModel, file: Path) -> None:
    """Write a model, with each weight in a byte."""
    arrays: dict[str, np.ndarray] = {}
    for part in _PARTS:
        arrays.update(_packed(getattr(model, part), part))
    np.savez_compressed(file, allow_pickle=False, **arrays)


def _packed(model: LinearModel, part: str) -> dict[str, np.ndarray]:
    """Return the arrays of one part.  Keys are stored as steps from one to the next, which are small."""
    scale = float(np.abs(model.weights).max()) / _LARGEST or 1.0
    return {
        f"{part}_steps": np.diff(model.keys, prepend=np.uint32(0)).astype(np.uint32),
        f"{part}_weights": np.rint(model.weights / scale).astype(np.int8),
        f"{part}_scale": np.float32(scale),
        f"{part}_unlisted": model.unlisted,
        f"{part}_bias": model.bias,
    }


def _unpacked(stored: dict[str, Scores], part: str) -> LinearModel:
    return LinearModel(
        np.cumsum(stored[f"{part}_steps"], dtype=np.uint32),
        stored[f"{part}_weights"].astype(np.float32) * stored[f"{part}_scale"],
        stored[f"{part}_unlisted"],
        stored[f"{part}_bias"],
    )
