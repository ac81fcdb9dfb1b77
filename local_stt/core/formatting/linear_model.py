"""Linear models over listed features."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .features import Keys

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Weights of features for each class but the first, whose score is always 0."""

    keys: Keys
    """The listed features, in ascending order"""
    weights: Scores
    """Of shape (listed features, classes - 1)"""
    unlisted: Scores
    """Weights of an unlisted feature of each template, of shape (templates, classes - 1)"""
    bias: Scores
    """Of shape (classes - 1)"""

    def scores(self, keys: Keys) -> Scores:
        """Take keys of shape (n, templates); return log-odds against the first class, (n, classes - 1)."""
        at = np.searchsorted(self.keys, keys).clip(max=len(self.keys) - 1)
        is_listed = (self.keys[at] == keys)[:, :, np.newaxis]
        total: Scores = np.where(is_listed, self.weights[at], self.unlisted).sum(axis=1) + self.bias
        return total
