"""How much processor time this process may use: by affinity, and by the quota of its control groups.

Formats: `proc_pid_mountinfo(5)`, `cgroups(7)`, and the kernel's cgroup-v2 and sched-bwc documents.
"""

import contextlib
import math
import os
from collections.abc import Iterator
from pathlib import Path

NO_LIMIT = math.inf


def cores() -> int:
    """Count the processes that can be busy at once; of a part of a core there is one."""
    return max(1, math.ceil(core_share()))


def core_share() -> float:
    """Return how many cores' worth of time this process may take, which may be a fraction."""
    return min(_allowed_cores(), quota())


def quota(root: Path = Path("/")) -> float:
    """Return the tightest quota of the control groups this process is in, in cores; `NO_LIMIT` for none.

    Groups are nested: the quota of each group above counts as well.  `root` is where /proc and /sys are.
    """
    groups = _read(root / "proc/self/cgroup")
    mounts = _read(root / "proc/self/mountinfo")
    limits = [
        _limit(folder)
        for mount, group in group_folders(groups, mounts)
        for folder in _upwards(root, mount, group)
    ]
    return min(limits, default=NO_LIMIT)


def group_folders(groups: str, mounts: str) -> Iterator[tuple[str, str]]:
    """Yield where hierarchies that can hold a quota are mounted, and the path of this process's group there.

    `groups` is the text of /proc/self/cgroup, `mounts` that of /proc/self/mountinfo.
    """
    version_2, version_1 = _paths(groups)
    for line in mounts.splitlines():
        fields, _, filesystem = line.partition(" - ")
        kind, _, options = (*filesystem.split(" "), "", "")[:3]
        top, mount = fields.split(" ")[3:5]
        if kind == "cgroup2" and version_2 is not None:
            yield mount, _below(version_2, top)
        elif kind == "cgroup" and version_1 is not None and "cpu" in options.split(","):
            yield mount, _below(version_1, top)


def _paths(groups: str) -> tuple[str | None, str | None]:
    """The paths of this process's groups in the hierarchy of version 2, and in version 1's for processors."""
    version_2 = version_1 = None
    for line in groups.splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0" and not controllers:
            version_2 = path
        elif "cpu" in controllers.split(","):
            version_1 = path
    return version_2, version_1


def _below(path: str, top: str) -> str:
    """The path of a group below a mount that shows the hierarchy from `top` on.

    A container may see only its own group, as the mount's top, while its path is still the whole one.
    """
    if top != "/" and (path == top or path.startswith(f"{top}/")):
        return path.removeprefix(top).strip("/")
    return path.strip("/") if top == "/" else ""


def _upwards(root: Path, mount: str, group: str) -> Iterator[Path]:
    """The folders of a group and of all above it."""
    top = root / mount.strip("/")
    parts = [part for part in group.split("/") if part]
    for count in range(len(parts), -1, -1):
        yield top.joinpath(*parts[:count])


def _limit(folder: Path) -> float:
    """The quota of one group, in cores."""
    with contextlib.suppress(ValueError, ZeroDivisionError):
        if version_2 := _read(folder / "cpu.max").split():
            return int(version_2[0]) / int(version_2[1])
        quota, period = _read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")
        if int(quota) > 0:  # -1 is none
            return int(quota) / int(period)
    return NO_LIMIT


def _read(path: Path) -> str:
    """The text of a file; empty where there is none, as on other systems."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _allowed_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
