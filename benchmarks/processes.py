"""Measure the cost of a tree of processes, and end it, with psutil."""

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

END_TIMEOUT = 5.0


def tree(pid: int) -> list[psutil.Process]:
    """List a process and all its descendants; nothing if it has ended."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def session(pid: int) -> list[psutil.Process]:
    """List the processes of a session that still run, even if their parents have ended."""
    members = {process.pid: process for process in tree(pid)}
    for process in psutil.process_iter():
        with contextlib.suppress(OSError):
            if os.getsid(process.pid) == pid:
                members[process.pid] = process
    return list(members.values())


def cpu_seconds(pid: int) -> float:
    """Return the user and system time of a tree so far in seconds, with children that have ended."""
    total = 0.0
    for process in tree(pid):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
            total += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return total


def cpu_seconds_each(pid: int) -> dict[int, float]:
    """Return the seconds of user and system time of each process of a tree, by process id."""
    found = {}
    for process in tree(pid):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            found[process.pid] = times.user + times.system
    return found


def memory_mb(pid: int) -> float:
    """Return the memory of a tree in MB; on Linux shared pages count once, elsewhere it is the RSS."""
    return sum(_memory(process) for process in tree(pid)) / 1e6


def _memory(process: psutil.Process) -> float:
    with contextlib.suppress(OSError):
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
        if match := re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE):
            return int(match[1]) * 1024
    with contextlib.suppress(psutil.Error):
        return float(process.memory_info().rss)
    return 0.0


def end(processes: Sequence[psutil.Process]) -> None:
    """Kill those processes that still run."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, timeout=END_TIMEOUT)


def cores() -> list[int]:
    """List the cores that this process may use; all cores if the system does not say."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def can_pin() -> bool:
    """Tell whether a server can have one core, and the load another."""
    return hasattr(os, "sched_setaffinity") and len(cores()) > 1


def machine_seconds() -> float:
    """Return the processor time of all cores and all programs so far, in seconds."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


def busy_share(seconds: float = 1.0) -> float:
    """Wait for `seconds`; return the share of the cores, 0 to 1, that other work used meanwhile."""
    return float(psutil.cpu_percent(interval=seconds)) / 100


@contextlib.contextmanager
def started_on(chosen: Sequence[int]) -> Iterator[None]:
    """Start the processes of this block on the chosen cores alone; on any if none are chosen."""
    if not chosen:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, chosen)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
