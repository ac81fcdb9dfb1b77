"""Keep a part of every disk free for the calls and the store that are written to it meanwhile."""

import errno
import io
import math
import os
import tempfile
from pathlib import Path
from typing import Any

RESERVE = 500_000_000
"""Bytes: eight hours of a recorded call"""

SHARE = 10
"""The reserve is at most 1/SHARE of a disk, as small disks need room for files too"""


def spare_bytes(place: Path | int) -> float:
    """Return the bytes that may be written before only the reserve is free.

    `place` is a path on the disk or the descriptor of a file on it.  For a disk that does not say its size
    the result is infinite.  Raises `OSError`.
    """
    disk = os.statvfs(place)
    if not disk.f_blocks:
        return math.inf
    return disk.f_bavail * disk.f_frsize - min(RESERVE, disk.f_blocks * disk.f_frsize // SHARE)


class SparingFile(io.FileIO):
    """An unbuffered file that leaves the reserve free."""

    def require_room(self, need: int) -> None:
        """Raise `OSError` if `need` more bytes would leave less than the reserve."""
        if need > spare_bytes(self.fileno()):
            raise OSError(errno.ENOSPC, f"the last {RESERVE / 1e6:.0f} MB of the disk are left to calls")

    def write(self, data: Any) -> int:
        """Write all of `data`, or raise `OSError`."""
        left = memoryview(data)
        self.require_room(left.nbytes)
        while left:
            left = left[super().write(left) or 0 :]
        return len(data)


def temporary_file(folder: Path | None = None) -> SparingFile:
    """Open a file without a name, in `folder` or in the system's temporary folder.  Raises `OSError`."""
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        return SparingFile(os.dup(file.fileno()), "r+b")
