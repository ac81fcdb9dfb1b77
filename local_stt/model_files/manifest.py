"""The checksums of a model's files: noted when it is downloaded, compared whenever somebody asks."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .disk import digest
from .folders import looks_like_model, missing_files, require_model, visible_folders
from .languages import canonical

MANIFEST = ".local_stt-manifest.json"
"""In a downloaded model: the SHA-256 of each of its files, and its language."""


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
    return sorted(
        folder
        for folder in visible_folders(models_dir)
        if looks_like_model(folder) or (folder / MANIFEST).exists()
    )


def note_checksums(folder: Path, language: str = "") -> None:
    """Write the manifest of a model that has just been unpacked; `language` is what the list has for it."""
    (folder / MANIFEST).unlink(missing_ok=True)  # only ours counts
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    checksums = {path.relative_to(folder).as_posix(): digest(path, "sha256") for path in files}
    manifest = {"language": language, "sha256": checksums}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def noted_language(folder: Path) -> str:
    """Give the language that was noted when the model was downloaded; empty if none was."""
    try:
        language = _manifest(folder).get("language", "")
    except (OSError, ValueError):
        return ""
    return canonical(language) if isinstance(language, str) else ""


def _noted(folder: Path) -> dict[str, str]:
    """The checksum of each file, none without a manifest; raises OSError or ValueError."""
    if not (folder / MANIFEST).exists():
        return {}
    checksums = _manifest(folder).get("sha256")
    if not isinstance(checksums, dict):
        raise ValueError("it holds no checksums")
    return {str(file): str(checksum) for file, checksum in checksums.items()}


def _manifest(folder: Path) -> dict[str, Any]:
    """Read a manifest; one that is no JSON object is as good as empty.  Raises OSError or ValueError."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest if isinstance(manifest, dict) else {}


def _fault(folder: Path, file: str, checksum: str) -> str | None:
    try:
        same = digest(folder / file, "sha256") == checksum
    except FileNotFoundError:
        return f"{file} is missing"
    except OSError as error:
        return f"{file} cannot be read ({error.strerror})"
    return None if same else f"{file} has changed since it was downloaded"
