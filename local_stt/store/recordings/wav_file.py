"""Write the recording of one call."""

import os
from pathlib import Path

from ...audio import SILENCE
from ...core.jitter_buffer import AudioChunk
from ...system.private import FILE_MODE
from .wav_header import CHANNELS, HEADER_SIZE, frames_in, header

SILENCE_BLOCK = 64 * 1024
"""Bytes of silence that are written at once"""


class RecordingFile:
    """A WAV file whose header is right at every moment, even if this program is killed.

    Audio may come in any order, and twice.  Raises `OSError`; the same audio may then be put again.
    """

    def __init__(self, path: Path) -> None:
        """Make a file, or go on with one that is there."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
        self._frames = frames_in(os.fstat(self._file).st_size)
        if not self._frames:
            self._write(header(0), 0)

    @property
    def is_gone(self) -> bool:
        """Whether the file was deleted meanwhile."""
        return not os.fstat(self._file).st_nlink

    def put(self, channel: int, chunk: AudioChunk) -> None:
        """Write audio of one channel, 0 or 1, at its place on the call's clock."""
        self._fill_to(chunk.start)
        at, size = HEADER_SIZE + chunk.start * CHANNELS, len(chunk.audio) * CHANNELS
        both = bytearray(os.pread(self._file, size, at))
        both += SILENCE * (size - len(both))
        both[channel::CHANNELS] = chunk.audio
        self._write(both, at)
        self._set_length(chunk.end)

    def close(self) -> None:
        """Close the file: no more audio will come."""
        os.close(self._file)

    def _fill_to(self, frame: int) -> None:
        while self._frames < frame:
            end = min(frame, self._frames + SILENCE_BLOCK // CHANNELS)
            self._write(SILENCE * ((end - self._frames) * CHANNELS), HEADER_SIZE + self._frames * CHANNELS)
            self._set_length(end)

    def _set_length(self, frames: int) -> None:
        """Write a length to the header, if it is more than the header says."""
        if frames > self._frames:
            self._write(header(frames), 0)
            self._frames = frames

    def _write(self, data: bytes | bytearray, at: int) -> None:
        left = memoryview(data)
        while left:
            written = os.pwrite(self._file, left, at)
            left, at = left[written:], at + written
