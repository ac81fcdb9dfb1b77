"""Keep the files that wait to be transcribed, in a folder under the data folder."""

import contextlib
import functools
import os
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..system.file_lock import try_lock
from ..system.folder_identity import FILE as IDENTITY
from ..system.folder_identity import identity_of
from ..system.private import make_folder
from ..system.reserve import SparingFile

FOLDER = "uploads"

STRAY_SECONDS = 24 * 3600
"""Seconds that a file without a job is kept: the store that has its job may be restored"""


@dataclass(slots=True)
class Arrival:
    """A file that is being sent."""

    key: str
    """Its name in the folder, and the key of its job"""
    file: SparingFile
    is_kept: bool = False
    """Whether it stays when it has arrived"""


class UploadFolder:
    """Files that were sent, by the key of their job.

    Safe to share between threads and programs.  Raises `OSError`.
    """

    is_shared = False
    """Whether other hosts have the same files"""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    @functools.cached_property
    def identity(self) -> str:
        """Text that distinguishes this folder from others that share a database, even after it is moved."""
        make_folder(self._folder)
        return identity_of(self._folder)

    @contextlib.contextmanager
    def receive(self) -> Iterator[Arrival]:
        """Make a file for an arrival, and delete it unless it is kept."""
        make_folder(self._folder)
        key = secrets.token_hex(8)
        path = self._folder / key
        with contextlib.ExitStack() as stack:
            if handle := try_lock(path):  # while it is locked, no program takes it for a stray
                stack.enter_context(handle)
            arrival = Arrival(key, stack.enter_context(SparingFile(path, "r+b")))
            try:
                yield arrival
            finally:
                if not arrival.is_kept:
                    path.unlink()

    def is_there(self) -> bool:
        """Check whether the folder can be reached: a disk may not be mounted."""
        return (self._folder / IDENTITY).exists()

    @contextlib.contextmanager
    def keeping(self, arrival: Arrival) -> Iterator[None]:
        """Keep a file that has arrived, unless the block fails."""
        yield
        arrival.is_kept = True

    def has(self, key: str) -> bool:
        """Check whether a file is on this disk."""
        return (self._folder / key).exists()

    def copy(self, key: str, new: str) -> bool:
        """Give a file a second name, if it is there; return whether it is.

        Either may be deleted without the other.  Both are as new as this moment.
        """
        try:
            os.link(self._folder / key, self._folder / new)
            os.utime(self._folder / new)
        except FileNotFoundError:
            return False
        return True

    def open(self, key: str) -> IO[bytes]:
        """Open a file to be read, without a buffer."""
        return (self._folder / key).open("rb", buffering=0)

    def delete(self, key: str) -> None:
        """Delete a file, if it is there."""
        (self._folder / key).unlink(missing_ok=True)

    def delete_strays(self, is_needed: Callable[[str], bool]) -> None:
        """Delete the files that are not needed and have not been written for a day."""
        files = self._folder.iterdir() if self._folder.is_dir() else ()
        for path in (each for each in files if each.name != IDENTITY):
            if time.time() - path.stat().st_mtime > STRAY_SECONDS and (handle := try_lock(path)):
                with handle:
                    if not is_needed(path.name):
                        path.unlink()
