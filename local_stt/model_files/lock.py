"""Allow one download of a model at a time, over all processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DownloadError
from ..system.file_lock import try_lock


@contextmanager
def lock(file: Path, name: str) -> Iterator[None]:
    """Lock the model `name` during the block.  Raises `DownloadError` if another process has the lock."""
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
