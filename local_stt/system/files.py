"""Look for files and folders without errors.

These return False where a path is impossible or may not be looked at; Path's own methods raise there.
"""

import os.path
import stat
from pathlib import Path


def is_file(path: Path) -> bool:
    """Tell whether there is a file."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder."""
    return os.path.isdir(path)  # noqa: PTH112


def is_pipe(path: Path) -> bool:
    """Tell whether there is a named pipe."""
    try:
        return stat.S_ISFIFO(os.stat(path).st_mode)  # noqa: PTH116
    except (OSError, ValueError):
        return False


def exists(path: Path) -> bool:
    """Tell whether there is a file, a folder or anything else."""
    return os.path.exists(path)  # noqa: PTH110


def listed(folder: Path, pattern: str) -> list[Path]:
    """Return the files of a folder that match a pattern, sorted; none if it may not be looked at."""
    try:
        return sorted(folder.glob(pattern))
    except OSError:
        return []
