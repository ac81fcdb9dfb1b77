"""Unpack an archive from the internet, unless it may do harm."""

import errno
import re
import stat
import zipfile
import zlib
from collections.abc import Sequence
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
_KNOWN_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def unpack(name: str, archive: Path, folder: Path) -> None:
    """Unpack the archive of the model `name` into `folder`, which must not exist yet.

    Raises `DownloadError` for an archive that is broken, harmful or too large for the disk, and `OSError`
    if the disk fails.
    """
    try:
        with zipfile.ZipFile(archive) as zipped:
            members = zipped.infolist()
            _require_harmless(name, members, size_of(archive))
            require_room(name, folder.parent, _unpacked(members))
            folder.mkdir()
            zipped.extractall(folder)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # EINVAL means a damaged offset
            raise
        raise DownloadError(f"The archive of {name} is broken ({error}): {REMEDY}") from error


def _require_harmless(name: str, members: Sequence[zipfile.ZipInfo], packed: int) -> None:
    for member in members:
        if fault := _fault(member):
            raise DownloadError(f"The archive of {name} was refused: {member.orig_filename!r} {fault}.")
    if _unpacked(members) > _RATIO * packed + _SLACK:
        raise DownloadError(f"The archive of {name} was refused: it unpacks to far more than a model.")


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


def _unpacked(members: Sequence[zipfile.ZipInfo]) -> int:
    return sum(member.file_size for member in members)
