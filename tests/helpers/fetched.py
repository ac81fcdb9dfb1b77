"""What tests fetch from PyPI: once for all of them, into a folder that is whole or not there."""

import fcntl
import os
import tempfile
from pathlib import Path

import pytest


class NotFetchedError(Exception):
    """Something is neither here nor to be had."""


def cache_folder(name, variable):
    """Where it is kept; an environment variable names another folder."""
    default = Path.home() / ".cache" / "local_stt" / name
    return Path(os.environ.get(variable) or default).expanduser()


def fetched_once(folder, fetch):
    """Give a folder; if it is not there, `fetch` makes one in a working folder, which gets its name.

    Tests that run side by side wait for the first of them.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}.") as work:
                fetch(Path(work)).rename(folder)
    return folder


def go_without(error):
    """Skip a test without what it needs; in CI it fails."""
    if os.environ.get("CI"):
        pytest.fail(str(error))
    pytest.skip(str(error))
