"""Write a zip file as it is read, so that it needs neither memory nor disk."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

BLOCK = 256 * 1024
"""Bytes that are read at once"""

PRIVATE = 0o600 << 16
"""Only the owner may read what is unpacked"""


@dataclass(frozen=True, slots=True)
class File:
    """A file of an archive."""

    name: str
    at: datetime
    content: io.IOBase
    """Its bytes, which are read and closed"""
    size: int
    is_packed: bool = True
    """Whether its bytes are compressed"""


def zipped(files: Iterable[File]) -> Iterator[bytes]:
    """Yield the bytes of a zip; each file is opened only when those before it are written."""
    written = _Written()
    with ZipFile(written, "w") as archive:
        for file in files:
            with file.content, archive.open(_described(file), "w") as entry:
                while block := file.content.read(BLOCK):
                    entry.write(block)
                    yield written.taken()
    yield written.taken()


def _described(file: File) -> ZipInfo:
    year = min(max(file.at.year, 1980), 2107)  # a zip has no other
    info = ZipInfo(file.name, (year, *file.at.timetuple()[1:6]))
    info.compress_type = ZIP_DEFLATED if file.is_packed else ZIP_STORED
    info.external_attr = PRIVATE
    info.file_size = file.size  # so that a large one is marked as such
    return info


class _Written(io.RawIOBase):
    """Keeps what is written until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[bytes] = []

    def writable(self) -> bool:
        """Return true."""
        return True

    def write(self, block: Any) -> int:
        """Keep a copy of a block."""
        self._blocks.append(bytes(block))
        return len(self._blocks[-1])

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        whole = b"".join(self._blocks)
        self._blocks.clear()
        return whole
