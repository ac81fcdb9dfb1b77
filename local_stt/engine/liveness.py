"""Tell a process that hangs from one that gets no processor.

The clock alone cannot tell: on a busy machine a healthy process may get no processor for seconds.
"""

import os
from dataclasses import dataclass
from pathlib import Path

_STARVED = "RD"
"""States of a process that runs or could run: `R` runs or waits for a processor, `D` waits for a disk"""


@dataclass(frozen=True, slots=True)
class Usage:
    """Processor time and state of a process."""

    cpu: float = 0.0
    """Processor time so far, in seconds"""
    is_starved: bool = False
    """Whether it runs, or would run if it got a processor or its disk answered"""


def usage_of(pid: int) -> Usage:
    """Look up the usage of a process.  Where there is no /proc it is not known, and only the clock counts.

    https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return Usage()
    state, *numbers = stat.rpartition(")")[2].split()
    ticks = int(numbers[10]) + int(numbers[11])  # in user mode, and in the kernel
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), state in _STARVED)


class Watch:
    """Watches one process through its tasks."""

    def __init__(self) -> None:
        self._task = 0.0
        self._cpu_before = self._cpu = 0.0  # seconds, before the task and when last looked
        self._blocked = 0.0  # seconds seen in which it neither ran nor would have
        self._looked_at = 0.0

    def hangs(self, task: float, usage: Usage, now: float, timeout: float) -> bool:
        """Tell whether a process has used, or been blocked for, more than `timeout` seconds at one task.

        `task` is the time at which the task began, which identifies it; 0 for none.  Call this regularly: a
        long time between two calls shows that the machine is busy, and says nothing about the process.
        """
        if task != self._task:
            self._task, self._cpu_before, self._blocked = task, usage.cpu, 0.0
        elif usage.is_starved or usage.cpu > self._cpu:
            self._blocked = 0.0
        else:
            self._blocked += min(now - self._looked_at, timeout / 5)
        self._cpu, self._looked_at = usage.cpu, now
        return bool(task) and max(usage.cpu - self._cpu_before, self._blocked) > timeout
