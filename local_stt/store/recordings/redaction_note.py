"""Note beside a recording that some of its audio may still have to be redacted.

The program that records the call keeps the note locked.  If that program is killed, the note stays, and the
next start finds it.
"""

import errno
import os
from pathlib import Path
from typing import IO

from ...core.privacy import RedactedAudio
from ...system.file_lock import is_locked, try_lock

ENDING = ".redact"


class RedactionNote:
    """A locked note; it says what takes the place of redacted audio."""

    def __init__(self, path: Path, handle: IO[str]) -> None:
        """Take a file and the lock on it."""
        self._path, self._handle = path, handle

    @property
    def sound(self) -> RedactedAudio:
        """What takes the place of redacted audio; silence if the note was not written to its end"""
        written = self._path.read_text(encoding="utf-8").strip()
        return RedactedAudio(written) if written in set(RedactedAudio) else RedactedAudio.SILENCE

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written in it: no audio was recorded under it"""
        return not os.fstat(self._handle.fileno()).st_size

    @property
    def is_there(self) -> bool:
        """Whether the note was not deleted meanwhile"""
        return bool(os.fstat(self._handle.fileno()).st_nlink)

    def write(self, sound: RedactedAudio) -> None:
        """Write the note and flush it to the disk, with the folder that it is in.  Raises `OSError`."""
        self._handle.truncate(0)
        self._handle.write(sound)
        self._handle.flush()
        os.fsync(self._handle.fileno())
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def release(self) -> None:
        """Unlock the note and leave it to the next start."""
        self._handle.close()

    def remove(self) -> None:
        """Delete the note: nothing is left to be redacted.  Raises `OSError`."""
        self._path.unlink(missing_ok=True)
        self._handle.close()


def try_note(recording: Path) -> RedactionNote | None:
    """Lock the note of a recording; make it if need be.

    Return None if another program has it.  Raises `OSError`.
    """
    path = recording.with_suffix(ENDING)
    handle = try_lock(path)
    return RedactionNote(path, handle) if handle else None


def left_note(recording: Path) -> RedactionNote | None:
    """Lock the note that a killed program has left of a recording; return None if there is none.

    Raises `OSError`.
    """
    note = try_note(recording)
    if note and note.is_empty:  # made just now, as another program has removed its own
        note.remove()
        return None
    return note


def lock_note(recording: Path) -> RedactionNote:
    """Lock the note of a recording; make it if need be.  Raises `OSError`, also if it is locked."""
    note = try_note(recording)
    if note is None:
        raise BlockingIOError(errno.EAGAIN, "Another program has it", str(recording))
    return note


def has_note(recording: Path) -> bool:
    """Check whether some audio of a recording may still have to be redacted."""
    return recording.with_suffix(ENDING).exists()


def is_left(recording: Path) -> bool:
    """Check whether a killed program has left the note of a recording.  Raises `OSError`."""
    path = recording.with_suffix(ENDING)
    return path.exists() and not is_locked(path)
