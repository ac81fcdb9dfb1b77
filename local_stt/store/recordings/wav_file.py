"""One call's recording, while it is written."""

import os
from pathlib import Path

from ...audio import SILENCE
from ...core.jitter_buffer import AudioChunk
from ...system.private import FILE_MODE
from .wav_header import CHANNELS, HEADER_SIZE, frames_in, header

SILENCE_BLOCK = 64 * 1024
"""Bytes of silence"""


class RecordingFile:
    """A WAV whose header says, whenever this program may be killed, what is there.

    Audio may come in any order and again.  Raises `OSError`; the same may then be put again.
    """

    def __init__(self, path: Path) -> None:
        """A new file, or one that is gone on with."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
        self._frames = frames_in(os.fstat(self._file).st_size)
        if not self._frames:
            self._write(header(0), 0)

    @property
    def is_gone(self) -> bool:
        """Whether somebody has deleted it meanwhile."""
        return not os.fstat(self._file).st_nlink

    def put(self, channel: int, chunk: AudioChunk) -> None:
        """Audio of one channel, at its place on the call's clock."""
        self._fill_to(chunk.start)
        at, size = HEADER_SIZE + chunk.start * CHANNELS, len(chunk.audio) * CHANNELS
        both = bytearray(os.pread(self._file, size, at))
        both += SILENCE * (size - len(both))
        both[channel::CHANNELS] = chunk.audio
        self._write(both, at)
        self._set_length(chunk.end)

    def close(self) -> None:
        """No more will come."""
        os.close(self._file)

    def _fill_to(self, frame: int) -> None:
        while self._frames < frame:
            end = min(frame, self._frames + SILENCE_BLOCK // CHANNELS)
            self._write(SILENCE * ((end - self._frames) * CHANNELS), HEADER_SIZE + self._frames * CHANNELS)
            self._set_length(end)

    def _set_length(self, frames: int) -> None:
        """Have the header say that there is so much, if that is more than it says."""
        if frames > self._frames:
            self._write(header(frames), 0)
            self._frames = frames

    def _write(self, data: bytes | bytearray, at: int) -> None:
        left = memoryview(data)
        while left:
            written = os.pwrite(self._file, left, at)
            left, at = left[written:], at + written
