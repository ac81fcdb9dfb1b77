"""Find the folders that are models, by paths alone: without network and without Vosk.

The files that make a folder a model follow libvosk's `model.cc`.  There are two layouts: the current one
with `am/`, `conf/` and `graph/`, and the flat one of the first small models.  Both must have a graph as well,
because libvosk notices a missing graph only after a call has begun.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import ModelError
from ..system.files import is_folder
from ..system.installation import command
from .punctuation import is_for_punctuation

EMBEDDED = "demo-en"
"""The small model of the repository, for tests and the demo, not for real calls"""

DEFAULT = "vosk-model-small-en-us-0.15"
"""The official model that suits most users: 40 MB, US English"""

STATIC = "static"
"""The folder in a model's folder with its static graph"""

_Layout = tuple[tuple[tuple[str, ...], ...], ...]
# Each line is a requirement with its alternatives; an alternative may be several files.
_TODAYS_LAYOUT: _Layout = (
    (("am/final.mdl",),),
    (("conf/model.conf",),),
    (("conf/mfcc.conf",), ("conf/fbank.conf",)),
    (("graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int"), ("graph/HCLG.fst",)),
)
_FLAT_LAYOUT: _Layout = (
    (("final.mdl",),),
    (("mfcc.conf",),),
    (("HCLr.fst", "Gr.fst", "disambig_tid.int"), ("HCLG.fst",)),
)


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A model that can be loaded, and its size on disk in bytes."""

    path: Path
    size: int

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def embedded(self) -> bool:
        """Whether this is the embedded model, which knows only a few hundred words."""
        return self.name == EMBEDDED


def installed(models_dir: Path) -> list[FoundModel]:
    """List the models in a folder: the largest first, as it makes the fewest errors, the embedded one last.

    Raises `ModelError` for a folder that cannot be read.
    """
    with refusing_unreadable(models_dir):
        folders = [folder for folder in visible_folders(models_dir) if looks_like_model(folder)]
        found = [FoundModel(folder, _bytes_in(folder)) for folder in folders]
    return sorted(found, key=lambda model: (model.embedded, -model.size, model.name))


def find_named(name: Path, *parents: Path) -> Path | None:
    """Find a folder by its path, or by its name in one of the parents; its files are not read."""
    return next((each for each in (name, *(parent / name for parent in parents)) if is_folder(each)), None)


def looks_like_model(folder: Path) -> bool:
    """Tell whether libvosk would find the files that it needs; their content is not read.

    Raises `ModelError` if the folder may not be read, or its name is impossible.
    """
    with refusing_unreadable(folder):
        return not missing_files(folder)


def is_flat(folder: Path) -> bool:
    """Tell whether a model has all its files in one folder, as the first small ones do."""
    return (folder / "final.mdl").is_file() and not (folder / "am").is_dir()


def graph_folder(folder: Path) -> Path:
    """Return the folder with a model's graph."""
    return folder if is_flat(folder) else folder / "graph"


def missing_files(folder: Path) -> list[str]:
    """List the files that `folder` lacks to be a model, as paths in it; empty for a model."""
    missing: list[str] = []
    for alternatives in _FLAT_LAYOUT if is_flat(folder) else _TODAYS_LAYOUT:
        absent = ([file for file in files if not (folder / file).is_file()] for files in alternatives)
        nearest = min(absent, key=len)
        missing += nearest
    return missing


def require_model(folder: Path) -> Path:
    """Return `folder`.  Raises `ModelError`, which says what is wrong and what to name, if it is no model."""
    with refusing_unreadable(folder):
        return _required(folder)


@contextlib.contextmanager
def refusing_unreadable(folder: Path) -> Iterator[None]:
    """Raise `ModelError` when something about a folder cannot be read in the block."""
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"{folder} cannot be read ({error.strerror}): see who may read it, or name another one."
        ) from error


def _required(folder: Path) -> Path:
    if folder.suffix == ".zip" and not folder.is_dir():
        raise ModelError(f"{folder} is an archive, not a model: unpack it and name the folder inside.")
    if not folder.exists():
        raise ModelError(
            f"There is no folder {folder}: name another one, or run `{command('models download')}`."
        )
    if not folder.is_dir():
        raise ModelError(f"{folder} is a file, not a model: name the folder a model was unpacked into.")
    if missing := missing_files(folder):
        if inner := _model_inside(folder):
            raise ModelError(f"{folder} is not a Vosk model, but the folder inside it is: name {inner}.")
        if is_for_punctuation(folder):
            raise ModelError(
                f"{folder} is a punctuation model, which does not recognize speech: "
                "name it with LOCAL_STT_PUNCTUATION."
            )
        raise ModelError(f"{folder} is not a Vosk model: {are_missing(missing)}.")
    return folder


def are_missing(files: list[str]) -> str:
    """Join names to "a is missing", "a and b are missing" or "a, b and c are missing"."""
    *others, last = files
    return f"{', '.join(others)} and {last} are missing" if others else f"{last} is missing"


def visible_folders(folder: Path) -> list[Path]:
    """List the folders in `folder`, if it exists, without hidden ones, which are downloads in progress."""
    if not folder.is_dir():
        return []
    return [entry for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")]


def _model_inside(folder: Path) -> Path | None:
    """Return the only model in `folder`, which an archive unpacked into a folder of its name; else None."""
    inners = [inner for inner in visible_folders(folder) if inner.name != STATIC]
    models = [inner for inner in inners if looks_like_model(inner)]
    return models[0] if len(models) == 1 else None


def _bytes_in(folder: Path) -> int:
    """Sum the sizes of a model's own files, without those that this program adds."""
    own = (entry for entry in folder.iterdir() if entry.name != STATIC and not entry.name.startswith("."))
    files = (file for entry in own for file in (entry, *entry.rglob("*")) if file.is_file())
    return sum(file.stat().st_size for file in files)
