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


def claim(file: Path) -> IO[str] | None:
    """The file, opened and held until it is closed; None when somebody else holds it.

    Whoever holds it may delete it.
    """
    try:
        held = open(file, "a" if fcntl else "x", opener=opener)  # noqa: SIM115  (held for long)
    except FileExistsError:
        return None
    if fcntl is None:  # that the file exists must do
        held.close()
        return held
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(held.fileno()), file.stat()):
            return held
    except (BlockingIOError, FileNotFoundError):
        pass
    held.close()  # held, or deleted by its holder between our two calls
    return None


@contextlib.contextmanager
def released(file: Path, held: IO[str]) -> Iterator[None]:
    """In the end the file is deleted and free again, whatever happens meanwhile."""
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink()
        held.close()
