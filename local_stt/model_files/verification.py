"""Verify that a model on this disk is complete, as far as its files can tell."""

from dataclasses import dataclass
from pathlib import Path

from .checksums import MANIFEST, changed, noted_checksums
from .folders import looks_like_model, missing_files, refusing_unreadable, require_model, visible_folders
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
        missing = [f"{file} is missing" for file in missing_files(folder)]
        seen = [*missing, *faults(folder)]
        of_static = tuple(faults_of_static(folder))
    try:
        noted = noted_checksums(folder)
    except (OSError, ValueError) as error:
        return Verdict((*seen, f"{MANIFEST} cannot be read ({error})"), 0, of_static)
    return Verdict(tuple(dict.fromkeys(seen + changed(folder, noted))), len(noted), of_static)


def verifiable(models_dir: Path) -> list[Path]:
    """List the models in a folder, with those that were complete once and no longer are."""
    with refusing_unreadable(models_dir):
        return sorted(
            folder
            for folder in visible_folders(models_dir)
            if looks_like_model(folder) or (folder / MANIFEST).exists()
        )
