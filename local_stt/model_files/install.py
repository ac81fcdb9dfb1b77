"""Install a model in the models folder, completely or not at all.

The work is done beside it under hidden names: `.NAME.zip.part` or `.NAME.tar.bz2.part` (kept if a download
breaks off, and continued by the next one), `.NAME.unpacking-PID` and `.NAME.lock`.
"""

import errno
import os
import shutil
from pathlib import Path

from ..errors import DownloadError
from .archive import unpack
from .catalogue import ListedModel
from .checksums import note_checksums
from .disk import megabytes, require_room
from .download import Report, require_promised, transfer, useful_bytes
from .folders import are_missing, missing_files, refusing_unreadable, require_model
from .http import NetworkError
from .lock import lock
from .punctuation import missing_punctuation_files

_ROOM = 3
"""Free space that is needed, as a multiple of the archive: itself, and the model, less than twice as large"""


def download(model: ListedModel, models_dir: Path, *, progress: Report) -> Path:
    """Fetch, check and unpack a model; return its folder `models_dir/NAME`.

    Returns at once if the model is there already.  Raises `DownloadError`.  That leaves nothing behind,
    except if the network failed: then the next call continues where this one stopped.
    """
    target = models_dir / model.name
    try:
        if _in_place(model, target):
            return target
        models_dir.mkdir(parents=True, exist_ok=True)
        with lock(models_dir / f".{model.name}.lock", model.name):
            if not _in_place(model, target):  # another process may just have finished
                _bring(model, target, progress)
    except OSError as error:
        raise DownloadError(_unwritable(model, models_dir, error)) from error
    return target if model.is_for_punctuation else require_model(target)


def _in_place(model: ListedModel, target: Path) -> bool:
    if not target.exists() and not target.is_symlink():
        return False
    with refusing_unreadable(target):
        if not _missing(model, target):
            return True
    kind = "punctuation" if model.is_for_punctuation else "Vosk"
    raise DownloadError(f"{target} is not a whole {kind} model: move it away, then download again.")


def _missing(model: ListedModel, folder: Path) -> list[str]:
    """List the files that a folder lacks to be a model of its kind."""
    return missing_punctuation_files(folder) if model.is_for_punctuation else missing_files(folder)


def _bring(model: ListedModel, target: Path, progress: Report) -> None:
    packing = "tar.bz2" if model.url.endswith(".tar.bz2") else "zip"
    part = target.with_name(f".{target.name}.{packing}.part")
    require_room(model.name, target.parent, _ROOM * model.size - useful_bytes(model, part))
    try:
        transfer(model, part, progress)
        require_promised(model, part)
        _put_in_place(model, part, target)
    except NetworkError:
        raise
    except Exception:
        part.unlink(missing_ok=True)
        raise
    part.unlink()


def _put_in_place(listed: ListedModel, part: Path, target: Path) -> None:
    """Unpack beside `target`, and move it there in one step if it is a model."""
    name = listed.name
    for abandoned in target.parent.glob(f".{name}.unpacking-*"):
        shutil.rmtree(abandoned)  # by a process that was killed: the lock is ours
    folder = target.with_name(f".{name}.unpacking-{os.getpid()}")
    try:
        unpack(name, part, folder)
        model = _top_folder(folder)
        if missing := _missing(listed, model):
            kind = "punctuation" if listed.is_for_punctuation else "speech"
            raise DownloadError(f"The archive of {name} is not a {kind} model: {are_missing(missing)}.")
        note_checksums(model, listed.lang)
        model.rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _top_folder(folder: Path) -> Path:
    """Return the one folder in an official archive; an archive without one is the model itself."""
    entries = list(folder.iterdir())
    return entries[0] if len(entries) == 1 and entries[0].is_dir() else folder


def _unwritable(model: ListedModel, models_dir: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk of {models_dir} is full: {model.name} needs {megabytes(_ROOM * model.size)} while "
            "it is unpacked. Make room, or choose a smaller model."
        )
    return f"{error.filename or models_dir} cannot be written ({error.strerror or error})."
