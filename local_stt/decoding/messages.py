"""What a decoder's process says: a kind, a length, and so many bytes."""

import json
import struct
from enum import IntEnum
from typing import IO, Any

LARGEST = 2**24
"""Bytes of a message"""

GLANCE = "glance"
"""A wish: nothing but the head is wanted, and soon"""

HEAD = struct.Struct("<BI")


class Kind(IntEnum):
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


def write(output: IO[bytes], kind: Kind, data: bytes | dict[str, Any] = b"") -> None:
    """Write a message."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    output.write(HEAD.pack(kind, len(body)) + body)
    output.flush()
