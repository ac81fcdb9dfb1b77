"""Files without a buffer, which need not take all that is written at once."""

from io import RawIOBase
from typing import IO


def write_all(file: "RawIOBase | IO[bytes]", data: bytes) -> None:
    """All of it.  Raises `OSError`."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) or 0 :]
