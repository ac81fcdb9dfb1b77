"""Where a running program can be asked, for other commands on this machine: files that it holds.

They hold the token, and so are for nobody but this user to read.
"""

import contextlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from .file_lock import claim
from .private import make_file, make_folder


@dataclass(frozen=True, slots=True)
class Present:
    """A program that runs."""

    url: str
    """On this machine, such as `http://127.0.0.1:8080`"""
    token: str


@contextlib.contextmanager
def present(folder: Path, here: Present) -> Iterator[None]:
    """Other commands find it meanwhile.  If the folder cannot be written they do not, which is no harm."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            make_folder(folder)
            file = folder / f"{secrets.token_hex(8)}.json"
            make_file(file)
            stack.callback(file.unlink, missing_ok=True)
            if held := claim(file):
                stack.enter_context(held)
            file.write_text(json.dumps(asdict(here)), encoding="utf-8")
        yield


def find_present(folder: Path) -> Present | None:
    """A program that runs; None if there is none.  What killed ones left is cleared away."""
    try:
        files = sorted(folder.glob("*.json"))
    except OSError:  # whoever may not look there has no program there
        return None
    for file in files:
        with contextlib.suppress(OSError, ValueError, TypeError):
            if held := claim(file):
                with held:
                    file.unlink()
            else:
                return Present(**json.loads(file.read_text(encoding="utf-8")))
    return None
