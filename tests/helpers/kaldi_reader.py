"""Reads back the `final.mdl` that tools/demo_model writes, token by token."""

import re
import struct
from typing import BinaryIO

import numpy as np

from tools.demo_model.kaldi import BINARY, COUNTERS, AcousticModel
from tools.demo_model.layers import Affine, Matrix


class Reader:
    """A file that is read token by token.  Raises `ValueError` where it has something else."""

    def __init__(self, file: BinaryIO) -> None:
        self._data = file.read()
        self._place = 0

    def expect(self, *tokens: str) -> None:
        for token in tokens:
            if (found := self.token()) != token:
                raise ValueError(f"{found!r} where {token!r} was expected.")

    def token(self) -> str:
        end = self._data.index(b" ", self._place)
        token = self._data[self._place : end].decode("ascii")
        self._place = end + 1
        return token

    def line(self) -> str:
        end = self._data.index(b"\n", self._place)
        line = self._data[self._place : end].decode("ascii")
        self._place = end + 1
        return line

    def take(self, length: int) -> bytes:
        taken = self._data[self._place : self._place + length]
        if len(taken) < length:
            raise ValueError("The file ends too early.")
        self._place += length
        return taken

    def take_int(self) -> int:
        return int(self._number("<i"))

    def take_float(self) -> float:
        return float(self._number("<f"))

    def take_double(self) -> float:
        return float(self._number("<d"))

    def take_ints(self) -> list[int]:
        count = self.take_int()
        return list(struct.unpack(f"<{count}i", self.take(4 * count)))

    def take_vector(self) -> Matrix:
        self.expect("FV")
        return np.frombuffer(self.take(4 * self.take_int()), "<f4")

    def take_matrix(self) -> Matrix:
        self.expect("FM")
        rows, columns = self.take_int(), self.take_int()
        return np.frombuffer(self.take(4 * rows * columns), "<f4").reshape(rows, columns)

    def _number(self, kind: str) -> float:
        size = struct.calcsize(kind)
        if self.take(1) != bytes([size]):
            raise ValueError(f"A number of {size} bytes was expected.")
        [number] = struct.unpack(kind, self.take(size))
        return float(number)


def read(file: BinaryIO) -> AcousticModel:
    """What `write` wrote.  Raises `ValueError` for anything else."""
    reader = Reader(file)
    if reader.take(len(BINARY)) != BINARY:
        raise ValueError("This is no binary file of Kaldi's.")
    outputs = _read_transitions(reader)
    reader.expect("<Nnet3>")
    reader.line()
    offsets = {}
    while line := reader.line():
        if match := re.match(r"component-node name=(\S+) \S+ input=(.*)", line):
            named, seen = match.groups()
            places = re.findall(r"Offset\([^,]+, (-?\d+)\)|([\w.-]+)", seen.removeprefix("Append"))
            offsets[named] = tuple(int(offset or 0) for offset, _ in places)
    reader.expect("<NumComponents>")
    layers = []
    for _ in range(reader.take_int()):
        reader.expect("<ComponentName>")
        name = reader.token()
        if (kind := reader.token()) == "<AffineComponent>":
            layers.append(_read_affine(offsets[name], reader))
        else:
            _skip_activation(kind, reader)
    reader.expect("</Nnet3>", "<LeftContext>")
    left = reader.take_int()
    reader.expect("<RightContext>")
    right = reader.take_int()
    reader.expect("<Priors>")
    model = AcousticModel(outputs, layers, reader.take_vector())
    if model.context != (left, right):
        raise ValueError(f"A context of {left} and {right} frames where the layers have {model.context}.")
    return model


def _read_transitions(reader: Reader) -> list[int]:
    reader.expect("<TransitionModel>", "<Topology>")
    phones = reader.take_ints()
    reader.take_ints()
    topology = [reader.take_int() for _ in range(5)]
    reader.take_float()
    reader.take_int()
    reader.take_float()
    if topology != [1, 2, 0, 2, 0] or [reader.take_int(), reader.take_int()] != [-1, 0]:
        raise ValueError("Phones of one state were expected.")
    reader.expect("</Topology>", "<Triples>")
    triples = [[reader.take_int(), reader.take_int(), reader.take_int()] for _ in range(reader.take_int())]
    if [phone for phone, _, _ in triples] != phones:
        raise ValueError("One state of each phone was expected.")
    reader.expect("</Triples>", "<LogProbs>")
    reader.take_vector()
    reader.expect("</LogProbs>", "</TransitionModel>")
    return [output for _, _, output in triples]


def _read_affine(offsets: tuple[int, ...], reader: Reader) -> Affine:
    reader.expect("<LearningRate>")
    reader.take_float()
    reader.expect("<LinearParams>")
    matrix = reader.take_matrix()
    reader.expect("<BiasParams>")
    bias = reader.take_vector()
    reader.expect("<IsGradient>")
    reader.take(1)
    reader.expect("</AffineComponent>")
    return Affine(offsets, matrix, bias)


def _skip_activation(kind: str, reader: Reader) -> None:
    reader.expect("<Dim>")
    reader.take_int()
    for name in ("ValueAvg", "DerivAvg"):
        reader.expect(f"<{name}>")
        reader.take_vector()
    reader.expect("<Count>")
    reader.take_double()
    reader.expect("<OderivRms>")
    reader.take_vector()
    for name in COUNTERS:
        reader.expect(f"<{name}>")
        reader.take_double()
    reader.expect(kind.replace("<", "</"))
