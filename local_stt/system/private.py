"""Make files and folders that only this user may read, with any umask.

All files with words, audio, numbers or tokens are made here.  Only those that the user names for output are
not: they get the permissions of the user's umask.
"""

import contextlib
import os
import stat
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600
OTHERS = 0o077
READ_OR_WRITE = 0o666

OURS = (
    "calls.sqlite3*",
    "recordings",
    "uploads",
    "bad-audio",
    "servers",
    "running",
    "wired",
    "ngrok",
    "dialed.*",
    "services.*",
)
"""Files and folders of this program in its data folder"""


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; do not change one that exists.

    Raises `OSError`.
    """
    for each in (*reversed(folder.parents), folder):
        if not each.exists():
            each.mkdir(mode=FOLDER_MODE, exist_ok=True)
    if not folder.is_dir():
        raise NotADirectoryError(20, "It is no folder", str(folder))


def opener(path: str, flags: int) -> int:
    """Open a file for `open(…, opener=opener)`; a new one is private."""
    return os.open(path, flags, FILE_MODE)


def make_file(file: Path) -> None:
    """Make an empty file unless there is one.  Raises `OSError`."""
    os.close(os.open(file, os.O_CREAT | os.O_WRONLY, FILE_MODE))


def tighten(data_dir: Path) -> None:
    """Remove other users' permissions from this program's files in its data folder.

    The folder itself loses them only if there is nothing else in it, as others may use it as well.
    """
    with contextlib.suppress(OSError):
        ours = _ours(data_dir)
        for each in ours:
            tighten_all(each)
        if ours and ours == set(data_dir.iterdir()):
            _tighten(data_dir)


def tighten_all(path: Path) -> None:
    """Remove other users' permissions from a file, or from a folder and all in it."""
    _tighten(path)
    if path.is_dir() and not path.is_symlink():
        for each in path.rglob("*"):
            _tighten(each)


def exposed_by(path: Path) -> str:
    """Return the command that keeps other users from reading or changing a file; empty if they cannot.

    A file of another user's may be open to its group, as that may be how this program is meant to read it.
    """
    try:
        status = path.stat()
    except OSError:
        return ""
    is_ours = status.st_uid == os.geteuid()
    open_to = status.st_mode & READ_OR_WRITE & (OTHERS if is_ours else stat.S_IRWXO)
    if not open_to or not stat.S_ISREG(status.st_mode):
        return ""
    return f"chmod {'600' if is_ours else 'o='} {path}"


def exposed_in(data_dir: Path) -> list[Path]:
    """Return the files and folders of this program in its data folder that other users can read."""
    found = []
    with contextlib.suppress(OSError):
        for each in sorted(_ours(data_dir)):
            if not each.is_symlink() and each.stat().st_mode & OTHERS:
                found.append(each)
    return found


def _ours(data_dir: Path) -> set[Path]:
    """Return what this program has kept in its data folder.  Raises `OSError`."""
    return {each for pattern in OURS for each in data_dir.glob(pattern)}


def _tighten(path: Path) -> None:
    """Remove other users' permissions; skip files of other users and file systems without permissions."""
    with contextlib.suppress(OSError):
        status = path.lstat()
        if not stat.S_ISLNK(status.st_mode) and status.st_mode & OTHERS:
            path.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)  # refused for a file of another user's
