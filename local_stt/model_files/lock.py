"""One download of a model at a time, over all processes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ..errors import DownloadError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextmanager
def lock(file: Path, name: str) -> Iterator[None]:
    """Hold the lock on the model `name`, or raise `DownloadError` if another process does."""
    held = _claim(file)
    if held is None:
        raise DownloadError(
            f"{name} is being downloaded by another process: "
            f"wait until it has finished, or delete {file} if there is none."
        )
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        held.close()


def _claim(file: Path) -> IO[str] | None:
    """The lock file, or None when somebody else holds it."""
    try:
        held = file.open("a" if fcntl else "x")
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
