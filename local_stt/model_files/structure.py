"""Check a model's files for parts that are cut off, empty or wrong, without loading them.

This finds faults that would end a process that loads the model.  It does not find a changed number inside a
matrix.
"""

import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from . import graphs
from .folders import are_missing, is_flat
from .graphs import NotAGraphError
from .traits import parse_options

_EXTRACTOR = ("final.ie", "final.dubm", "final.mat", "global_cmvn.stats", "splice.conf", "online_cmvn.conf")
"""The files of `ivector/` that libvosk reads, if that folder is there"""

_TAIL = 4_000_000
"""Bytes at the end of a file in which its last tag must be: only the priors come after a network"""

_MATRIX = re.compile(rb"\x00B(?P<kind>[FD])M \x04(?P<rows>.{4})\x04(?P<columns>.{4})", re.DOTALL)
_VECTOR = re.compile(rb" FV \x04(?P<count>.{4})", re.DOTALL)
_TEXT_MATRIX = re.compile(rb"\s*\[[\s\d.eE+-]*\]\s*")


class _FaultError(Exception):
    """A file is faulty; the message is half a sentence."""


def faults(folder: Path) -> list[str]:
    """List the faults of a model's files, as half sentences that begin with a file's name."""
    flat = is_flat(folder)
    graph = "" if flat else "graph/"
    found = [*_faults_of_files(folder, "" if flat else "am/", graph, "" if flat else "conf/")]
    return found or [*_without_words(folder, graph), *_with_too_few_words(folder, graph)]


def _faults_of_files(folder: Path, acoustic: str, graph: str, conf: str) -> Iterator[str]:
    boundaries = f"{graph}phones/word_boundary.int" if graph else "word_boundary.int"
    checks: dict[str, Callable[[Path], object]] = {
        f"{acoustic}final.mdl": _acoustic_model,
        f"{graph}HCLG.fst": graphs.inspect,
        f"{graph}HCLr.fst": graphs.inspect,
        f"{graph}Gr.fst": graphs.inspect,
        f"{graph}disambig_tid.int": _integers,
        f"{graph}words.txt": _words,
        boundaries: _boundaries,
        **{f"{conf}{name}.conf": _options for name in ("model", "mfcc", "fbank", "pitch")},
    }
    if (folder / "ivector").is_dir():
        yield from (
            f"ivector/{name} is missing" for name in _EXTRACTOR if not (folder / "ivector" / name).is_file()
        )
        checks |= {
            "ivector/final.ie": _tagged("IvectorExtractor"),
            "ivector/final.dubm": _tagged("DiagGMM"),
            "ivector/final.mat": _matrix,
            "ivector/global_cmvn.stats": _matrix,
            "ivector/splice.conf": _options,
            "ivector/online_cmvn.conf": _options,
        }
    for file, check in checks.items():
        if (folder / file).is_file() and (fault := _fault(folder / file, check)):
            yield f"{file} {fault}"


def _fault(file: Path, check: Callable[[Path], object]) -> str:
    try:
        check(file)
    except (_FaultError, NotAGraphError) as fault:
        return str(fault)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return ""


def _with_too_few_words(folder: Path, graph: str) -> Iterator[str]:
    """Compare the file of words, if there is one, with the number of words that the graph can output."""
    words, reach = f"{graph}words.txt", f"{graph}HCLr.fst"
    if (folder / words).is_file() and (folder / reach).is_file():
        listed = len(_text(folder / words).splitlines())
        if listed < (needed := graphs.inspect(folder / reach).words):
            yield f"{words} is cut off: it lists {listed} words, and {reach} gives out {needed}"


def _without_words(folder: Path, graph: str) -> Iterator[str]:
    """Look for the words in a file of their own, or in the graph from which libvosk takes them."""
    holder = next(
        (f"{graph}{name}" for name in ("HCLG.fst", "Gr.fst") if (folder / graph / name).is_file()), ""
    )
    if (
        holder
        and not (folder / graph / "words.txt").is_file()
        and not graphs.inspect(folder / holder).has_words
    ):
        yield f"{are_missing([f'{graph}words.txt'])}, and {holder} does not hold the words"


def _acoustic_model(file: Path) -> None:
    _require_head(file, "TransitionModel")
    _require_in_tail(file, b"</Nnet3>")
    after = _require_in_tail(file, b"<Priors>")
    if priors := _VECTOR.match(after):
        (count,) = struct.unpack("<i", priors["count"])
        if len(after) - priors.end() < 4 * count:
            raise _FaultError("is cut off in its last numbers")
    elif not _TEXT_MATRIX.fullmatch(after.rstrip()):
        raise _FaultError("is cut off after <Priors>")


def _tagged(tag: str) -> Callable[[Path], None]:
    """Make a check of a file that begins and ends with a tag of Kaldi's."""

    def check(file: Path) -> None:
        _require_head(file, tag)
        _require_in_tail(file, f"</{tag}>".encode())

    return check


def _require_head(file: Path, tag: str) -> None:
    """Compare a file's beginning with the tag of its kind, in Kaldi's binary or text form."""
    with file.open("rb") as opened:
        head = opened.read(64)
    if not head:
        raise _FaultError("is empty")
    if not head.removeprefix(b"\0B").lstrip().startswith(f"<{tag}>".encode()):
        raise _FaultError(f"is not what it should be: it does not begin with <{tag}>")


def _require_in_tail(file: Path, tag: bytes) -> bytes:
    """Look for a tag near a file's end, and return the bytes after it."""
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - _TAIL))
        _, found, after = opened.read().rpartition(tag)
    if not found:
        raise _FaultError(f"is cut off: {tag.decode()} does not come")
    return after


def _matrix(file: Path) -> None:
    data = file.read_bytes()
    if not data:
        raise _FaultError("is empty")
    if head := _MATRIX.match(data):
        rows, columns = (struct.unpack("<i", head[name])[0] for name in ("rows", "columns"))
        needed = head.end() + rows * columns * (4 if head["kind"] == b"F" else 8)
        if len(data) < needed:
            raise _FaultError(f"is cut off: it has {len(data)} bytes and needs {needed}")
    elif not _TEXT_MATRIX.fullmatch(data):
        raise _FaultError("is not a whole matrix of Kaldi's")


def _options(file: Path) -> None:
    if wrong := parse_options(_text(file))[1]:
        raise _FaultError(f"has a line that is no option, --name=value: line {wrong[0]}")


def _integers(file: Path) -> None:
    _require_lines(file, r"\d+", "a number")


def _words(file: Path) -> None:
    _require_lines(file, r"\S+\s+\d+", "a word and its number")


def _boundaries(file: Path) -> None:
    _require_lines(
        file, r"\d+\s+(nonword|begin|end|internal|singleton)", "a phone's number and its place in words"
    )


def _require_lines(file: Path, form: str, what: str) -> None:
    lines = _text(file).splitlines()
    if not any(line.strip() for line in lines):
        raise _FaultError("is empty")
    for number, line in enumerate(lines, 1):
        if line.strip() and not re.fullmatch(form, line.strip(), re.ASCII):
            raise _FaultError(f"has a line that is not {what}: line {number}")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise _FaultError("is not text") from error
