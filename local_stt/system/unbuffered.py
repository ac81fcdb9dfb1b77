"""Write to unbuffered files, which may accept less than all at once."""

from io import RawIOBase
from typing import IO


def write_all(file: "RawIOBase | IO[bytes]", data: bytes) -> None:
    """Write all of `data`.  Raises `OSError`."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) or 0 :]
