"""Ends a process with the one that started it, also when that one is killed."""

import ctypes
import os
import signal
import sys

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
