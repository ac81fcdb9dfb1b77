"""A model's graph composed ahead of time: a static graph.

The graph of a small model comes in two files, of sounds (`HCLr.fst`) and of sentences (`Gr.fst`).  libvosk
composes them while it listens, for each recognizer anew, so that phrases can take the place of the second.
Composed once, they are one file (`HCLG.fst`) that is loaded with the model and shared by all recognizers.
The words are the same.  See Kaldi's page on decoding graph creation for the names.

    NAME/static/                  a model of links to the files of NAME
    NAME/static/graph/HCLG.fst    except for its graph
    NAME/static/made-from.json    what that was composed of
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from ..claim import claim, released
from ..errors import ModelError
from . import openfst
from .disk import megabytes
from .folders import STATIC, missing_files
from .graphs import NotAGraphError, inspect
from .traits import read_traits

_SOUNDS, _SENTENCES, _MARKS, _WORDS = "HCLr.fst", "Gr.fst", "disambig_tid.int", "words.txt"
_COMPOSED = "HCLG.fst"
_NOT_LINKED = (_SOUNDS, _SENTENCES, _MARKS, "README", "README.md")
_MADE_FROM = "made-from.json"

_DISK, _MEMORY = 11, 14
"""Times the size of the two graphs: what composing them takes, as measured"""

_WORTH_COMPOSING = 10_000_000
"""Bytes of the two graphs; of smaller ones a recognizer has soon composed all that calls need"""

_SAMPLE = 65_536
"""Bytes at the beginning and at the end of a graph that tell it from another one of the same size"""


def is_worth_composing(folder: Path) -> bool:
    """Say whether a graph is composed while it listens, and large enough for that to be felt."""
    return (
        read_traits(folder).takes_phrases
        and not static_model(folder)
        and _bytes_of_graphs(folder) >= _WORTH_COMPOSING
    )


def static_model(folder: Path) -> Path | None:
    """Give the folder of the same model with a static graph, if one was composed of its graphs of now."""
    static = folder / STATIC
    try:
        made_from = json.loads((static / _MADE_FROM).read_text(encoding="utf-8"))
        return static if made_from == _fingerprints(folder) and not missing_files(static) else None
    except (OSError, ValueError):
        return None


def is_outdated(folder: Path) -> bool:
    """Say whether there is a static graph that was composed of other graphs than the model has now."""
    return (folder / STATIC).exists() and static_model(folder) is None


def compile_graph(folder: Path, begin: Callable[[str], object]) -> Path:
    """Compose a model's two graphs; return the folder of the model with the static graph.

    Returns at once when that is there.  It appears whole, or not at all.  `begin` is told each step, as
    each takes a while.  Raises `ModelError`.
    """
    if static := static_model(folder):
        return static
    _require_two_graphs(folder)
    if not openfst.is_installed():
        raise ModelError(f"Composing a graph needs {openfst.TO_INSTALL}.")
    try:
        return _compile(folder, begin)
    except OSError as error:
        raise ModelError(f"{error.filename or folder} cannot be written ({error.strerror}).") from error


def _require_two_graphs(folder: Path) -> None:
    if not read_traits(folder).takes_phrases:
        raise ModelError(f"The graph of {folder.name} is in one piece already: there is nothing to compose.")
    graph = _graph_folder(folder)
    for name in (_SOUNDS, _SENTENCES):
        try:
            inspect(graph / name)
        except (NotAGraphError, OSError) as error:
            raise ModelError(f"{graph / name} cannot be composed ({error}): run `models verify`.") from error


def _compile(folder: Path, begin: Callable[[str], object]) -> Path:
    lock = folder / ".static.lock"
    held = claim(lock)
    if held is None:
        raise ModelError(
            f"The graph of {folder.name} is being composed by another process: wait until that has finished."
        )
    work = folder / f".{STATIC}.making"
    with released(lock, held):
        shutil.rmtree(work, ignore_errors=True)  # of a process that was killed: the lock is ours
        try:
            _require_disk(folder)
            _make(folder, work, begin)
            shutil.rmtree(folder / STATIC, ignore_errors=True)  # of graphs that the model no longer has
            return work.rename(folder / STATIC)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _make(folder: Path, work: Path, begin: Callable[[str], object]) -> None:
    source = _graph_folder(folder)
    target = work / source.relative_to(folder)
    scratch = work / "scratch"
    target.mkdir(parents=True)
    scratch.mkdir()
    sentences = source / _SENTENCES
    if inspect(sentences).has_words:
        begin("taking out its words")
        sentences = scratch / "sentences.fst"
        words = target / _WORDS
        _run(
            folder,
            *("fstsymbols", f"--save_osymbols={words}", "--clear_isymbols", "--clear_osymbols"),
            *(source / _SENTENCES, sentences),
        )
    composed, unmarked = scratch / "composed.fst", scratch / "unmarked.fst"
    begin("composing, which takes the longest")
    _run(folder, "fstcompose", "--connect=false", source / _SOUNDS, sentences, composed)
    begin("taking out its marks")
    marks = scratch / "marks"
    marks.write_text("".join(f"{mark} 0\n" for mark in (source / _MARKS).read_text("ascii").split()), "ascii")
    _run(folder, "fstrelabel", f"--relabel_ipairs={marks}", composed, unmarked)
    composed.unlink()
    begin("writing it")
    _run(folder, "fstconvert", "--fst_type=const", unmarked, target / _COMPOSED)
    shutil.rmtree(scratch)
    _link_the_rest(folder, work)
    (work / _MADE_FROM).write_text(json.dumps(_fingerprints(folder)), encoding="utf-8")


def _link_the_rest(folder: Path, work: Path) -> None:
    """Link every other file of the model, by a path that holds when the model is moved."""
    for file in sorted(folder.rglob("*")):
        place = file.relative_to(folder)
        is_own = any(part.startswith(".") or part == STATIC for part in place.parts)
        if is_own or not file.is_file() or file.name in _NOT_LINKED:
            continue
        link = work / place
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():  # the words, where the graph held them
            link.symlink_to(os.path.relpath(folder / place, (folder / STATIC / place).parent))


def _run(folder: Path, *command: str | Path) -> None:
    done = subprocess.run(command, env=openfst.environment(), capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    program = command[0]
    said = done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"]
    if done.returncode == -signal.SIGKILL or "bad_alloc" in done.stderr:
        raise ModelError(
            f"{program} was ended, most likely for want of memory: the graph of {folder.name} needs about "
            f"{megabytes(_MEMORY * _bytes_of_graphs(folder))}. Make some free, or compose it on another "
            f"machine and copy {folder.name} from there."
        )
    raise ModelError(f"{program} could not compose the graph of {folder.name}: {said[-1]}.")


def _require_disk(folder: Path) -> None:
    needed, free = _DISK * _bytes_of_graphs(folder), shutil.disk_usage(folder).free
    if free < needed:
        raise ModelError(
            f"Composing the graph of {folder.name} takes about {megabytes(needed)} in {folder}, and only "
            f"{megabytes(free)} are free: make room."
        )


def _bytes_of_graphs(folder: Path) -> int:
    graph = _graph_folder(folder)
    return sum((graph / name).stat().st_size for name in (_SOUNDS, _SENTENCES))


def _graph_folder(folder: Path) -> Path:
    return folder / "graph" if (folder / "graph").is_dir() else folder


def _fingerprints(folder: Path) -> dict[str, str]:
    graph = _graph_folder(folder)
    names = [_SOUNDS, _SENTENCES, _MARKS] + [_WORDS] * (graph / _WORDS).is_file()
    return {name: _fingerprint(graph / name) for name in names}


def _fingerprint(file: Path) -> str:
    """Tell a file from another one without reading all of it."""
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        ends = []
        for place in (0, max(0, size - _SAMPLE)):
            opened.seek(place)
            ends.append(opened.read(_SAMPLE))
    return f"{size}-{hashlib.sha256(b''.join(ends)).hexdigest()}"
