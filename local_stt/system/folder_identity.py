"""Distinguish a folder from others, wherever it is moved or mounted."""

import contextlib
import os
import secrets
from pathlib import Path

from .private import make_file

FILE = "identity"


def identity_of(folder: Path) -> str:
    """Return the identity of a folder that exists; several programs may ask at once.  Raises `OSError`."""
    noted, new = folder / FILE, secrets.token_hex(8)
    if not noted.exists():
        draft = folder / f"{FILE}-{new}"
        make_file(draft)
        draft.write_text(new)
        with contextlib.suppress(FileExistsError):
            os.link(draft, noted)
        draft.unlink()
    return noted.read_text()
