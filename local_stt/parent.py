"""Ends a process with the one that started it, also when that one is killed.

    python parent.py PID PROGRAM ARGUMENT …

runs a program that ends with process PID, its parent.  `subprocess` can have a function called in the new
process instead, but then forgets an exception that a signal raises meanwhile.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Have this process killed when its parent ends: Linux only, see `prctl(2)`.

    The signal comes when the parent's *thread* that started this process ends, so start it from a thread
    that stays.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it has ended before that, and no signal will come
            os._exit(1)


def ends_with_this(*command: str) -> list[str]:
    """Return the command that runs a program which ends with this process."""
    return [sys.executable, "-S", str(Path(__file__).absolute()), str(os.getpid()), *command]


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606
