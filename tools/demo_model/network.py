"""The network, in PyTorch: from features to the likelihood of each phone.

It is a time-delay network (Waibel et al., 1989) like those of Kaldi's nnet3: each layer takes the output of
the one before at a few places around the frame.  The decoder asks for every third frame.  So all layers but
the first are trained at that rate, which takes a third of the time; the weights are the same either way.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from .features import COEFFICIENTS, Features
from .layers import Affine, Matrix
from .phones import PDFS

OFFSETS = ((-2, -1, 0, 1, 2), (-1, 0, 1), (-3, 0, 3), (-3, 0, 3), (-3, 0, 3), (-3, 0, 3))
"""Offsets of each layer's inputs, in frames"""
CONTEXT = sum(offsets[-1] for offsets in OFFSETS)
"""Frames before and after that an output depends on"""
STRIDE = 3
"""Frames from one that the decoder asks for to the next"""
PRECISION = torch.bfloat16
"""Precision of products in training: half the time, and no worse; weights and sums have 32 bits"""
BATCH = 32
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 1e-3
LARGEST_GRADIENT = 5.0
NOTHING = -1
"""Label of frames behind the end of an utterance in a batch"""

Labels = npt.NDArray[np.uint8]
Example = tuple[Features, Labels]


class Network(nn.Module):
    """Layers of affine, rectifier and normalization, then an output for each phone."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.normalize = nn.BatchNorm1d(COEFFICIENTS, affine=False)
        widths = [COEFFICIENTS] + [width] * len(OFFSETS)
        self.layers = nn.ModuleList(
            nn.Conv1d(inputs, width, len(offsets)) for inputs, offsets in zip(widths, OFFSETS, strict=False)
        )
        self.norms = nn.ModuleList(nn.BatchNorm1d(width, affine=False) for _ in OFFSETS)
        self.output = nn.Conv1d(width, len(PDFS), 1)

    def forward(self, features: torch.Tensor, every: int = 1) -> torch.Tensor:
        """Compute the logits of every frame or, if `every` is STRIDE instead of 1, of every third frame.

        Features are (utterances, COEFFICIENTS, n + 2 CONTEXT), outputs (utterances, PDFS, n / every).
        """
        seen = self.normalize(features)
        for number, (layer, norm, offsets) in enumerate(zip(self.layers, self.norms, OFFSETS, strict=True)):
            step = offsets[1] - offsets[0]
            stride = every if number == 1 else 1
            dilation = step // every if number > 1 else step
            seen = functional.conv1d(seen, layer.weight, layer.bias, stride=stride, dilation=dilation)
            seen = norm(functional.relu(seen))
        outputs: torch.Tensor = self.output(seen)
        return outputs

    def affines(self) -> list[Affine]:
        """Return the layers, each with the normalization before it multiplied in; the last is the output."""
        layers = []
        scale, shift = _scale_and_shift(self.normalize)
        for layer, norm, offsets in zip(self.layers, self.norms, OFFSETS, strict=True):
            layers.append(_affine(layer, offsets, scale, shift))
            scale, shift = _scale_and_shift(norm)
        return [*layers, _affine(self.output, (0,), scale, shift)]


def _scale_and_shift(norm: nn.BatchNorm1d) -> tuple[Matrix, Matrix]:
    scale = 1 / np.sqrt(norm.running_var.numpy() + norm.eps)
    return scale, -norm.running_mean.numpy() * scale


def _affine(layer: nn.Conv1d, offsets: tuple[int, ...], scale: Matrix, shift: Matrix) -> Affine:
    weight = layer.weight.detach().numpy()
    bias = layer.bias.detach().numpy() + np.einsum("oik,i->o", weight, shift)
    scaled = (weight * scale[None, :, None]).transpose(0, 2, 1)
    return Affine(
        offsets, np.ascontiguousarray(scaled.reshape(len(bias), -1), np.float32), bias.astype(np.float32)
    )


def scores(network: Network, features: Features, log_priors: Matrix) -> Matrix:
    """Return log likelihoods of each output for each frame, of shape (frames, PDFS)."""
    network.eval()
    with torch.inference_mode():
        outputs = network(torch.from_numpy(_with_context(features)).T[None])[0].T
        likely: Matrix = torch.log_softmax(outputs, dim=1).numpy()
        return likely - log_priors


def _with_context(features: Features) -> Features:
    """Repeat the first and the last frame, as Kaldi does."""
    return np.pad(features.astype(np.float32), ((CONTEXT, CONTEXT), (0, 0)), mode="edge")


def train(
    network: Network,
    rounds: Sequence[Callable[[], Sequence[Example]]],
    seed: int,
    told: Callable[[int, float, float], None],
    rate: float = LEARNING_RATE,
    threads: int = 1,
) -> None:
    """Train once on the examples of every round.

    After each round, the callback is called with its number, loss and accuracy.  The learning rate rises and
    falls once over all rounds (Smith, "Super-convergence", 2018).
    """
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    rng = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=WEIGHT_DECAY)
    schedule: torch.optim.lr_scheduler.OneCycleLR | None = None
    for number, examples_of in enumerate(rounds):
        examples = examples_of()
        schedule = schedule or torch.optim.lr_scheduler.OneCycleLR(
            optimizer, rate, total_steps=len(rounds) * -(-len(examples) // BATCH) + 1
        )
        network.train()
        loss_sum = right = count = 0.0
        for features, labels in batches(examples, rng):
            with torch.autocast("cpu", PRECISION):
                outputs = network(features, every=STRIDE).float()
            labels = labels[:, : outputs.shape[2]]
            loss = functional.cross_entropy(outputs, labels, ignore_index=NOTHING)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
            optimizer.step()
            schedule.step()
            heard = labels != NOTHING
            frames = int(heard.sum())
            right += int(((outputs.argmax(1) == labels) & heard).sum())
            loss_sum += float(loss.detach()) * frames
            count += frames
        told(number, loss_sum / count, right / count)


def batches(
    examples: Sequence[Example], rng: np.random.Generator
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield all examples in batches, in random order, with examples of about one length together.

    A batch is features (BATCH, COEFFICIENTS, frames) and labels (BATCH, frames / STRIDE).  The labels are
    those of every third frame, from a random one of the first three on.
    """
    lengths = np.array([len(labels) for _, labels in examples]) * rng.uniform(0.9, 1.1, len(examples))
    order = np.argsort(lengths)
    starts = rng.permutation(range(0, len(order), BATCH))
    for start in starts:
        batch = [examples[index] for index in order[start : start + BATCH]]
        phase = int(rng.integers(STRIDE))
        longest = max(len(labels) for _, labels in batch)
        longest = phase + -(-(longest - phase) // STRIDE) * STRIDE
        features = np.zeros((len(batch), longest + 2 * CONTEXT, COEFFICIENTS), np.float32)
        labels = np.full((len(batch), longest), NOTHING, np.int64)
        for row, (seen, right) in enumerate(batch):
            padded = _with_context(seen)
            features[row, : len(padded)] = padded
            labels[row, : len(right)] = right
        yield (
            torch.from_numpy(features[:, phase:]).transpose(1, 2),
            torch.from_numpy(labels[:, phase::STRIDE]),
        )


def log_priors(examples: Sequence[Example]) -> Matrix:
    """Compute the logarithm of each output's frequency."""
    counts = np.ones(len(PDFS))
    for _, labels in examples:
        counts += np.bincount(labels, minlength=len(PDFS))
    return np.asarray(np.log(counts / counts.sum()), np.float32)
