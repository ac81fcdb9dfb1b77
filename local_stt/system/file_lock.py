"""A file that one process at a time holds, and that is free again when it ends, however it ends."""

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
    """The file, opened and held until it is closed; None when somebody else holds it.

    Whoever holds it may delete it.
    """
    try:
        handle = open(file, "a" if fcntl else "x", opener=opener)  # noqa: SIM115  (held for long)
    except FileExistsError:
        return None
    if fcntl is None:  # that the file exists must do
        handle.close()
        return handle
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle.fileno()), file.stat()):
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    handle.close()  # held, or deleted by its holder between our two calls
    return None


@contextlib.contextmanager
def released(file: Path, handle: IO[str]) -> Iterator[None]:
    """In the end the file is deleted and free again, whatever happens meanwhile."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink()
        handle.close()
