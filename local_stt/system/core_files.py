"""Disable core files, so that none contains the memory of a process."""

import contextlib
import resource


def have_no_core_files() -> None:
    """Keep this process, and any that it starts, from writing a core file when it crashes.

    A core file would contain words, audio, numbers and tokens.  `PR_SET_DUMPABLE` would do more, as some
    systems pass the core to a program that may ignore the limit.  But it gives the process's files under
    /proc to root, so that the process could not open `/dev/fd`, and every `exec` resets it.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
