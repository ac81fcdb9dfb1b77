"""Writes small files whole: at every moment one is as it was or as it is to be."""

import contextlib
import os
from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """A full disk or a crash breaks neither what was there nor what comes.  Raises `OSError`."""
    new = file.with_suffix(".new")
    try:
        with new.open("w", encoding="utf-8") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        new.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink()
        raise
