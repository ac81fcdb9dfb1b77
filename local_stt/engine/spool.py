"""A queue of audio that waits: some of it in memory, the rest on disk."""

import struct
import tempfile
from collections import deque
from collections.abc import Iterable
from typing import IO

from ..core.jitter_buffer import AudioChunk

_HEAD = struct.Struct("<qI")


class Spool:
    """A queue of chunks.  `in_memory` of them stay in memory; the rest go to a nameless temporary file."""

    def __init__(self, in_memory: int = 300) -> None:
        self._in_memory = in_memory
        self._first: deque[AudioChunk] = deque()
        self._file: IO[bytes] | None = None
        self._read_at = 0
        self._on_disk = 0

    def __len__(self) -> int:
        return len(self._first) + self._on_disk

    def put(self, chunk: AudioChunk) -> None:
        """Add a chunk at the end."""
        if self._on_disk or len(self._first) >= self._in_memory:
            self._write(chunk)
        else:
            self._first.append(chunk)

    def put_back(self, chunks: Iterable[AudioChunk]) -> None:
        """Add chunks at the front, in their order."""
        self._first.extendleft(reversed(list(chunks)))

    def get(self) -> AudioChunk:
        """Remove and return the first chunk.  There must be one."""
        if not self._first:
            self._first.append(self._read())
        return self._first.popleft()

    def close(self) -> None:
        """Drop all chunks, and the file."""
        self._first.clear()
        self._drop_file()

    def _write(self, chunk: AudioChunk) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="local_stt-")  # noqa: SIM115  (outlives this call)
        self._file.seek(0, 2)
        self._file.write(_HEAD.pack(chunk.start, len(chunk.audio)) + chunk.audio)
        self._on_disk += 1

    def _read(self) -> AudioChunk:
        assert self._file is not None
        self._file.seek(self._read_at)
        start, size = _HEAD.unpack(self._file.read(_HEAD.size))
        chunk = AudioChunk(start, self._file.read(size))
        self._read_at = self._file.tell()
        self._on_disk -= 1
        if not self._on_disk:
            self._drop_file()
        return chunk

    def _drop_file(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._read_at, self._on_disk = None, 0, 0
