"""A trained layer, as decoders want it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Affine:
    """`matrix @ inputs + bias`, of inputs at a few places around a frame."""

    offsets: tuple[int, ...]
    """Of those places, in frames"""
    matrix: Matrix
    """Of shape (outputs, len(offsets) * inputs)"""
    bias: Matrix
