"""Write Kaldi's file of an acoustic model, `final.mdl`: transitions between phones, and the network (nnet3).

This writes the part of the format that libvosk needs for plain affine layers; the tests read it back.
Source: Kaldi's `hmm/transition-model.cc`, `hmm/hmm-topology.cc`, `nnet3/am-nnet-simple.cc` and
`base/io-funcs-inl.h`.

Binary files begin with a zero byte and a `B`.  Tokens are text and a space.  A number follows a byte with its
size (4 for an int or a float, 8 for a double).  Vectors are `FV ` and matrices `FM `, their sizes and their
floats.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from .layers import Affine, Matrix

BINARY = b"\0B"
LEAVING = math.log(0.5)
"""Log probability of leaving a phone, the same as of staying; the network decides how long phones last"""
COUNTERS = ("OderivCount", "NumDimsSelfRepaired", "NumDimsProcessed")
INPUT = "input"


@dataclass(frozen=True, slots=True)
class AcousticModel:
    """A network and its phones, as a decoder needs them."""

    outputs: list[int]
    """The output of the network for each phone, from phone 1 on"""
    layers: list[Affine]
    """The layers, with a rectifier between them and the logarithm of a softmax after the last"""
    priors: Matrix
    """The probability of each output, by which the decoder divides"""

    @property
    def context(self) -> tuple[int, int]:
        """Number of frames before and after its own that an output depends on."""
        return -sum(min(layer.offsets) for layer in self.layers), sum(
            max(layer.offsets) for layer in self.layers
        )


def self_loop(phone: int) -> int:
    """Return the transition that stays in a phone; phones and transitions are numbered from 1."""
    return 2 * phone - 1


def leave(phone: int) -> int:
    """Return the transition that ends a phone."""
    return 2 * phone


# -------------------------------------------------------------------- writing


def write(model: AcousticModel, file: BinaryIO) -> None:
    """Write all of `final.mdl`."""
    file.write(BINARY)
    _write_transitions(model.outputs, file)
    _token(file, "<Nnet3>")
    file.write(("\n" + "\n".join(_configuration(model.layers)) + "\n\n").encode())
    names = [name for index in range(len(model.layers)) for name in _names(index, len(model.layers))]
    _token(file, "<NumComponents>")
    _int(file, len(names))
    for index, layer in enumerate(model.layers):
        affine, activation = _names(index, len(model.layers))
        _token(file, "<ComponentName>", affine)
        _write_affine(layer, file)
        _token(file, "<ComponentName>", activation)
        _write_activation(_activation(index, len(model.layers)), len(layer.bias), file)
    _token(file, "</Nnet3>", "<LeftContext>")
    left, right = model.context
    _int(file, left)
    _token(file, "<RightContext>")
    _int(file, right)
    _token(file, "<Priors>")
    _vector(file, model.priors)


def _write_transitions(outputs: Sequence[int], file: BinaryIO) -> None:
    """Write the transitions: every phone has one state, with a self-loop, and then the end."""
    phones = range(1, len(outputs) + 1)
    _token(file, "<TransitionModel>", "<Topology>")
    _ints(file, phones)
    _ints(file, [-1] + [0] * len(outputs))  # each phone's topology: the first and only one
    for number in (
        1,
        2,
        0,
        2,
        0,
    ):  # topologies; its states; of the first its output, its transitions, to state 0
        _int(file, number)
    _float(file, 0.5)
    _int(file, 1)
    _float(file, 0.5)
    _int(file, -1)  # the end has no output
    _int(file, 0)
    _token(file, "</Topology>", "<Triples>")
    _int(file, len(outputs))
    for phone, output in zip(phones, outputs, strict=True):
        for number in (phone, 0, output):
            _int(file, number)
    _token(file, "</Triples>", "<LogProbs>")
    _vector(file, np.array([0] + [LEAVING] * (2 * len(outputs))))
    _token(file, "</LogProbs>", "</TransitionModel>")


def _configuration(layers: Sequence[Affine]) -> list[str]:
    """Return the lines that name the input of each component."""
    lines = [f"input-node name={INPUT} dim={layers[0].matrix.shape[1] // len(layers[0].offsets)}"]
    below = INPUT
    for index, layer in enumerate(layers):
        places = [below if offset == 0 else f"Offset({below}, {offset})" for offset in layer.offsets]
        seen = places[0] if len(places) == 1 else f"Append({', '.join(places)})"
        affine, activation = _names(index, len(layers))
        lines.append(f"component-node name={affine} component={affine} input={seen}")
        lines.append(f"component-node name={activation} component={activation} input={affine}")
        below = activation
    return [*lines, f"output-node name=output input={below} objective=linear"]


def _names(index: int, count: int) -> tuple[str, str]:
    if index == count - 1:
        return "output.affine", "output.log-softmax"
    return f"tdnn{index + 1}.affine", f"tdnn{index + 1}.relu"


def _activation(index: int, count: int) -> str:
    return "LogSoftmaxComponent" if index == count - 1 else "RectifiedLinearComponent"


def _write_affine(layer: Affine, file: BinaryIO) -> None:
    _token(file, "<AffineComponent>", "<LearningRate>")
    _float(file, 0.001)
    _token(file, "<LinearParams>")
    _matrix(file, layer.matrix)
    _token(file, "<BiasParams>")
    _vector(file, layer.bias)
    _token(file, "<IsGradient>")
    file.write(b"F")
    _token(file, "</AffineComponent>")


def _write_activation(kind: str, size: int, file: BinaryIO) -> None:
    """Write an activation, with the counters of a component that was never trained."""
    nothing = np.zeros(0, np.float32)
    _token(file, f"<{kind}>", "<Dim>")
    _int(file, size)
    for name in ("ValueAvg", "DerivAvg"):
        _token(file, f"<{name}>")
        _vector(file, nothing)
    _token(file, "<Count>")
    _double(file, 0)
    _token(file, "<OderivRms>")
    _vector(file, nothing)
    for name in COUNTERS:
        _token(file, f"<{name}>")
        _double(file, 0)
    _token(file, f"</{kind}>")


def _token(file: BinaryIO, *tokens: str) -> None:
    for token in tokens:
        file.write(token.encode() + b" ")


def _int(file: BinaryIO, value: int) -> None:
    file.write(b"\4" + struct.pack("<i", value))


def _float(file: BinaryIO, value: float) -> None:
    file.write(b"\4" + struct.pack("<f", value))


def _double(file: BinaryIO, value: float) -> None:
    file.write(b"\10" + struct.pack("<d", value))


def _ints(file: BinaryIO, values: Sequence[int]) -> None:
    _int(file, len(values))
    file.write(struct.pack(f"<{len(values)}i", *values))


def _vector(file: BinaryIO, values: Matrix) -> None:
    file.write(b"FV ")
    _int(file, len(values))
    file.write(values.astype("<f4").tobytes())


def _matrix(file: BinaryIO, values: Matrix) -> None:
    file.write(b"FM ")
    _int(file, values.shape[0])
    _int(file, values.shape[1])
    file.write(np.ascontiguousarray(values, "<f4").tobytes())
