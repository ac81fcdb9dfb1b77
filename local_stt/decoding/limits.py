"""Bound what a process that reads a stranger's file may use."""

import contextlib
import resource

from ..system.core_files import have_no_core_files

MAX_MEMORY = 2**30
"""Bytes of addresses; the libraries take a third of that, and hardly any memory"""

CPU_SECONDS = 60
"""Of work after which there must have been a sign of life"""

GLANCE_SECONDS = 3
"""Of work in which a file's beginning is looked at, by this process and by one that it starts"""


def set_limits() -> None:
    """Set the limits of this process, as far as the system has them.  They are inherited."""
    have_no_core_files()
    for what, limit in ((resource.RLIMIT_AS, MAX_MEMORY), (resource.RLIMIT_FSIZE, 0)):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (limit, resource.getrlimit(what)[1]))
    allow_more_work()


def allow_more_work() -> None:
    """Let this process work for another minute."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + CPU_SECONDS
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))


def allow_a_glance() -> None:
    """Let this process work for a few seconds more, and what it starts as well; `SIGXCPU` ends them then."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + GLANCE_SECONDS
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, soft + 1))
