"""Keep audio in a folder that all hosts have mounted.

It may be on a file system without locks.  So each file is written under a name of its own, and gets its key
when it is complete.
"""

import contextlib
import errno
import functools
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from ..errors import SettingError
from ..system.files import is_folder
from ..system.folder_identity import FILE, identity_of
from ..system.private import make_folder, opener
from .interface import StoredFile

UNFINISHED = ".new-"
"""The beginning of the name of a file that is being written"""

UNFINISHED_SECONDS = 24 * 3600
"""Seconds after which nobody writes an unfinished file any more"""

IS_ANOTHER = "it is not the folder that it was, so see whether it is mounted"


class FolderStore:
    """Files in a folder, by their path in it; see `AudioStore`."""

    def __init__(self, folder: Path) -> None:
        self.place = str(folder)
        self._folder = folder

    @functools.cached_property
    def identity(self) -> str:
        """Text that is in the folder, so that it is the same on each host.  Raises `SettingError`."""
        self._require_folder()
        try:
            return identity_of(self._folder)
        except OSError as error:
            raise SettingError(
                f"AUDIO_STORE: {self._folder} cannot be used ({error.strerror}): mount the folder that all "
                "hosts share, and see who may write in it."
            ) from error

    def check(self) -> None:
        """Check that the folder is there and can be written.  Raises `SettingError`."""
        self._require_folder()
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise SettingError(f"AUDIO_STORE: {self._folder} cannot be written: see who may do that.")

    def put(self, key: str, file: Path) -> None:
        """Copy a file here, and compare what can be read of it then."""
        self._require_same()
        with file.open("rb") as source, self._unfinished(key) as new:
            with open(new, "wb", opener=opener) as written:
                shutil.copyfileobj(source, written)
                written.flush()
                os.fsync(written.fileno())
            if _digest(new) != _digest(file):
                raise OSError(errno.EIO, "what was written cannot be read back")

    def read(self, key: str, at: int, size: int) -> bytes:
        """Read a part of a file."""
        try:
            with self._path(key).open("rb") as file:
                file.seek(at)
                return file.read(size)
        except FileNotFoundError:
            self._require_same()
            raise

    def find(self, key: str) -> StoredFile | None:
        """Look at a file."""
        try:
            return _stored(key, self._path(key))
        except FileNotFoundError:
            self._require_same()
            return None

    def listed(self, folder: str) -> Iterator[StoredFile]:
        """Walk through a folder."""
        if not self._path(folder).is_dir():
            self._require_same()
        for root, folders, names in os.walk(self._path(folder)):
            folders.sort()
            for name in sorted(names):
                path = Path(root, name)
                if not name.startswith(UNFINISHED) and name != FILE:
                    with contextlib.suppress(FileNotFoundError):  # deleted meanwhile
                        yield _stored(path.relative_to(self._folder).as_posix(), path)

    def copy(self, key: str, new: str) -> None:
        """Give a file a second name, so that it takes no more room."""
        source, target = self._path(key), self._path(new)
        make_folder(target.parent)
        os.link(source, target)
        os.utime(target)

    def delete(self, key: str) -> None:
        """Delete a file, and the folder that was made for it, if nothing else is in it."""
        path = self._path(key)
        if not path.exists():
            self._require_same()
        path.unlink(missing_ok=True)
        if path.parent.parent != self._folder:
            with contextlib.suppress(OSError):
                path.parent.rmdir()

    def clear_unfinished(self) -> None:
        """Delete unfinished files after a day: their programs were killed."""
        for path in self._folder.rglob(f"{UNFINISHED}*"):
            with contextlib.suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > UNFINISHED_SECONDS:
                    path.unlink()

    @contextlib.contextmanager
    def _unfinished(self, key: str) -> Iterator[Path]:
        """Yield the path of a new file, which gets its key after the block, or is deleted if that fails."""
        target = self._path(key)
        new = target.with_name(f"{UNFINISHED}{secrets.token_hex(8)}")
        make_folder(target.parent)
        try:
            yield new
            new.replace(target)
            _flush(target.parent)
        finally:
            new.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / key

    def _require_folder(self) -> None:
        """Raise `SettingError` where the folder is missing.

        It is not made: the file system that all hosts share is not mounted.
        """
        if not is_folder(self._folder):
            raise SettingError(
                f"AUDIO_STORE: {self._folder} is no folder: mount the one that all hosts share, or make it."
            )

    def _require_same(self) -> None:
        """Raise `OSError` if another folder is here now, as when the shared one was unmounted."""
        known, found = self.identity, ""
        with contextlib.suppress(FileNotFoundError):
            found = (self._folder / FILE).read_text()
        if found != known:
            raise OSError(errno.ESTALE, IS_ANOTHER)


def _stored(key: str, path: Path) -> StoredFile:
    status = path.stat()
    return StoredFile(key, status.st_size, status.st_mtime_ns // 1_000_000)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
