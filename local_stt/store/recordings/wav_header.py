"""Make the header of two-channel mu-law WAV files.  After it comes a byte of each channel in turn.  No I/O.

Source: Multimedia Programming Interface and Data Specifications 1.0 (RIFF), and RFC 2361 for the
number of mu-law.  A format that is not PCM has a `fact` chunk with the number of samples.
"""

import struct

from ...audio import PHONE_RATE

CHANNELS = 2
MULAW = 7
_HEADER = struct.Struct("<4sI4s 4sIHHIIHHH 4sII 4sI")
HEADER_SIZE = _HEADER.size
"""Bytes before the audio"""


def frames_in(size: int) -> int:
    """Return the number of samples of each channel in a file of `size` bytes."""
    return max(0, size - HEADER_SIZE) // CHANNELS


def header(frames: int) -> bytes:
    """Make the header of a file with `frames` samples of each channel."""
    size = frames * CHANNELS
    fmt = (b"fmt ", 18, MULAW, CHANNELS, PHONE_RATE, PHONE_RATE * CHANNELS, CHANNELS, 8, 0)
    return _HEADER.pack(
        *(b"RIFF", HEADER_SIZE - 8 + size, b"WAVE"), *fmt, *(b"fact", 4, frames), *(b"data", size)
    )
