"""Write the recording of one call."""

import os
from pathlib import Path

from ...audio import SILENCE
from ...core.audio_redaction import Mask
from ...core.jitter_buffer import AudioChunk
from ...system.file_lock import open_shared
from ...system.private import FILE_MODE
from .wav_header import CHANNELS, HEADER_SIZE, frames_in, header

BLOCK = 64 * 1024
"""Bytes of silence that are written at once, or of audio that are redacted at once"""


class RecordingFile:
    """A WAV file whose header is right at every moment, even if this program is killed.

    Audio may come in any order, and twice.  Raises `OSError`; the same audio may then be put again.
    """

    def __init__(self, path: Path, mask: Mask | None = None, *, is_live: bool = False) -> None:
        """Make a file, or go on with one that is there.  What `mask` redacts is not written.

        Nobody takes the file of a call that `is_live` for a complete one.
        """
        self._mask = mask or Mask()
        opened = open_shared if is_live else os.open
        self._file = opened(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
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
        both[channel::CHANNELS] = self._mask.applied(channel, chunk.start, chunk.audio)
        self._write(both, at)
        self._set_length(chunk.end)

    def redact(self, channel: int, samples: range) -> None:
        """Overwrite samples of one channel that the mask redacts, and flush them to the disk."""
        before = os.fstat(self._file).st_mtime_ns
        for first in range(samples.start, min(samples.stop, self._frames), BLOCK // CHANNELS):
            last = min(first + BLOCK // CHANNELS, samples.stop, self._frames)
            at = HEADER_SIZE + first * CHANNELS
            both = bytearray(os.pread(self._file, (last - first) * CHANNELS, at))
            both[channel::CHANNELS] = self._mask.applied(channel, first, bytes(both[channel::CHANNELS]))
            self._write(both, at)
        os.fsync(self._file)
        if os.fstat(self._file).st_mtime_ns == before:  # the clock of files is coarse
            os.utime(self._file, ns=(before + 1, before + 1))

    def close(self) -> None:
        """Close the file: no more audio will come."""
        os.close(self._file)

    def _fill_to(self, frame: int) -> None:
        while self._frames < frame:
            end = min(frame, self._frames + BLOCK // CHANNELS)
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
