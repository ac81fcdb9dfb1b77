"""Train the network with PyTorch: from levels below 4 kHz in context to levels above."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from local_stt.bandwidth_extension.upper_band import (
    FUTURE,
    HOP,
    LOWER_BANDS,
    PAST,
    UPPER_EDGES,
    WINDOW,
    Network,
    in_context,
    lower_powers,
    upper_powers,
)

from .speech import Audio, at_a_level, over_a_line

Array = npt.NDArray[np.float32]

HIDDEN = 64
"""Units in each of two layers"""
DROPOUT = 0.1
INPUT_NOISE = 0.2
"""Standard deviation of noise on inputs of 1.  Without it and dropout the network overfits five people"""
BATCH = 4096
LEARNING_RATE = 6e-3
WEIGHT_DECAY = 1e-3
SPEECH = np.log(1e-5)
"""The reference level above which a frame counts fully"""
SILENCE_WEIGHT = 0.1


class Material(NamedTuple):
    """The examples that the network learns from, a row for each frame."""

    inputs: Array
    """Inputs of shape (frames, inputs)"""
    targets: Array
    """Log powers over the reference level, of shape (frames, upper bands)"""
    weights: Array
    """Weights of shape (frames,)"""


def material(stretches: Iterable[Audio], rng: np.random.Generator) -> Material:
    """Send each piece of wideband speech over a phone line, and pair the levels after and before."""
    parts = [_of_one(at_a_level(stretch, rng), rng) for stretch in stretches]
    return Material(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _of_one(speech: Audio, rng: np.random.Generator) -> Material:
    phone = over_a_line(speech, rng).astype(np.float32) / 32768
    count = len(phone) // HOP - 1
    before = np.zeros(WINDOW // 2, np.float32)
    lower = lower_powers(np.concatenate([before, phone])[: (count - 1) * HOP + WINDOW])
    wide = np.concatenate([np.zeros(2 * HOP, np.float32), speech])[: 2 * HOP * (count + 1)]
    inputs, level = in_context(lower)
    targets = np.log(upper_powers(wide)[PAST : count - FUTURE]) - level
    weights = np.where(level[:, 0] > SPEECH, 1.0, SILENCE_WEIGHT)
    return Material(inputs, targets.astype(np.float32), weights.astype(np.float32))


def train(
    learned_from: Material, epochs: int, seed: int, report: Callable[[str], None] = lambda _: None
) -> Network:
    """Train a network with the least mean square error of log levels, and return it.

    The material is normalized in place, and cannot be used again.
    """
    torch.manual_seed(seed)
    inputs, input_mean, input_scale = _normalized(learned_from.inputs)
    targets, target_mean, target_scale = _normalized(learned_from.targets)
    weights = torch.from_numpy(learned_from.weights)
    model = nn.Sequential(
        nn.Dropout(DROPOUT),
        nn.Linear(inputs.shape[1], HIDDEN),
        nn.ReLU(),
        nn.Dropout(DROPOUT),
        nn.Linear(HIDDEN, HIDDEN),
        nn.ReLU(),
        nn.Dropout(DROPOUT),
        nn.Linear(HIDDEN, targets.shape[1]),
    )
    batch = min(BATCH, len(inputs))
    steps = epochs * (len(inputs) // batch)
    optimizer = torch.optim.AdamW(model.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps)
    for epoch in range(1, epochs + 1):
        total = 0.0
        order = torch.randperm(len(inputs))[: len(inputs) // batch * batch].view(-1, batch)
        for rows in order:
            error = (model(_disturbed(inputs[rows])) - targets[rows]).square().mean(1)
            loss = (error * weights[rows]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        report(f"epoch {epoch} of {epochs}: loss {total / len(order):.4f}")
    return _unnormalized(model, input_mean, input_scale, target_mean, target_scale)


def error_db(network: Network, of: Material) -> Array:
    """Return the root mean square error of each upper band's level, in dB."""
    error = network.estimate(of.inputs) - of.targets
    mean = np.average(np.square(error), axis=0, weights=of.weights)
    decibels: Array = 10 / np.log(10) * np.sqrt(mean)
    return decibels


def save(network: Network, file: Path) -> None:
    """Write the network as the program reads it."""
    stored = {name: weights.astype(np.float16) for name, weights in network._asdict().items()}
    np.savez_compressed(file, **stored)


def shape() -> str:
    """Describe the network in a line."""
    inputs = (PAST + 1 + FUTURE) * LOWER_BANDS
    return f"{inputs} inputs, twice {HIDDEN} hidden units, {len(UPPER_EDGES) - 1} bands"


def _disturbed(inputs: torch.Tensor) -> torch.Tensor:
    """Add noise to each level, and to each band in all frames alike, as a line colours sound."""
    frames = len(inputs), -1, LOWER_BANDS
    coloured = torch.randn(len(inputs), 1, LOWER_BANDS) + torch.randn_like(inputs).view(frames)
    return inputs + INPUT_NOISE * coloured.view_as(inputs)


def _normalized(values: Array) -> tuple[torch.Tensor, Array, Array]:
    """Normalize values in place, as they may take gigabytes; return them, their mean and their scale."""
    mean, scale = values.mean(axis=0), values.std(axis=0) + 1e-3
    values -= mean
    values /= scale
    return torch.from_numpy(values), mean, scale


def _unnormalized(
    model: nn.Sequential, input_mean: Array, input_scale: Array, target_mean: Array, target_scale: Array
) -> Network:
    """Return the network for original values, with the scales put into its first and last layer."""
    weight_1, bias_1, weight_2, bias_2, weight_3, bias_3 = (
        parameter.detach().numpy() for parameter in model.parameters()
    )
    first = weight_1 / input_scale
    return Network(
        first.T,
        bias_1 - first @ input_mean,
        weight_2.T,
        bias_2,
        weight_3.T * target_scale,
        bias_3 * target_scale + target_mean,
    )
