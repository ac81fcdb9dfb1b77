"""Read blocks of samples, each with its time, from the Matroska that ffmpeg writes to a pipe.

Source: https://www.rfc-editor.org/rfc/rfc9559.
"""

import struct
from collections.abc import Iterator
from typing import IO

import numpy as np

from .sound import Floats

SEGMENT, TRACKS, TRACK, AUDIO, CLUSTER, BLOCK_GROUP = 0x18538067, 0x1654AE6B, 0xAE, 0xE1, 0x1F43B675, 0xA0
CONTAINERS = {SEGMENT, TRACKS, TRACK, AUDIO, CLUSTER, BLOCK_GROUP}
"""Elements that contain others"""

RATE, CHANNELS, TIME, BLOCKS = 0xB5, 0x9F, 0xE7, (0xA3, 0xA1)

MAX_ELEMENT_BYTES = 2**26
"""Bytes of an element; ffmpeg's blocks have some thousand"""


class Matroska:
    """One track of little-endian 32-bit floats, with times in milliseconds."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Read the description of the track, up to the first samples."""
        self.rate = self.channels = 0
        """Samples a second, and number of channels; 0 where there is no audio"""
        self._cluster = 0  # milliseconds
        self._elements = _elements(stream)
        self._first = next(self._read(), None)

    def blocks(self) -> Iterator[tuple[float, Floats]]:
        """Yield when each block begins, in seconds, and its samples of shape (n, channels).

        Can be called once.
        """
        if self._first:
            yield self._first
            yield from self._read()

    def _read(self) -> Iterator[tuple[float, Floats]]:
        for name, data in self._elements:
            if name == RATE:
                self.rate = round(struct.unpack(">d" if len(data) == 8 else ">f", data)[0])
            elif name == CHANNELS:
                self.channels = int.from_bytes(data)
            elif name == TIME:
                self._cluster = int.from_bytes(data)
            elif name in BLOCKS and self.channels:
                yield self._block(data)

    def _block(self, data: bytes) -> tuple[float, Floats]:
        """Split a block into its time in seconds and its samples.

        Before the samples come the track's number, 16 bits of time since the cluster's, and flags.
        """
        begins = self._cluster + struct.unpack(">h", data[1:3])[0]
        samples = np.frombuffer(data, "<f4", offset=4).astype(np.float32)
        return begins / 1000, samples.reshape(-1, self.channels)


def _elements(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the name and the content of each element that contains no others, up to the end of the stream."""
    while (name := _number(stream, keeps_mark=True)) is not None:
        size = _number(stream)
        if name in CONTAINERS:
            continue  # its content comes next; ffmpeg may not have known its size
        if size is None or size > MAX_ELEMENT_BYTES or len(data := stream.read(size)) < size:
            return
        yield name, data


def _number(stream: IO[bytes], *, keeps_mark: bool = False) -> int | None:
    """Read a number of up to eight bytes; None at the end of the stream.

    The first byte begins with a 0 for each byte that follows it, and then a 1 that marks the end of them.
    """
    first = stream.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    value = first[0] if keeps_mark else first[0] & (0x7F >> more)
    rest = stream.read(more)
    return (value << 8 * more) | int.from_bytes(rest) if len(rest) == more else None
