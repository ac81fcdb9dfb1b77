"""Measure the memory that this process may still take, by the machine and by its control groups.

The files are those of `proc_meminfo(5)` and of the kernel's cgroup-v1 and cgroup-v2 documents.
"""

import math
from pathlib import Path

from .control_groups import group_folders, read

NO_LIMIT = math.inf

_FILES = (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes"))
"""Files with a group's limit and its usage in bytes: of version 2 and of version 1"""


def free_memory(root: Path = Path("/")) -> float:
    """Return the bytes that can still be taken; `NO_LIMIT` where that cannot be found out.

    Memory that only caches files counts as free.  `root` is the folder of /proc and /sys.
    """
    return min([_of_machine(root), *map(_of_group, group_folders("memory", root))])


def _of_machine(root: Path) -> float:
    sizes = _table(read(root / "proc/meminfo"))  # kB
    if "MemAvailable:" not in sizes:
        return NO_LIMIT
    return 1024 * (sizes["MemAvailable:"] + sizes.get("SwapFree:", 0))


def _of_group(folder: Path) -> float:
    sizes = _table(read(folder / "memory.stat"))
    cached = sizes.get("total_inactive_file", sizes.get("inactive_file", 0))
    for limit, usage in _FILES:
        try:
            return max(0, int(read(folder / limit)) - int(read(folder / usage)) + cached)
        except ValueError:  # no such file, or "max"
            continue
    return NO_LIMIT


def _table(text: str) -> dict[str, int]:
    """Parse lines of a name and a number."""
    rows = [line.split() for line in text.splitlines()]
    return {row[0]: int(row[1]) for row in rows if len(row) > 1 and row[1].isdecimal()}
