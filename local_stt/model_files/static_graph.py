"""Find, note and check a model's static graph, which was composed ahead of time.

The graph of a small model comes in two files, of sounds (`HCLr.fst`) and of sentences (`Gr.fst`).  libvosk
composes them during recognition, for each recognizer again, so that phrases can replace the second.
Composed once, they are one file (`HCLG.fst`) that is loaded with the model and shared by all recognizers.
The words are the same.  See Kaldi's page on decoding graph creation for the names.

    NAME/static/                  a model of links to the files and folders of NAME
    NAME/static/graph/HCLG.fst    except for its graph
    NAME/static/made-from.json    a note of the source graphs and of the files that were made
"""

import errno
import hashlib
import json
import math
import os
import stat
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from .disk import digest
from .folders import STATIC, graph_folder
from .traits import read_traits

SOUNDS, SENTENCES, MARKS, WORDS = "HCLr.fst", "Gr.fst", "disambig_tid.int", "words.txt"
COMPOSED = "HCLG.fst"
MADE_FROM = "made-from.json"

_NOT_SHARED = (SOUNDS, SENTENCES, MARKS, COMPOSED, STATIC, "README", "README.md")

_WORTH_COMPOSING = 10_000_000
"""Bytes of the two graphs; a recognizer soon composes all that calls need of smaller ones"""

_MAX_NOTE_BYTES = 1_000_000
"""Bytes of the note"""

_SAMPLE = 65_536
"""Bytes at the beginning and at the end of a file that identify it among files of the same size"""


@dataclass(frozen=True, slots=True)
class _Note:
    """The note about a static graph, written when it is composed.  Keys are paths in the model's folder."""

    sources: dict[str, str]
    """Fingerprints of the graphs that it was composed from"""
    composed: dict[str, list[str]]
    """Fingerprint and SHA-256 of each file that was made"""
    shared: list[str]
    """Files and folders that are links to the model's own"""


def is_worth_composing(folder: Path) -> bool:
    """Tell whether a model's graph is composed during recognition, and large enough for that to matter."""
    return (
        read_traits(folder).takes_phrases
        and not static_model(folder)
        and bytes_of_graphs(folder) >= _WORTH_COMPOSING
    )


def static_model(folder: Path) -> Path | None:
    """Return the folder of the model with its static graph; None if there is none that is right.

    A right one was composed from the graphs that the model has now, and is not damaged.  Reads only the two
    ends of large files.
    """
    try:
        note = _read_note(folder / STATIC)
        is_right = not _is_outdated(folder, note) and not any(_faults(folder, note))
    except (OSError, ValueError):
        return None
    return folder / STATIC if is_right and read_traits(folder).takes_phrases else None


def is_outdated(folder: Path) -> bool:
    """Tell whether there is a static graph that was composed from other graphs than the model has now."""
    try:
        return _is_outdated(folder, _read_note(folder / STATIC))
    except (OSError, ValueError):
        return False


def is_unused(folder: Path) -> bool:
    """Tell whether there is a static graph that is outdated or damaged."""
    return (folder / STATIC / MADE_FROM).is_file() and static_model(folder) is None


def faults_of_static(folder: Path) -> list[str]:
    """List the faults of a model's static graph, if there is one, as half sentences.

    Reads all files that were composed.
    """
    if not (folder / STATIC / MADE_FROM).is_file():
        return []
    try:
        note = _read_note(folder / STATIC)
        return [] if _is_outdated(folder, note) else [*_faults(folder, note), *_changes(folder, note)]
    except ValueError:
        return [f"{STATIC}/{MADE_FROM} is not what this program writes"]
    except OSError as error:
        return [f"{error.filename or STATIC} cannot be read ({error.strerror})"]


def not_made_here(folder: Path) -> Path | None:
    """Find a file or folder in the place of a model's static graph that this program did not make."""
    static = folder / STATIC
    if not os.path.lexists(static):
        return None
    if static.is_symlink() or not (static / MADE_FROM).is_file():
        return static
    graph = static / graph_folder(folder).relative_to(folder)
    entries = [*static.iterdir(), *(graph.iterdir() if graph.is_dir() else ())]
    ours = (MADE_FROM, COMPOSED, WORDS)
    strange = (e for e in entries if e.name not in ours and not (folder / e.relative_to(static)).exists())
    return next(strange, None)


def note_static(folder: Path, made: Path, composed: list[str]) -> None:
    """Link the rest of a model into the folder `made`, which becomes its static one, and write the note.

    `composed` lists the files in `made` that were composed.  The links stay valid if the model is moved.
    """
    shared = [place for place in _to_share(folder) if place not in composed]
    for place in shared:
        (made / place).parent.mkdir(parents=True, exist_ok=True)
        (made / place).symlink_to(os.path.relpath(folder / place, (folder / STATIC / place).parent))
    sums = {place: [_fingerprint(made / place), digest(made / place, "sha256")] for place in composed}
    note = _Note(_fingerprints(folder), sums, shared)
    (made / MADE_FROM).write_text(json.dumps(asdict(note), indent=1), encoding="utf-8")


def bytes_of_graphs(folder: Path) -> int:
    """Sum the sizes of the two graphs in bytes."""
    graph = graph_folder(folder)
    return sum((graph / name).stat().st_size for name in (SOUNDS, SENTENCES))


def _read_note(static: Path) -> _Note:
    """Read the note.  Raises `OSError` and `ValueError`."""
    _require_file(static / MADE_FROM, _MAX_NOTE_BYTES)
    try:
        note: Any = json.loads((static / MADE_FROM).read_text(encoding="utf-8"))
        return _Note(
            sources=dict(note["sources"]),
            composed={_place(place): [ends, whole] for place, (ends, whole) in note["composed"].items()},
            shared=[_place(place) for place in dict.fromkeys(note["shared"])],
        )
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _place(text: str) -> str:
    """Return a path in a model's folder unchanged.  Raises `ValueError` for one that leads elsewhere."""
    parts = PurePosixPath(text).parts
    if not text.isprintable() or text.startswith("/") or not parts or ".." in parts:
        raise ValueError(f"{text!r} is no place in a model")
    return text


def _is_outdated(folder: Path, note: _Note) -> bool:
    return note.sources != _fingerprints(folder)


def _to_share(folder: Path) -> list[str]:
    """List the files and folders that a static model shares with its model, except for the graph's folder."""
    graph = graph_folder(folder)
    entries = [*folder.iterdir(), *(graph.iterdir() if graph != folder else ())]
    return sorted(
        entry.relative_to(folder).as_posix()
        for entry in entries
        if entry != graph and entry.exists() and entry.name not in _NOT_SHARED and entry.name[0] != "."
    )


def _faults(folder: Path, note: _Note) -> Iterator[str]:
    """Yield files that are missing or changed, as far as the ends of files tell.  Raises `OSError`."""
    static = folder / STATIC
    graph = (graph_folder(folder) / COMPOSED).relative_to(folder).as_posix()
    if graph not in note.composed:
        yield f"{STATIC}/{graph} is missing"
    for place, (ends, _) in note.composed.items():
        if not (static / place).is_file():
            yield f"{STATIC}/{place} is missing"
        elif _fingerprint(static / place) != ends:
            yield f"{STATIC}/{place} was changed or cut off"
    for place in note.shared:
        if not (static / place).exists():
            yield f"{STATIC}/{place} is missing"
        elif not _are_same(static / place, folder / place):
            yield f"{STATIC}/{place} is not that of the model"


def _changes(folder: Path, note: _Note) -> Iterator[str]:
    """Compare the composed files with their checksums; yield changes.  Raises `OSError`."""
    for place, (ends, whole) in note.composed.items():
        file = folder / STATIC / place
        if file.is_file() and _fingerprint(file) == ends and digest(file, "sha256") != whole:
            yield f"{STATIC}/{place} was changed"


def _are_same(one: Path, other: Path) -> bool:
    """Tell whether two files or folders are one, or have the same content, as some programs copy links."""
    if not (one.exists() and other.exists()):
        return False
    if one.samefile(other):
        return True
    if other.is_dir():
        return all(_are_same(one / each.name, each) for each in other.iterdir())
    return one.is_file() and _fingerprint(one) == _fingerprint(other)


def _fingerprints(folder: Path) -> dict[str, str]:
    graph = graph_folder(folder)
    names = [SOUNDS, SENTENCES, MARKS] + [WORDS] * (graph / WORDS).is_file()
    return {name: _fingerprint(graph / name) for name in names}


def _fingerprint(file: Path) -> str:
    """Compute a fingerprint of a file from its size and its two ends.  Raises `OSError`."""
    _require_file(file)
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        ends = []
        for place in (0, max(0, size - _SAMPLE)):
            opened.seek(place)
            ends.append(opened.read(_SAMPLE))
    return f"{size}-{hashlib.sha256(b''.join(ends)).hexdigest()}"


def _require_file(file: Path, max_bytes: float = math.inf) -> None:
    """Raise `OSError` for a path that is no file, such as a pipe that nobody writes to, or has more bytes."""
    about = file.stat()
    if not stat.S_ISREG(about.st_mode) or about.st_size > max_bytes:
        raise OSError(errno.EINVAL, "It is no file of the right size", str(file))
