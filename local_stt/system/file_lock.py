"""Lock files: one process at a time has the lock, and loses it when it ends in any way."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from .private import opener

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


def try_lock(file: Path) -> IO[str] | None:
    """Open a file and lock it until it is closed; return None if another process has the lock.

    The process that has the lock may delete the file.  Raises `OSError`.
    """
    try:
        handle = open(file, "a" if fcntl else "x", opener=opener)  # noqa: SIM115  (held for long)
    except FileExistsError:
        return None
    if fcntl is None:  # here the existence of the file is the lock
        handle.close()
        return handle
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle.fileno()), file.stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    handle.close()  # locked by another process, or deleted by one between our two calls
    return None


def lock_existing(file: Path) -> IO[bytes] | None:
    """Lock a file against all others until it is closed; return None if it is not there, or in use.

    Raises `OSError`.
    """
    try:
        handle = file.open("r+b")
    except FileNotFoundError:
        return None
    try:
        if fcntl:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle.fileno()), file.stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    handle.close()
    return None


def open_shared(file: Path, flags: int, mode: int) -> int:
    """Open a file that others may use too, but that nobody locks meanwhile; return its descriptor.

    A file that was moved away while somebody had it locked is not opened, but made anew.  Raises `OSError`.
    """
    while True:
        descriptor = os.open(file, flags, mode)
        if fcntl is None:
            return descriptor
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_SH)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), file.stat()):
                return descriptor
        os.close(descriptor)


def is_locked(file: Path) -> bool:
    """Check whether a process has the lock of a file; False if there is no such file.  Raises `OSError`."""
    try:
        with file.open() as handle:
            if fcntl is None:
                return True
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return False
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def released(file: Path, handle: IO[str]) -> Iterator[None]:
    """Delete the file and unlock it at the end of the block, also after an exception."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink()
        handle.close()
