"""Write small files atomically."""

import contextlib
import os
from pathlib import Path

from .private import opener


def write_atomically(file: Path, text: str) -> None:
    """Write a file of UTF-8 text that only this user may read.

    After a full disk or a crash it has either its old or its new content, complete.  Raises `OSError`.
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
