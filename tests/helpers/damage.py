"""Databases that are damaged."""

import os
import tempfile
from functools import cache
from pathlib import Path

from helpers.events import save_call
from local_stt.store import open_store

PAGE = 4096


def filled(folder, calls=40):
    """Make a database with calls; return its file."""
    folder.mkdir(exist_ok=True)
    file = folder / "calls.sqlite3"
    file.write_bytes(_database(calls))
    return file


@cache
def _database(calls):
    """Return the bytes of a database with calls, which takes a second to make."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder))
        for number in range(calls):
            said = [f"this is sentence {each} of call {number}" for each in range(10)]
            save_call(store, f"CA{number}", *said, at=1000 * number)
        store.close()
        return Path(folder, "calls.sqlite3").read_bytes()


def pages_zeroed(file):
    """Overwrite every second page."""
    content = bytearray(file.read_bytes())
    for page in range(5, len(content) // PAGE, 2):
        content[page * PAGE : (page + 1) * PAGE] = b"\xa5" * PAGE
    file.write_bytes(content)


def half(file):
    """Cut off the second half."""
    os.truncate(file, file.stat().st_size // 2 // PAGE * PAGE)


def header_broken(file):
    """Flip a bit of the header."""
    content = bytearray(file.read_bytes())
    content[3] ^= 4
    file.write_bytes(content)


def text_in_its_place(file):
    """Put a text in the place of a database."""
    file.write_text("my own notes, which are longer than a header would be. " * 10)


def empty_in_its_place(file):
    """Leave an empty file."""
    file.write_bytes(b"")
