"""Find out how much processor time this process may use, by affinity and by the quota of its control groups.

The files are those of the kernel's cgroup-v2 and sched-bwc documents.
"""

import contextlib
import math
import os
from pathlib import Path

from ..system.control_groups import group_folders, read

NO_LIMIT = math.inf


def cores() -> int:
    """Count the processes that can be busy at once: the share of cores, rounded up."""
    return max(1, math.ceil(core_share()))


def core_share() -> float:
    """Return the processor time that this process may use, in cores; it may be a fraction."""
    return min(_allowed_cores(), quota())


def quota(root: Path = Path("/")) -> float:
    """Return the lowest quota of this process's control groups, in cores; `NO_LIMIT` for none.

    `root` is the folder of /proc and /sys.
    """
    return min(map(_limit, group_folders("cpu", root)), default=NO_LIMIT)


def _limit(folder: Path) -> float:
    """Read the quota of one group, in cores."""
    with contextlib.suppress(ValueError, ZeroDivisionError):
        if version_2 := read(folder / "cpu.max").split():
            return int(version_2[0]) / int(version_2[1])
        quota, period = read(folder / "cpu.cfs_quota_us"), read(folder / "cpu.cfs_period_us")
        if int(quota) > 0:  # -1 is none
            return int(quota) / int(period)
    return NO_LIMIT


def _allowed_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
