"""Folders and the store."""

import os
from collections.abc import Iterator
from pathlib import Path

from ..audio_store import open_audio_store
from ..config import loading
from ..config.settings import Settings
from ..store import StoreCondition, examine_store
from ..system.files import exists, is_file, is_folder
from ..system.private import exposed_in
from ..system.reserve import spare_bytes
from .findings import Level

ENV_FILE = Path(".env")


def check_folders(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Check that the data and models folders can be written, and that nobody else can read the data."""
    yield from _writable(settings.data_dir, "LOCAL_STT_DATA_DIR", Level.PROBLEM)
    yield from _writable(settings.models.folder, "LOCAL_STT_MODELS_DIR", Level.NOTE)
    if exposed := exposed_in(settings.data_dir):
        listed = ", ".join(each.name for each in exposed)
        yield (
            Level.PROBLEM,
            f"Other users of this machine can read {listed} in {settings.data_dir}: start `run` once, which "
            f"takes their permissions away, or `chmod -R go= {settings.data_dir}`.",
        )


def check_secrets(_: Settings) -> Iterator[tuple[Level, str]]:
    """Check that nobody else can read the secrets in `.env`."""
    if not is_file(ENV_FILE):
        yield Level.OK, f"There is no {ENV_FILE} in this folder; the environment alone has settings."
    elif exposed := loading.exposed_secrets(ENV_FILE):
        yield Level.PROBLEM, f"{exposed}."
    else:
        yield Level.OK, f"{ENV_FILE} is read, and no other user can read secrets in it."


def check_store(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Look at where calls are kept."""
    if not settings.storage.keep_calls:
        yield Level.OK, "Calls are not kept, as LOCAL_STT_KEEP_CALLS is no."
        return
    where, condition = examine_store(settings.data_dir, settings.storage.database_url)
    match condition:
        case StoreCondition.MISSING:
            yield Level.OK, f"There is none yet at {where}: the first command that keeps a call makes it."
        case StoreCondition.OLDER:
            yield Level.NOTE, f"{where} is of an older version: the next start brings it forward."
        case StoreCondition.CURRENT:
            yield Level.OK, f"{where} can be read."


def check_audio_store(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Look at where recordings and files that wait are kept."""
    store = open_audio_store(settings.storage.audio_store)
    if store is None:
        yield Level.OK, "Recordings and files that wait are kept in the data folder."
        return
    store.check()
    yield Level.OK, f"{store.place} answers."


def _unwritable(folder: Path, existing: Path, variable: str) -> str:
    if not is_folder(existing):
        return f"{existing} is no folder: set {variable} to one."
    how = "be written" if existing == folder else f"be made, as {existing} cannot be written"
    return f"{folder} cannot {how}: set {variable} to a folder that can."


def _writable(folder: Path, variable: str, level: Level) -> Iterator[tuple[Level, str]]:
    existing = next(each for each in (folder, *folder.absolute().parents) if exists(each))
    if not is_folder(existing) or not os.access(existing, os.W_OK | os.X_OK):
        yield (
            level,
            _unwritable(folder, existing, variable),
        )
    elif (spare := spare_bytes(existing)) <= 0:
        yield Level.PROBLEM, f"The disk of {folder} is nearly full: make room, or set {variable} to another."
    else:
        yield Level.OK, f"{folder} can be written, and {spare / 1e9:,.1f} GB are free for it."
