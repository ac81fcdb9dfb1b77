"""Keeps what is in memory out of core files."""

import contextlib
import resource


def have_no_core_files() -> None:
    """Have this process, and those that it starts, leave no core file when they crash.

    One would hold words, audio, numbers and tokens.  `PR_SET_DUMPABLE` would do more, as some systems have a
    program of their own take the core, which need not heed the limit.  But it gives the files of the process
    under /proc to root, so that it could not open `/dev/fd`, and it ends with every `exec`.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
