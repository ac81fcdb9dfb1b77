"""Whether a model on this disk is whole, as far as its files can tell."""

from dataclasses import dataclass
from pathlib import Path

from .checksums import MANIFEST, changed, noted_checksums
from .folders import looks_like_model, missing_files, refusing_unreadable, require_model, visible_folders
from .static_graph import faults_of_static
from .structure import faults


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found.

    `problems` are half sentences; none means nothing is wrong that can be seen without loading
    the model.  `static_problems` are those of its graph composed ahead of time.  `compared` is the
    number of files compared with their checksums: 0 for a model that was not downloaded by this
    program, which can be judged by its structure only.
    """

    problems: tuple[str, ...]
    compared: int
    static_problems: tuple[str, ...] = ()


def verify(folder: Path) -> Verdict:
    """Look into a model's files, and compare them with the checksums noted when it was downloaded.

    Reads the whole model.  Raises `ModelError` when there is no such folder.
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
    """Give the models in a folder, those included that were whole once and no longer are."""
    with refusing_unreadable(models_dir):
        return sorted(
            folder
            for folder in visible_folders(models_dir)
            if looks_like_model(folder) or (folder / MANIFEST).exists()
        )
