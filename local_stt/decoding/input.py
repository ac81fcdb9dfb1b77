"""Read a file by position, and read parts of it as one file."""

import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

BLOCK = 2**16
"""Bytes that are read from a file at once"""


class Input:
    """A file that is open for reading, and read by position alone."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    def at(self, position: int, count: int) -> bytes:
        """Return up to `count` bytes, fewer at the end of the file."""
        if position < 0 or count <= 0:
            return b""
        return os.pread(self.descriptor, count, position)

    def find(self, wanted: bytes, start: int, end: int) -> int:
        """Find the next place of some bytes from `start` on and before `end`; -1 if there is none."""
        overlap = len(wanted) - 1
        for position in range(start, end, BLOCK):
            found = self.at(position, min(BLOCK + overlap, end - position)).find(wanted)
            if found >= 0:
                return position + found
        return -1

    def is_silent(self, start: int, end: int) -> bool:
        """Tell whether the bytes from `start` to `end` are all zero."""
        return not any(
            self.at(position, min(BLOCK, end - position)).strip(b"\0")
            for position in range(start, end, BLOCK)
        )


@dataclass(frozen=True, slots=True)
class Span:
    """A range of a file's bytes: from `start` up to `end`, without it."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


Part = bytes | Span
"""Bytes that replace some of the file, or a range of the file"""


def merged(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Merge ranges that follow each other without a gap."""
    found: list[Part] = []
    for part in parts:
        last = found[-1] if found else b""
        if isinstance(part, Span) and isinstance(last, Span) and last.end == part.start:
            found[-1] = Span(last.start, part.end)
        else:
            found.append(part)
    return tuple(found)


class Joined(io.RawIOBase):
    """Parts, one after the other, as a file with `read` and `seek`."""

    def __init__(self, file: Input, parts: Sequence[Part]) -> None:
        super().__init__()
        self._file, self._parts = file, [part for part in parts if len(part)]
        self._size = sum(map(len, self._parts))
        self._position = 0
        self._number, self._begins = 0, 0  # the part last read from, and where it begins

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: object) -> int:
        """Read into a buffer, and fill less of it at the end of a part; return the number of bytes."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        data = self._next(len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def blocks(self) -> Iterator[bytes]:
        """Yield all bytes from the beginning, `BLOCK` at a time at most."""
        self.seek(0)
        while data := self.read(BLOCK):
            yield data

    def _next(self, count: int) -> bytes:
        if self._position >= self._size:
            return b""
        if self._position < self._begins:
            self._number, self._begins = 0, 0
        while self._position >= self._begins + len(self._parts[self._number]):
            self._begins += len(self._parts[self._number])
            self._number += 1
        part, offset = self._parts[self._number], self._position - self._begins
        if isinstance(part, bytes):
            return part[offset : offset + count]
        return self._file.at(part.start + offset, min(count, len(part) - offset))
