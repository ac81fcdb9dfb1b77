"""Read a recording as it is at one moment, wherever its bytes are."""

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from ...audio import PHONE_RATE, loudest
from ...core.audio_redaction import Mask
from .wav_header import CHANNELS, HEADER_SIZE, frames_in


class Source(Protocol):
    """The bytes of a recording."""

    size: int
    """Bytes, header included"""
    version: str
    """Text that changes when the bytes do"""

    def read(self, at: int, size: int) -> bytes:
        """Return bytes from a place on, which is before the end; at least one, and `size` at most."""
        ...

    def close(self) -> None:
        """Close what was opened."""
        ...


class LocalFile:
    """A file with the length that it has now, though it may still grow."""

    def __init__(self, path: Path) -> None:
        """Open a file.  Raises `OSError`."""
        self._file = path.open("rb", buffering=0)
        status = os.fstat(self._file.fileno())
        self.size = status.st_size
        self.version = f"{status.st_mtime_ns:x}-{status.st_size:x}"

    def read(self, at: int, size: int) -> bytes:
        """Read a part of the file."""
        return os.pread(self._file.fileno(), size, at)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Snapshot(io.RawIOBase):
    """A recording with the length that it has now."""

    def __init__(self, source: Source, mask: Mask | None = None) -> None:
        """Read from a source; what `mask` redacts is not read from it."""
        super().__init__()
        self._source, self._mask, self._at = source, mask, 0
        self.size = source.size
        """Bytes, header included"""
        self.version = f"{source.version}{_digest(mask)}"
        """Text that changes when the recording does, or what is read of it"""

    def readable(self) -> bool:
        """Return true."""
        return True

    def seekable(self) -> bool:
        """Return true."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, and return it."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def tell(self) -> int:
        """Return the place where the next byte is read."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer, and return the number of bytes."""
        found = self._read_some(len(memoryview(buffer)))
        buffer[: len(found)] = found
        return len(found)

    def read(self, size: int | None = -1) -> bytes:
        """Read `size` bytes, or all that are left if it is None, below 0 or more than these."""
        left = max(0, self.size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        parts = []
        while wanted and (part := self._read_some(wanted)):
            parts.append(part)
            wanted -= len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Close the source."""
        if not self.closed:
            self._source.close()
        super().close()

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self._frames / PHONE_RATE

    def peaks(self, points: int) -> Iterator[tuple[float, ...]]:
        """Yield the loudest sample of each channel, from 0 to 1, in each of `points` parts."""
        for point in range(points):
            begin, end = (each * self._frames // points * CHANNELS for each in (point, point + 1))
            self.seek(HEADER_SIZE + begin)
            part = self.read(end - begin)
            yield tuple(loudest(part[channel::CHANNELS]) for channel in range(CHANNELS))

    def _read_some(self, size: int) -> bytes:
        size = min(size, self.size - self._at)
        if size <= 0:
            return b""
        found = self._source.read(self._at, size)
        if self._mask:
            found = _redacted(self._mask, self._at, found)
        self._at += len(found)
        return found

    @property
    def _frames(self) -> int:
        return frames_in(self.size)


def _digest(mask: Mask | None) -> str:
    """Return text that changes with a mask; empty without one."""
    return f"-{hashlib.sha256(mask.version.encode()).hexdigest()[:16]}" if mask else ""


def _redacted(mask: Mask, at: int, found: bytes) -> bytes:
    """Redact what was read from byte `at` of a recording on, which may begin in the header."""
    begin = max(0, HEADER_SIZE - at)
    audio, first = bytearray(found[begin:]), at + begin - HEADER_SIZE
    for channel in range(CHANNELS):
        offset = (channel - first) % CHANNELS
        samples = bytes(audio[offset::CHANNELS])
        audio[offset::CHANNELS] = mask.applied(channel, (first + offset) // CHANNELS, samples)
    return found[:begin] + bytes(audio)
