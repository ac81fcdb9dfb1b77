"""Writes small files whole: at every moment one is as it was or as it is to be."""

import contextlib
import os
from pathlib import Path

from .private import opener


def write_atomically(file: Path, text: str) -> None:
    """A full disk or a crash breaks neither what was there nor what comes; nobody else may read it.

    Raises `OSError`.
    """
    new = file.with_suffix(".new")
    try:
        new.unlink(missing_ok=True)
        with open(new, "w", encoding="utf-8", opener=opener) as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        new.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink()
        raise
