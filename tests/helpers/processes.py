"""Processes that a program has started, any of which may end at any moment."""

import contextlib

import psutil


def children_of(pid, command=""):
    """List all that a process has started, and what these have started, whose command contains `command`."""
    found = []
    with contextlib.suppress(psutil.NoSuchProcess):
        for each in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                found += [each] if command in " ".join(each.cmdline()) else []
    return found


def kill_all(process):
    """Kill a process, and all that it has started."""
    for each in (*children_of(process.pid), process):
        with contextlib.suppress(psutil.NoSuchProcess):
            each.kill()
