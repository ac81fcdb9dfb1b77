"""Record processes that would outlive this program if it is killed, so that the next start ends them.

A note is a file with the process id as its name, locked by the program that started the process.  A note
without a lock is about a process that nobody needs.
"""

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from .file_lock import try_lock
from .files import listed
from .private import make_folder

logger = logging.getLogger(__name__)

END_TIMEOUT = 5.0


@contextlib.contextmanager
def tracked(pid: int, folder: Path) -> Iterator[None]:
    """Keep a note of a process in `folder` during the block; log a warning if that cannot be written."""
    with contextlib.ExitStack() as stack:
        try:
            make_folder(folder)
            file = folder / str(pid)
            if note := try_lock(file):
                stack.enter_context(note)
                stack.callback(_forget, file)
                note.truncate(0)
                note.write(_identity(pid))
                note.flush()
        except OSError as error:
            logger.warning(
                "Process %d cannot be noted in %s (%s): should this program be killed, the process stays.",
                pid,
                folder,
                error.strerror,
            )
        yield


def end_orphans(folder: Path) -> list[int]:
    """End the processes that a program noted which has ended itself; return their ids."""
    ended = []
    for file in listed(folder, "[0-9]*"):
        try:
            if (note := try_lock(file)) is None:
                continue
            with note:
                pid, identity = int(file.name), file.read_text(encoding="utf-8")
                if identity and identity == _identity(pid) and _end(pid, identity):
                    ended.append(pid)
                file.unlink()
        except (OSError, ValueError) as error:
            logger.warning("%s cannot be read and is ignored: %s", file, error)
    return ended


def _end(pid: int, identity: str) -> bool:
    for signum in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, signum)
        except OSError:  # it has ended by itself, or is not ours
            return False
        deadline = time.monotonic() + END_TIMEOUT
        while time.monotonic() < deadline:
            if _identity(pid) != identity:
                return True
            time.sleep(0.05)
    return False


def _identity(pid: int) -> str:
    """Return what distinguishes a process from a later one with the same id: the boot, and its start time.

    Returns an empty string if there is no such process, or only a zombie.  The command is no part of it, as
    Linux has none for a moment while a process starts its program.  See proc_pid_stat(5).
    """
    try:
        if not Path("/proc/self").exists():  # macOS
            return _listed(pid)
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
    state, began = stat[0], stat[19]
    return "" if state in "ZX" else f"{boot} {pid} {began}"


def _listed(pid: int) -> str:
    asked = ["/bin/ps", "-p", str(pid), "-o", "lstart=", "-o", "command="]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def _forget(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()
