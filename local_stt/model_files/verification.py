"""Verify that a model on this disk is complete, as far as its files can tell."""

from dataclasses import dataclass
from pathlib import Path

from .checksums import MANIFEST, changed, noted_checksums
from .folders import looks_like_model, missing_files, refusing_unreadable, require_model, visible_folders
from .punctuation import is_for_punctuation, missing_punctuation_files
from .static_graph import faults_of_static
from .structure import faults


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of `verify`.

    `problems` are half sentences; if there are none, nothing is wrong that can be seen without loading the
    model.  `static_problems` are those of its static graph.  `compared` is the number of files that were
    compared with their checksums.  It is 0 for a model that this program did not download, where only the
    structure can be checked.
    """

    problems: tuple[str, ...]
    compared: int
    static_problems: tuple[str, ...] = ()


def verify(folder: Path) -> Verdict:
    """Check a model's files, and compare them with the checksums from its download.

    Reads the whole model.  Raises `ModelError` if there is no such folder, or it cannot be read.
    """
    with refusing_unreadable(folder):
        if not folder.is_dir():
            require_model(folder)
        seen, of_static = _of_punctuation(folder) if is_for_punctuation(folder) else _of_speech(folder)
    try:
        noted = noted_checksums(folder)
    except (OSError, ValueError) as error:
        return Verdict((*seen, f"{MANIFEST} cannot be read ({error})"), 0, of_static)
    return Verdict(tuple(dict.fromkeys(seen + changed(folder, noted))), len(noted), of_static)


def _of_speech(folder: Path) -> tuple[list[str], tuple[str, ...]]:
    """List the problems of a speech model, and those of its static graph."""
    return [*_absent(missing_files(folder)), *faults(folder)], tuple(faults_of_static(folder))


def _of_punctuation(folder: Path) -> tuple[list[str], tuple[str, ...]]:
    """List the problems of a punctuation model, which has no graph."""
    return _absent(missing_punctuation_files(folder)), ()


def _absent(files: list[str]) -> list[str]:
    return [f"{file} is missing" for file in files]


def verifiable(models_dir: Path) -> list[Path]:
    """List the models in a folder, with those that were complete once and no longer are."""
    with refusing_unreadable(models_dir):
        return sorted(
            folder
            for folder in visible_folders(models_dir)
            if looks_like_model(folder) or is_for_punctuation(folder) or (folder / MANIFEST).exists()
        )
