"""Find, read and delete recordings: a folder with a file for each call."""

import hashlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

from ...audio import PHONE_RATE, loudest
from ...core.audio_redaction import Mask
from ...errors import NoSuchRecording, StoreError
from ...system.file_lock import try_lock
from ...system.private import make_folder
from .redaction_note import has_note, is_left
from .wav_header import CHANNELS, HEADER_SIZE, frames_in

ENDING = ".wav"
UNFINISHED = ".part"


class Recordings:
    """The recordings in a folder.  A call's id must be one that `media_stream` has accepted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, call_id: str) -> Path:
        """Return where a call's recording is, or would be."""
        return self.folder / f"{call_id}{ENDING}"

    def make_folder(self) -> None:
        """Make the folder, readable by this user alone.  Raises `OSError`."""
        make_folder(self.folder)

    def open(self, call_id: str, mask: Mask | None = None) -> "Snapshot":
        """Open a call's recording; what `mask` redacts is not read from it.

        Raises `NoSuchRecording`, and `StoreError` when it cannot be read or is not redacted yet.
        """
        try:
            if is_left(self.path(call_id)):
                raise StoreError(
                    f"The recording of call {call_id} is not redacted yet, as its program was killed: "
                    "the next start of local_stt redacts it."
                )
            return Snapshot(self.path(call_id), mask)
        except FileNotFoundError as error:
            raise NoSuchRecording(call_id) from error
        except OSError as error:
            raise StoreError(f"{self.path(call_id)} cannot be read ({error.strerror}): check it.") from error

    def is_unredacted(self, call_id: str) -> bool:
        """Check whether some audio of a recording may still have to be redacted."""
        return has_note(self.path(call_id))

    @property
    def is_there(self) -> bool:
        """Whether the folder exists."""
        return self.folder.is_dir()

    def has(self, call_id: str) -> bool:
        """Check whether there is a recording with audio."""
        return self.seconds(call_id) > 0

    def seconds(self, call_id: str) -> float:
        """Return the length of a recording in seconds; 0 if it is not there, or cannot be looked at."""
        try:
            return frames_in(self.path(call_id).stat().st_size) / PHONE_RATE
        except OSError:
            return 0.0

    def changed_at(self, call_id: str) -> int:
        """Return when a recording was last written, in milliseconds since 1970; 0 if that is not known."""
        try:
            return self.path(call_id).stat().st_mtime_ns // 1_000_000
        except OSError:
            return 0

    def delete(self, call_id: str) -> None:
        """Delete a recording, if there is one.  Raises `StoreError` when that is not possible."""
        try:
            self.path(call_id).unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"The recording of call {call_id} cannot be deleted ({error.strerror}): see to {self.folder}."
            ) from error

    def clear_unfinished(self) -> None:
        """Delete the imports that killed programs did not finish.  Raises `OSError`."""
        for file in self.folder.glob(f"*{UNFINISHED}"):
            if handle := try_lock(file):
                with handle:
                    file.unlink(missing_ok=True)

    def call_ids(self) -> list[str]:
        """List the ids of calls that have recordings."""
        return [file.stem for file in self.folder.glob(f"*{ENDING}")]


class Snapshot(io.FileIO):
    """A recording with the length that it has now, though it may still grow."""

    def __init__(self, path: Path, mask: Mask | None = None) -> None:
        """Open a file; what `mask` redacts is not read from it."""
        super().__init__(path)
        self._mask = mask
        status = os.fstat(self.fileno())
        self.size = status.st_size
        """Bytes, header included"""
        self.version = f"{status.st_mtime_ns:x}-{status.st_size:x}{_digest(mask)}"
        """Text that changes when the recording does, or what is read of it"""

    def read(self, size: int | None = -1) -> bytes:
        """Read `size` bytes at most, or all that are left if it is None or below 0."""
        at = self.tell()
        left = max(0, self.size - at)
        found = super().read(left if size is None or size < 0 else min(size, left)) or b""
        return _redacted(self._mask, at, found) if self._mask else found

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
