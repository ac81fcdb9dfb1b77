"""Files and folders that nobody but this user may read, whatever the umask.

All that holds words, audio, numbers or tokens is made here.  What the user names for output is not: it gets
the permissions of the user's umask.
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
)
"""What this program keeps in its data folder"""


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; one that is there stays as it is.

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
    """Take other users' permissions away from what this program has kept in its data folder.

    The folder itself is tightened too if there is nothing else in it: others may use it as well.
    """
    with contextlib.suppress(OSError):
        ours = {each for pattern in OURS for each in data_dir.glob(pattern)}
        for each in ours:
            tighten_all(each)
        if ours and ours == set(data_dir.iterdir()):
            _tighten(data_dir)


def tighten_all(path: Path) -> None:
    """Take other users' permissions away from a file, or from a folder and all in it."""
    _tighten(path)
    if path.is_dir() and not path.is_symlink():
        for each in path.rglob("*"):
            _tighten(each)


def exposed_by(path: Path) -> str:
    """Return the command that keeps other users from reading or changing a file; empty if they cannot.

    Of a file that is another user's we may be meant to read it by its group.
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
        for each in sorted(each for pattern in OURS for each in data_dir.glob(pattern)):
            if not each.is_symlink() and each.stat().st_mode & OTHERS:
                found.append(each)
    return found


def _tighten(path: Path) -> None:
    """Leave alone what is another user's, and file systems without permissions."""
    with contextlib.suppress(OSError):
        status = path.lstat()
        if not stat.S_ISLNK(status.st_mode) and status.st_mode & OTHERS:
            path.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)  # which is refused for another user's
