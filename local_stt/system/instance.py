"""Where a running program can be asked, for other commands on this machine: files that it holds.

They hold the token, and so are for nobody but this user to read.
"""

import contextlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from .file_lock import try_lock
from .parts import Part
from .private import make_file, make_folder


@dataclass(frozen=True, slots=True)
class Instance:
    """A program that runs."""

    url: str
    """On this machine, such as `http://127.0.0.1:8080`"""
    token: str


class Presence(Part):
    """Has other commands find this program; they do not if the folder cannot be written, which is no harm."""

    def __init__(self, folder: Path, here: Callable[[], Instance]) -> None:
        """`here` says at the start where this program is."""
        self._file, self._here = folder / f"{secrets.token_hex(8)}.json", here
        self._closing = contextlib.ExitStack()

    def start(self) -> None:
        """Write the file and hold it."""
        with contextlib.suppress(OSError):
            make_folder(self._file.parent)
            make_file(self._file)
            self._closing.callback(self._file.unlink, missing_ok=True)
            if handle := try_lock(self._file):
                self._closing.enter_context(handle)
            self._file.write_text(json.dumps(asdict(self._here())), encoding="utf-8")

    def close(self) -> None:
        """Remove the file."""
        self._closing.close()


def find_instance(folder: Path) -> Instance | None:
    """A program that runs; None if there is none.  What killed ones left is cleared away."""
    try:
        files = sorted(folder.glob("*.json"))
    except OSError:  # whoever may not look there has no program there
        return None
    for file in files:
        with contextlib.suppress(OSError, ValueError, TypeError):
            if handle := try_lock(file):
                with handle:
                    file.unlink()
            else:
                return Instance(**json.loads(file.read_text(encoding="utf-8")))
    return None
