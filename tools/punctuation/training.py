"""Train a linear model: softmax regression by AdaGrad over mini-batches, in numpy."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from local_stt.core.formatting.features import KEY_BITS, Keys
from local_stt.core.formatting.linear_model import LinearModel, Scores

from .material import Examples

_BATCH = 4096
_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Plan:
    """How a model is trained, and how large it may be."""

    classes: int
    epochs: int
    least: int
    """How often a feature must occur to be listed"""
    features: int
    """How many features are kept, those with the largest weights"""
    rate: float = 0.3
    decay: float = 2e-6
    """Share of the squared weights that is added to the loss of an example"""


def train(examples: Examples, plan: Plan, seed: int, tell: Callable[[str], None]) -> LinearModel:
    """Return a model that is trained on the examples."""
    counts = _counts(examples.keys)
    listed = np.flatnonzero(counts >= plan.least).astype(np.uint32)
    tell(f"{len(examples.keys)} examples, {len(listed)} features")
    first = _fitted(_rows(examples.keys, listed), examples.classes, len(listed), plan, seed, tell)
    templates = examples.keys.shape[1]
    listed = _strongest(listed, counts[listed], first[1 + templates :], plan.features)
    weights = _fitted(_rows(examples.keys, listed), examples.classes, len(listed), plan, seed, tell)
    return LinearModel(listed, weights[1 + templates :], weights[1 : 1 + templates], weights[0])


def _counts(keys: Keys) -> npt.NDArray[np.int32]:
    """Return how often each key occurs."""
    counts = np.zeros(1 << KEY_BITS, np.int32)
    for column in keys.T:
        np.add.at(counts, column, 1)
    return counts


def _strongest(listed: Keys, counts: npt.NDArray[np.int32], weights: Scores, most: int) -> Keys:
    """Return the keys that change the most scores the most, in ascending order."""
    strength = np.abs(weights).max(axis=1) * np.sqrt(counts)
    return np.sort(listed[np.argsort(-strength, kind="stable")[:most]])


def _rows(keys: Keys, listed: Keys) -> npt.NDArray[np.int32]:
    """Return the row of weights of each key: a listed one has its own, others share one for each template.

    The first row is the bias's, then come those of templates.
    """
    templates = keys.shape[1]
    row_of = np.zeros(1 << KEY_BITS, np.int32)
    row_of[listed] = np.arange(len(listed)) + 1 + templates
    rows = np.empty(keys.shape, np.int32)
    for template in range(templates):
        own = row_of[keys[:, template]]
        rows[:, template] = np.where(own, own, 1 + template)
    return rows


def _fitted(
    rows: npt.NDArray[np.int32],
    classes: npt.NDArray[np.int8],
    listed: int,
    plan: Plan,
    seed: int,
    tell: Callable[[str], None],
) -> Scores:
    """Return the weights after all epochs; the mean of the last epoch's, which is steadier than its end."""
    rng = np.random.default_rng(seed)
    size = (1 + rows.shape[1] + listed, plan.classes - 1)
    weights, squares, total = np.zeros(size), np.full(size, _EPSILON), np.zeros(size)
    for epoch in range(plan.epochs):
        loss, is_last = 0.0, epoch == plan.epochs - 1
        order = rng.permutation(len(rows))
        for first in range(0, len(order), _BATCH):
            batch = order[first : first + _BATCH]
            gradient, batch_loss = _gradient(weights, rows[batch], classes[batch])
            gradient += plan.decay * len(batch) * weights
            squares += gradient**2
            weights -= plan.rate * gradient / np.sqrt(squares)
            loss += batch_loss
            if is_last:
                total += weights
        tell(f"epoch {epoch + 1} of {plan.epochs}: loss {loss / len(rows):.4f}")
    mean: Scores = (total / -(-len(rows) // _BATCH)).astype(np.float32)
    return mean


def _gradient(
    weights: npt.NDArray[np.float64], rows: npt.NDArray[np.int32], classes: npt.NDArray[np.int8]
) -> tuple[npt.NDArray[np.float64], float]:
    """Return the gradient of the batch's loss, and the loss."""
    scores = np.zeros((len(rows), weights.shape[1] + 1))
    scores[:, 1:] = weights[rows].sum(axis=1) + weights[0]
    scores -= scores.max(axis=1, keepdims=True)
    likelihoods = np.exp(scores)
    likelihoods /= likelihoods.sum(axis=1, keepdims=True)
    loss = -np.log(likelihoods[np.arange(len(rows)), classes] + 1e-12).sum()
    likelihoods[np.arange(len(rows)), classes] -= 1
    gradient = np.empty_like(weights)
    for column in range(weights.shape[1]):
        error = likelihoods[:, column + 1]
        spread = np.repeat(error, rows.shape[1])
        gradient[:, column] = np.bincount(rows.ravel(), spread, len(weights))
        gradient[0, column] = error.sum()
    return gradient, float(loss)
