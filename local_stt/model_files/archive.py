"""Unpack an archive from the internet, unless it may do harm."""

import errno
import re
import shutil
import stat
import tarfile
import zipfile
import zlib
from pathlib import Path

from ..errors import DownloadError
from .disk import require_room, size_of
from .http import REMEDY

# Models unpack to less than twice their archive, zip bombs to a thousand times.
_RATIO = 20
_SLACK = 100_000_000
"""Bytes that any archive may unpack to"""

# Absolute, a drive or a stream, a backslash, a control character, or a step up.
_UNSAFE_PATH = re.compile(r"^/|[\\:\x00-\x1f]|(^|/)\.\.(/|$)")
_PLAIN_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)
_BZIP2 = b"BZh"
"""The beginning of a file that bzip2 made"""
_KNOWN_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    NotImplementedError,
    ValueError,
    OSError,  # bzip2's have no number; EINVAL means a damaged offset
)
"""What a broken archive raises"""


def unpack(name: str, archive: Path, folder: Path) -> None:
    """Unpack the archive of the model `name`, a zip or tar.bz2, into `folder`, which must not exist yet.

    Raises `DownloadError` for an archive that is broken, harmful or too large for the disk, and `OSError`
    if the disk fails.
    """
    with archive.open("rb") as file:
        is_tar = file.read(len(_BZIP2)) == _BZIP2
    try:
        (_unpack_tar if is_tar else _unpack_zip)(name, archive, folder)
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):  # of the disk
            raise
        raise DownloadError(f"The archive of {name} is broken ({error}): {REMEDY}") from error


def _unpack_zip(name: str, archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as zipped:
        members = zipped.infolist()
        for member in members:
            _refuse(name, member.orig_filename, _fault(member))
        _make(name, folder, archive, sum(member.file_size for member in members))
        for member in members:
            zipped.extract(member, folder)


def _unpack_tar(name: str, archive: Path, folder: Path) -> None:
    with tarfile.open(archive, "r:bz2") as tar:
        members = tar.getmembers()
        for member in members:
            _refuse(name, member.name, _fault_in_tar(member))
        _make(name, folder, archive, sum(member.size for member in members))
        for member in members:
            if content := tar.extractfile(member):  # a folder has none
                file = folder / member.name
                file.parent.mkdir(parents=True, exist_ok=True)
                with content, file.open("wb") as unpacked:
                    shutil.copyfileobj(content, unpacked)


def _refuse(name: str, member: str, fault: str | None) -> None:
    if fault:
        raise DownloadError(f"The archive of {name} was refused: {member!r} {fault}.")


def _make(name: str, folder: Path, archive: Path, unpacked: int) -> None:
    """Make the folder, if what is unpacked into it is not too large."""
    if unpacked > _RATIO * size_of(archive) + _SLACK:
        raise DownloadError(f"The archive of {name} was refused: it unpacks to far more than a model.")
    require_room(name, folder.parent, unpacked)
    folder.mkdir()


def _fault(member: zipfile.ZipInfo) -> str | None:
    """Say what is wrong with an entry; check its original name, as zipfile cleans `filename`."""
    if _UNSAFE_PATH.search(member.orig_filename):
        return "leads out of its folder"
    if stat.S_IFMT(member.external_attr >> 16) not in _PLAIN_KINDS:
        return "is a link or a device"
    if member.flag_bits & 1:
        return "is encrypted"
    if member.compress_type not in _KNOWN_COMPRESSION:
        return "is compressed in an unknown way"
    return None


def _fault_in_tar(member: tarfile.TarInfo) -> str | None:
    if _UNSAFE_PATH.search(member.name):
        return "leads out of its folder"
    return None if member.isreg() or member.isdir() else "is a link or a device"
