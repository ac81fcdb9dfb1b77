"""The folder that recordings are in, a file for each call."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

from ...audio import PHONE_RATE, loudest
from ...errors import NoSuchRecording, StoreError
from ...system.file_lock import try_lock
from ...system.private import make_folder
from .wav_header import CHANNELS, HEADER_SIZE, frames_in

ENDING = ".wav"
UNFINISHED = ".part"


class Recordings:
    """Finds, reads and deletes.  A call's id must be one that `media_stream` has let pass."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, call_id: str) -> Path:
        """Where a call's recording is, or would be."""
        return self.folder / f"{call_id}{ENDING}"

    def make_folder(self) -> None:
        """Make it, for nobody but this user to look into."""
        make_folder(self.folder)

    def open(self, call_id: str) -> "Snapshot":
        """A call's recording.  Raises `NoSuchRecording`, and `StoreError` when it may not be read."""
        try:
            return Snapshot(self.path(call_id))
        except FileNotFoundError as error:
            raise NoSuchRecording(call_id) from error
        except OSError as error:
            raise StoreError(f"{self.path(call_id)} cannot be read ({error.strerror}): see to it.") from error

    @property
    def is_there(self) -> bool:
        """Whether the folder is."""
        return self.folder.is_dir()

    def has(self, call_id: str) -> bool:
        """Whether there is a recording."""
        return self.seconds(call_id) > 0

    def seconds(self, call_id: str) -> float:
        """How long a recording is; 0 of one that is not there, or cannot be looked at."""
        try:
            return frames_in(self.path(call_id).stat().st_size) / PHONE_RATE
        except OSError:
            return 0.0

    def changed_at(self, call_id: str) -> int:
        """When audio was last written to it, in milliseconds since 1970; 0 of one that is not there."""
        try:
            return self.path(call_id).stat().st_mtime_ns // 1_000_000
        except FileNotFoundError:
            return 0

    def delete(self, call_id: str) -> None:
        """Leave nothing of it; there may be nothing.  Raises `StoreError`."""
        try:
            self.path(call_id).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"The recording of call {call_id} cannot be deleted ({error.strerror}): see to {self.folder}."
            ) from error

    def clear_unfinished(self) -> None:
        """What killed programs had not brought in whole.  Raises `OSError`."""
        for file in self.folder.glob(f"*{UNFINISHED}"):
            if handle := try_lock(file):
                with handle:
                    file.unlink(missing_ok=True)

    def call_ids(self) -> list[str]:
        """The calls of which there are recordings."""
        return [file.stem for file in self.folder.glob(f"*{ENDING}")]


class Snapshot(io.FileIO):
    """A recording as long as it is now, though it may still grow."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        status = os.fstat(self.fileno())
        self.size = status.st_size
        """Bytes, the header's included"""
        self.version = f"{status.st_mtime_ns:x}-{status.st_size:x}"
        """Tells it from what it was before and will be"""

    def read(self, size: int | None = -1) -> bytes:
        """So many bytes at most, all that are left for less than 0."""
        left = max(0, self.size - self.tell())
        return super().read(left if size is None or size < 0 else min(size, left)) or b""

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self._frames / PHONE_RATE

    def peaks(self, points: int) -> Iterator[tuple[float, ...]]:
        """The loudest sample of each channel, from 0 to 1, in each of so many parts."""
        for point in range(points):
            begin, end = (each * self._frames // points * CHANNELS for each in (point, point + 1))
            self.seek(HEADER_SIZE + begin)
            part = self.read(end - begin)
            yield tuple(loudest(part[channel::CHANNELS]) for channel in range(CHANNELS))

    @property
    def _frames(self) -> int:
        return frames_in(self.size)
