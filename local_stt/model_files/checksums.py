"""Note the checksums of a model's files after its download, and compare them later."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .disk import digest
from .folders import STATIC
from .languages import canonical

MANIFEST = ".local_stt-manifest.json"
"""The file of a downloaded model with the SHA-256 of each of its files, and its language"""


def note_checksums(folder: Path, language: str = "") -> None:
    """Write the manifest of a model that was just unpacked; `language` is its code in the list."""
    (folder / MANIFEST).unlink(missing_ok=True)  # only our own counts
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not _is_of_static(folder, path))
    checksums = {path.relative_to(folder).as_posix(): digest(path, "sha256") for path in files}
    manifest = {"language": language, "sha256": checksums}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def noted_language(folder: Path) -> str:
    """Return the language that was noted when the model was downloaded; empty if none was."""
    try:
        language = _manifest(folder).get("language", "")
    except (OSError, ValueError):
        return ""
    return canonical(language) if isinstance(language, str) else ""


def noted_checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file; nothing without a manifest.  Raises `OSError` or `ValueError`."""
    if not (folder / MANIFEST).exists():
        return {}
    checksums = _manifest(folder).get("sha256")
    if not isinstance(checksums, dict):
        raise ValueError("it holds no checksums")
    return {str(file): str(checksum) for file, checksum in checksums.items()}


def _is_of_static(folder: Path, file: Path) -> bool:
    """Tell whether a file belongs to a static graph, which may be added and deleted later."""
    return file.relative_to(folder).parts[0] == STATIC


def _manifest(folder: Path) -> dict[str, Any]:
    """Read a manifest; one that is no JSON object counts as empty.  Raises `OSError` or `ValueError`."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return manifest if isinstance(manifest, dict) else {}


def changed(folder: Path, noted: Mapping[str, str]) -> list[str]:
    """Compare files with their noted checksums; return faults as half sentences."""
    return [fault for file, checksum in noted.items() if (fault := _fault(folder, file, checksum))]


def _fault(folder: Path, file: str, checksum: str) -> str | None:
    try:
        same = digest(folder / file, "sha256") == checksum
    except FileNotFoundError:
        return f"{file} is missing"
    except OSError as error:
        return f"{file} cannot be read ({error.strerror})"
    return None if same else f"{file} has changed since it was downloaded"
