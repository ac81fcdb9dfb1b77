"""The checksums of a model's files: noted when it is downloaded, compared whenever somebody asks."""

import json
from dataclasses import dataclass
from pathlib import Path

from .disk import digest
from .folders import looks_like_model, missing_files, refusing_unreadable, require_model, visible_folders

MANIFEST = ".local_stt-manifest.json"
"""In a downloaded model: the SHA-256 of each of its files."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found.

    `problems` are half sentences; none means the model is whole.  `compared` is the number of
    files held against their checksums: 0 for a model that was not downloaded by this program,
    of which only the layout can be judged.
    """

    problems: tuple[str, ...]
    compared: int


def verify(folder: Path) -> Verdict:
    """Compare a model's files with the checksums noted when it was downloaded.

    Reads the whole model.  Raises `ModelError` when there is no such folder.
    """
    with refusing_unreadable(folder):
        if not folder.is_dir():
            require_model(folder)
        layout = [f"{file} is missing" for file in missing_files(folder)]
    try:
        noted = _noted(folder)
    except (OSError, ValueError) as error:
        return Verdict((*layout, f"{MANIFEST} cannot be read ({error})"), 0)
    faults = [fault for file, checksum in noted.items() if (fault := _fault(folder, file, checksum))]
    return Verdict(tuple(dict.fromkeys(layout + faults)), len(noted))


def verifiable(models_dir: Path) -> list[Path]:
    """The models in a folder, those included that were whole once and no longer are."""
    with refusing_unreadable(models_dir):
        return sorted(
            folder
            for folder in visible_folders(models_dir)
            if looks_like_model(folder) or (folder / MANIFEST).exists()
        )


def note_checksums(folder: Path) -> None:
    """Write the manifest of a model that has just been unpacked."""
    (folder / MANIFEST).unlink(missing_ok=True)  # only ours counts
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    checksums = {path.relative_to(folder).as_posix(): digest(path, "sha256") for path in files}
    (folder / MANIFEST).write_text(json.dumps({"sha256": checksums}, indent=1), encoding="utf-8")


def _noted(folder: Path) -> dict[str, str]:
    """The checksum of each file, none without a manifest; raises OSError or ValueError."""
    if not (folder / MANIFEST).exists():
        return {}
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    checksums = manifest.get("sha256") if isinstance(manifest, dict) else None
    if not isinstance(checksums, dict):
        raise ValueError("it holds no checksums")
    return {str(file): str(checksum) for file, checksum in checksums.items()}


def _fault(folder: Path, file: str, checksum: str) -> str | None:
    try:
        same = digest(folder / file, "sha256") == checksum
    except FileNotFoundError:
        return f"{file} is missing"
    except OSError as error:
        return f"{file} cannot be read ({error.strerror})"
    return None if same else f"{file} has changed since it was downloaded"
