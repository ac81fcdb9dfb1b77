"""Sizes and checksums of files, and free space on a disk."""

import hashlib
import shutil
from pathlib import Path

from ..errors import DownloadError


def size_of(file: Path) -> int:
    """Return the size of a file in bytes; 0 if it does not exist."""
    return file.stat().st_size if file.exists() else 0


def digest(file: Path, algorithm: str) -> str:
    """Return the checksum of a file's content, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()


def require_room(name: str, folder: Path, need: int) -> None:
    """Raise `DownloadError` unless the disk of `folder` has `need` bytes for the model `name`."""
    free = shutil.disk_usage(folder).free
    if free < need:
        raise DownloadError(
            f"{name} needs {megabytes(need)} in {folder} and only {megabytes(free)} are free: "
            "make room, or choose a smaller model."
        )


def megabytes(size: float) -> str:
    return f"{size / 1e6:.1f} MB"
