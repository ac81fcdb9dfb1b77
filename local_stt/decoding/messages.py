"""What a decoder's process says: a kind, a length, and so many bytes."""

import json
import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import IO, Any

MAX_MESSAGE_BYTES = 2**24
"""Bytes of a message"""

GLANCE = "glance"
"""A wish: nothing but the head is wanted, and soon"""

HEAD = struct.Struct("<BI")


class MessageKind(IntEnum):
    """What a message is."""

    ALIVE = 0
    """Nothing to say, but at work"""
    HEAD = 1
    """JSON: what the file is"""
    SAMPLES = 2
    """Little-endian 16-bit PCM of all channels"""
    END = 3
    """JSON: what became of it"""
    REFUSED = 4
    """JSON: why it is not read"""


@dataclass(frozen=True, slots=True)
class End:
    """What became of a file."""

    seconds: float = 0.0
    """Of audio that were given"""
    stated: float = 0.0
    """Seconds that the file says it lasts, or 0"""
    unread: int = 0
    """Bytes that are no audio"""
    damaged: int = 0
    """Places"""
    is_cut: bool = False
    goes_on: bool = False
    """Whether there is more audio than was asked for"""
    why: str = ""
    """Why it was not decoded to its end, if it was not"""


def write(output: IO[bytes], kind: MessageKind, data: bytes | dict[str, Any] = b"") -> None:
    """Write a message."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    output.write(HEAD.pack(kind, len(body)) + body)
    output.flush()
