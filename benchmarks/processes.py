"""What a tree of processes costs, and how it is ended.  psutil lives here."""

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil

END_TIMEOUT = 5.0


def tree(pid: int) -> list[psutil.Process]:
    """A process and all below it; empty when it is gone."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def session(pid: int) -> list[psutil.Process]:
    """All that a session's leader has started and that still runs, even if those between have died."""
    members = {process.pid: process for process in tree(pid)}
    for process in psutil.process_iter():
        with contextlib.suppress(OSError):
            if os.getsid(process.pid) == pid:
                members[process.pid] = process
    return list(members.values())


def cpu_seconds(pid: int) -> float:
    """User and system time of a tree so far, children that have died included."""
    total = 0.0
    for process in tree(pid):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
            total += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return total


def cpu_seconds_each(pid: int) -> dict[int, float]:
    """User and system time so far of each process of a tree, without those that have died."""
    found = {}
    for process in tree(pid):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            found[process.pid] = times.user + times.system
    return found


def memory_mb(pid: int) -> float:
    """Memory of a tree in MB, pages that several processes share counted once (Linux; elsewhere RSS)."""
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
    """Kill whatever of them still runs."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, timeout=END_TIMEOUT)


def cores() -> list[int]:
    """The cores this process may use; where the system does not tell, as many numbers as there are."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def can_pin() -> bool:
    """Whether a server can have one core, and the load another."""
    return hasattr(os, "sched_setaffinity") and len(cores()) > 1


def machine_seconds() -> float:
    """What all cores have worked so far, for whomever."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


def busy_share(seconds: float = 1.0) -> float:
    """Share of the machine's cores, 0 to 1, that other work keeps busy while this process waits."""
    return float(psutil.cpu_percent(interval=seconds)) / 100


@contextlib.contextmanager
def started_on(chosen: Sequence[int]) -> Iterator[None]:
    """Processes started in this block run on these cores alone; all, if none are named."""
    if not chosen:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, chosen)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
