"""End a process together with its parent, even if that is killed.

    python parent.py PID PROGRAM ARGUMENT …

runs a program that ends with process PID, its parent.  `subprocess` can call a function in the new process
instead, but then loses an exception that a signal raises meanwhile.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent ends: on Linux only, see `prctl(2)`.

    The signal comes when the parent's *thread* ends that started this process: see `start_from_own_thread`.
    It does not come to a process that is stopped before it gets here, while Python starts.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it ended before that, and no signal will come
            os._exit(1)


def ends_with_this(*command: str) -> list[str]:
    """Return the command that runs a program and ends it with this process."""
    return [sys.executable, "-S", str(Path(__file__).absolute()), str(os.getpid()), *command]


def ending_with_this() -> str:
    """Return the first statements of a Python program that must end with this process."""
    return f"from {__name__} import die_with_parent; die_with_parent({os.getpid()}); "


def start_from_own_thread(command: Sequence[str], **options: Any) -> "subprocess.Popen[bytes]":
    """Start a process from a thread that lives as long as the process, so that it may `die_with_parent`.

    `options` are those of `subprocess.Popen`.  Raises what that raises.
    """
    outcome: SimpleQueue[subprocess.Popen[bytes] | Exception] = SimpleQueue()

    def start() -> None:
        try:
            process = subprocess.Popen(command, **options)
        except Exception as error:  # noqa: BLE001  (it is raised where the process is wanted)
            outcome.put(error)
        else:
            outcome.put(process)
            process.wait()

    threading.Thread(target=start, daemon=True).start()
    started = outcome.get()
    if isinstance(started, Exception):
        raise started
    return started


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606
