"""Raise the number of files and connections that this process may have open."""

import contextlib
import resource

MAX_DESCRIPTORS = 65_536
"""Open files and connections; more are of no use, and macOS accepts no larger number"""


def allow_many_descriptors() -> None:
    """Raise the limit as far as this user may: a shell's usual limit is too low for hundreds of calls."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < limit:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
