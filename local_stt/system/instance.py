"""Find the program that runs on this machine, by a file that it locks.

The file has its address and token, so only this user may read it.
"""

import contextlib
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from .file_lock import try_lock
from .files import listed
from .parts import Part
from .private import make_file, make_folder


@dataclass(frozen=True, slots=True)
class Instance:
    """A running program, as other commands reach it."""

    url: str
    """Its address on this machine, such as `http://127.0.0.1:8080`"""
    token: str


class Presence(Part):
    """Lets other commands find this program.

    If the folder cannot be written, they do not find it, and the program runs all the same.
    """

    def __init__(self, folder: Path, here: Callable[[], Instance]) -> None:
        """Choose a file in `folder`.  `start` calls `here` for this program's address."""
        self._file, self._here = folder / f"{secrets.token_hex(8)}.json", here
        self._closing = contextlib.ExitStack()

    def start(self) -> None:
        """Write the file and lock it."""
        with contextlib.suppress(OSError):
            make_folder(self._file.parent)
            _clear(self._file.parent)
            make_file(self._file)
            self._closing.callback(self._file.unlink, missing_ok=True)
            if handle := try_lock(self._file):
                self._closing.enter_context(handle)
            self._file.write_text(json.dumps(asdict(self._here())), encoding="utf-8")

    def close(self) -> None:
        """Remove the file."""
        self._closing.close()


def find_instance(folder: Path) -> Instance | None:
    """Return a running program; None if there is none.  Files of killed programs are left to `Presence`."""
    for file in listed(folder, "*.json"):
        with contextlib.suppress(OSError, ValueError, TypeError):
            if handle := try_lock(file):
                handle.close()
            else:
                return Instance(**json.loads(file.read_text(encoding="utf-8")))
    return None


def _clear(folder: Path) -> None:
    """Delete the files of killed programs, whose locks are gone."""
    for file in listed(folder, "*.json"):
        with contextlib.suppress(OSError):
            if handle := try_lock(file):
                with handle:
                    file.unlink()
