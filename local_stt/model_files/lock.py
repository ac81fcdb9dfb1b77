"""One download of a model at a time, over all processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DownloadError
from ..system.file_lock import try_lock


@contextmanager
def lock(file: Path, name: str) -> Iterator[None]:
    """Hold the lock on the model `name`, or raise `DownloadError` if another process does."""
    handle = try_lock(file)
    if handle is None:
        raise DownloadError(
            f"{name} is being downloaded by another process: "
            f"wait until it has finished, or delete {file} if there is none."
        )
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        handle.close()
