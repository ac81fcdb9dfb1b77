"""Messages of a decoder's process: a kind, a length, and that number of bytes."""

import json
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import IO, Any

MAX_MESSAGE_BYTES = 2**24
"""Bytes of a message"""

GLANCE = "glance"
"""A wish for the head alone, and soon"""

HEAD = struct.Struct("<BI")


class MessageKind(IntEnum):
    """The kind of a message."""

    ALIVE = 0
    """A sign of life, without content"""
    HEAD = 1
    """JSON: what the file is"""
    SAMPLES = 2
    """Little-endian 16-bit PCM of all channels"""
    END = 3
    """JSON: an `End`"""
    REFUSED = 4
    """JSON: why the file is not read"""


@dataclass(frozen=True, slots=True)
class End:
    """The outcome of decoding a file."""

    seconds: float = 0.0
    """Seconds of audio that were decoded"""
    stated: float = 0.0
    """Seconds that the file states, or 0"""
    unread: int = 0
    """Bytes that are no audio"""
    damaged: int = 0
    """Number of damaged places"""
    is_cut: bool = False
    goes_on: bool = False
    """Whether there is audio behind the part that was asked for"""
    why: str = ""
    """The reason why the file was not decoded to its end; empty if it was"""


def write(output: IO[bytes], kind: MessageKind, data: bytes | dict[str, Any] = b"") -> None:
    """Write a message; a dictionary is written as JSON."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    output.write(HEAD.pack(kind, len(body)) + body)
    output.flush()
