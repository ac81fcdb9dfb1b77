"""Waiting for what other threads and processes do."""

import time
from pathlib import Path


def gone(pid):
    """Tell whether a process is dead, or as good as."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] in "ZX"
    except OSError:
        return True


def wait_until(condition, seconds=400):
    """Wait until a condition holds; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.01)
