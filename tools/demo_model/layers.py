"""A trained layer, as decoders need it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Affine:
    """`matrix @ inputs + bias`, with inputs at a few places around a frame."""

    offsets: tuple[int, ...]
    """Offsets of those places from the frame, in frames"""
    matrix: Matrix
    """Weights of shape (outputs, len(offsets) * inputs)"""
    bias: Matrix
