"""Compose a model's two graphs to a static graph, with the programs of OpenFst."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from ..errors import ModelError
from ..system.file_lock import released, try_lock
from ..system.memory import free_memory
from . import openfst
from .disk import megabytes
from .folders import STATIC, graph_folder, require_model
from .graphs import inspect
from .static_graph import (
    COMPOSED,
    MARKS,
    SENTENCES,
    SOUNDS,
    WORDS,
    bytes_of_graphs,
    not_made_here,
    note_static,
)
from .structure import faults
from .traits import read_traits

_DISK, _MEMORY = 11, 14
"""Bytes that composing takes of disk and memory, as a multiple of the size of the two graphs, as measured"""

_FULL = 10_000_000
"""Free bytes below which a disk counts as full, if a program could not write to it"""

_ELSEWHERE = f"make some free, or compose it on another machine and copy the folder {STATIC} from there"

_MAKING = f".{STATIC}-"
"""The beginning of the name of a process's working folder, in the model's folder"""


def compile_graph(folder: Path, begin: Callable[[str], object], check: Callable[[Path], str]) -> Path:
    """Compose a model's two graphs; return the folder of the model with the static graph.

    It appears complete and tested, or not at all, and replaces an earlier one.  `begin` is called with the
    name of each step, as each takes a while.  `check` tests the model in a folder, and returns what is wrong
    with it, or nothing.  Raises `ModelError`.
    """
    try:
        _require_two_graphs(folder)
        if not openfst.is_installed():
            raise ModelError(f"Composing a graph needs {openfst.TO_INSTALL}.")
        _require_place(folder)
        _require(_DISK, folder, shutil.disk_usage(folder).free, f"in {folder}", "make room")
        _require(_MEMORY, folder, free_memory(), "of memory", _ELSEWHERE)
        return _compile(folder, begin, check)
    except OSError as error:
        raise ModelError(
            f"The graph of {folder.name} was not composed, as {error.filename or folder} cannot be read or "
            f"written ({error.strerror}): {_remedy(error, folder)}."
        ) from error
    except openfst.ProgramError as error:
        raise ModelError(_failed(folder, error)) from error


def _require_two_graphs(folder: Path) -> None:
    require_model(folder)
    if not read_traits(folder).takes_phrases:
        raise ModelError(f"The graph of {folder.name} is in one piece already: there is nothing to compose.")
    if found := faults(folder):
        raise ModelError(f"The graph of {folder.name} cannot be composed: {found[0]}. See `models verify`.")


def _require_place(folder: Path) -> None:
    """Refuse to replace files that this program did not make."""
    if strange := not_made_here(folder):
        raise ModelError(
            f"{strange} was not made by `models compile`, and {folder / STATIC} is where the composed graph "
            "goes: move it away."
        )


def _require(times: int, folder: Path, free: float, where: str, remedy: str) -> None:
    """Refuse to begin with less free space than `times` the size of the graphs."""
    needed = times * bytes_of_graphs(folder)
    if free < needed:
        raise ModelError(
            f"Composing the graph of {folder.name} takes about {megabytes(needed)} {where}, and only "
            f"{megabytes(free)} are free: {remedy}."
        )


def _compile(folder: Path, begin: Callable[[str], object], check: Callable[[Path], str]) -> Path:
    lock = folder / f".{STATIC}.lock"
    handle = try_lock(lock)
    if handle is None:
        raise ModelError(
            f"The graph of {folder.name} is being composed by another process: wait until that has finished."
        )
    work = folder / f"{_MAKING}{os.getpid()}"
    with released(lock, handle):
        for leftover in folder.glob(f"{_MAKING}[0-9]*"):  # of a process that was killed: the lock is ours
            shutil.rmtree(leftover, ignore_errors=True)
        try:
            _make(folder, work, begin)
            begin("trying it")
            if problem := check(work):
                raise ModelError(f"The graph of {folder.name} was composed, but does not work: {problem}.")
            return _put_in_place(folder, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _put_in_place(folder: Path, work: Path) -> Path:
    """Rename the new folder to its final name; move an earlier one away before, and delete it after."""
    _require_place(folder)  # a user may have put something there meanwhile
    static, former = folder / STATIC, work.with_name(f"{work.name}-former")
    if static.exists():
        static.rename(former)
    work.rename(static)
    shutil.rmtree(former, ignore_errors=True)
    return static


def _make(folder: Path, work: Path, begin: Callable[[str], object]) -> None:
    source = graph_folder(folder)
    target = work / source.relative_to(folder)
    scratch = work / "scratch"
    target.mkdir(parents=True)
    scratch.mkdir()
    sentences = source / SENTENCES
    made = [target / COMPOSED]
    if inspect(sentences).has_words:
        begin("taking out its words")
        words = target / WORDS
        options = f"--save_osymbols={words.absolute()}", "--clear_isymbols", "--clear_osymbols"
        sentences = scratch / "sentences.fst"
        openfst.run("fstsymbols", *options, source / SENTENCES, sentences)
        made.append(words)
    composed, unmarked = scratch / "composed.fst", scratch / "unmarked.fst"
    begin("composing, which takes the longest")
    openfst.run("fstcompose", "--connect=false", source / SOUNDS, sentences, composed)
    begin("taking out its marks")
    marks = scratch / "marks"
    marks.write_text("".join(f"{mark} 0\n" for mark in (source / MARKS).read_text("utf-8").split()), "ascii")
    openfst.run("fstrelabel", f"--relabel_ipairs={marks.absolute()}", composed, unmarked)
    composed.unlink()
    begin("writing it")
    openfst.run("fstconvert", "--fst_type=const", unmarked, target / COMPOSED)
    shutil.rmtree(scratch)
    note_static(folder, work, [file.relative_to(work).as_posix() for file in made])


def _failed(folder: Path, error: openfst.ProgramError) -> str:
    if error.lacks_memory:
        needed = megabytes(_MEMORY * bytes_of_graphs(folder))
        return (
            f"{error}, most likely because memory ran out: the graph of {folder.name} needs about {needed}. "
            f"{_ELSEWHERE.capitalize()}."
        )
    if shutil.disk_usage(folder).free < _FULL:
        return f"{error}, as the disk of {folder} is full: make room."
    return f"The graph of {folder.name} could not be composed: {error}."


def _remedy(error: OSError, folder: Path) -> str:
    if error.errno == errno.ENOSPC:
        return "make room"
    return f"see who may write in {folder}, or compose a copy of it"
