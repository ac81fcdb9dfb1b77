"""Bound the resources of a process that reads a stranger's file."""

import contextlib
import resource

from ..system.core_files import have_no_core_files

MAX_MEMORY = 2**30
"""Bytes of address space; the libraries take a third of that, and hardly any memory"""

CPU_SECONDS = 60
"""Seconds of processor time until the next sign of life"""

GLANCE_SECONDS = 3
"""Seconds of processor time to look at a file's beginning, for this process and for one that it starts"""


def set_limits() -> None:
    """Set the limits of this process, as far as the system has them; its children inherit them."""
    have_no_core_files()
    for what, limit in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (limit, resource.getrlimit(what)[1]))
    allow_more_work()


def allow_more_work() -> None:
    """Allow this process another minute of processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))


def allow_a_glance() -> None:
    """Allow this process, and any that it starts, a few seconds of processor time; `SIGXCPU` ends them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + GLANCE_SECONDS
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, soft + 1))
