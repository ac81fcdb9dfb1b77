"""Read the headers of OpenFst's files, to find those that are cut off or no graphs.

The layouts are those of OpenFst 1.8 (fst.cc, const-fst.h, ngram-fst.h, add-on.h, label-reachable.h), which
libvosk uses.
"""

import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

_MAGIC = 2125659606
_SYMBOLS_MAGIC = 2125658996
_ADD_ON_MAGIC = 446681434
_HAS_INPUT_SYMBOLS, _HAS_OUTPUT_SYMBOLS = 1, 2
_LOOKAHEAD = ("olabel_lookahead", "ilabel_lookahead", "arc_lookahead")

_MAX_NAME_BYTES = 100
_BYTES = {"arc": 16, "const state": 20, "vector state": 12}


class NotAGraphError(Exception):
    """A file is no graph, or is damaged; the message is half a sentence."""


@dataclass(frozen=True, slots=True)
class GraphHeader:
    """The fields of a graph's header that are used here."""

    kind: str
    """The type of the graph: const, vector, ngram, olabel_lookahead …"""
    flags: int
    states: int
    arcs: int
    words: int = 0
    """Number of different words that it can output, if it says so; else 0"""

    @property
    def has_words(self) -> bool:
        """Whether the graph has its own table of words."""
        return bool(self.flags & _HAS_OUTPUT_SYMBOLS)


def inspect(file: Path) -> GraphHeader:
    """Read a graph's header and compare the file's size with it.  Raises `NotAGraphError` and `OSError`."""
    with file.open("rb") as opened:
        header = _header(opened)
        needed, words = _needed(opened, header)
        if opened.seek(0, 2) < needed:
            raise NotAGraphError(f"is cut off: it has {opened.tell()} bytes and needs {needed}")
    return replace(header, words=words)


def _header(file: BinaryIO) -> GraphHeader:
    magic = _number(file, "<i")
    if magic != _MAGIC:
        raise NotAGraphError("is not an OpenFst graph")
    kind, arc_type = _name(file), _name(file)
    if arc_type != "standard":
        raise NotAGraphError(f"has arcs of type {arc_type!r}, and a recognizer needs standard ones")
    _number(file, "<i")  # version
    flags = _number(file, "<i")
    _number(file, "<Q")  # properties
    _number(file, "<q")  # start
    return GraphHeader(kind, flags, states=_number(file, "<q"), arcs=_number(file, "<q"))


def _needed(file: BinaryIO, header: GraphHeader) -> tuple[int, int]:
    """Compute the bytes that the file must have at least, and the number of words it can output, or 0."""
    _skip_symbols(file, header)
    if header.kind not in _LOOKAHEAD:
        return _end(file, header), 0
    if _number(file, "<i") != _ADD_ON_MAGIC:
        raise NotAGraphError("is damaged: what it adds to its graph is not where it must be")
    inner = _header(file)
    _skip_symbols(file, inner)
    end = _end(file, inner)
    return _read_reach(file, end) if inner.kind == "const" else (end, 0)


def _end(file: BinaryIO, header: GraphHeader) -> int:
    """Return the position behind the states and arcs; for unknown kinds that before them."""
    begin, states = file.tell(), max(0, header.states)
    if header.kind == "const":
        return begin + states * _BYTES["const state"] + max(0, header.arcs) * _BYTES["arc"]
    if header.kind == "vector":
        return begin + states * _BYTES["vector state"]
    if header.kind == "ngram":
        return begin + _ngram_bytes(_number(file, "<Q"), _number(file, "<Q"), _number(file, "<Q"))
    return begin


def _read_reach(file: BinaryIO, begin: int) -> tuple[int, int]:
    """Skip the tables of the words that each state can reach; return their end, and the number of words."""
    file.seek(begin)
    words = 0
    if _number(file, "<?"):  # has any
        for _ in ("input", "output"):
            if _number(file, "<?"):
                words = max(words, _read_table_of_reach(file))
    return file.tell(), words


def _read_table_of_reach(file: BinaryIO) -> int:
    _number(file, "<?")  # the side that it is about
    if _number(file, "<?"):  # the labels before they were renumbered
        file.seek(8 * _count(file), 1)
    after_the_last = _number(file, "<i")
    for _ in range(_count(file)):
        file.seek(8 * _count(file) + 4, 1)  # from and to, and a count
    return after_the_last - 1


def _ngram_bytes(states: int, futures: int, finals: int) -> int:
    """Compute the size as `NGramFst::Storage` does: three counts, three bitmaps, labels and weights."""
    bitmaps = sum((bits + 63) // 64 for bits in (2 * states + 1, futures + states + 1, states))
    labels = states + 1 + futures
    weights = states + 1 + finals + futures + 1
    return 3 * 8 + 8 * bitmaps + 4 * (labels + weights)


def _skip_symbols(file: BinaryIO, header: GraphHeader) -> None:
    for flag in (_HAS_INPUT_SYMBOLS, _HAS_OUTPUT_SYMBOLS):
        if header.flags & flag:
            _skip_table(file)


def _skip_table(file: BinaryIO) -> None:
    if _number(file, "<i") != _SYMBOLS_MAGIC:
        raise NotAGraphError("is damaged: its table of symbols is not where it must be")
    _skip_text(file)  # its name
    _number(file, "<q")  # the next free key
    for _ in range(_count(file)):
        _skip_text(file)
        _number(file, "<q")  # the symbol's key


def _skip_text(file: BinaryIO) -> None:
    file.seek(_count(file, "<i"), 1)


def _count(file: BinaryIO, form: str = "<q") -> int:
    count = _number(file, form)
    if not 0 <= count < 2**40:
        raise NotAGraphError("is damaged: one of its tables has an impossible length")
    return count


def _name(file: BinaryIO) -> str:
    length = _number(file, "<i")
    if not 0 < length <= _MAX_NAME_BYTES:
        raise NotAGraphError("is not an OpenFst graph")
    return file.read(length).decode("ascii", errors="replace")


def _number(file: BinaryIO, form: str) -> int:
    data = file.read(struct.calcsize(form))
    if len(data) < struct.calcsize(form):
        raise NotAGraphError("is empty" if file.tell() == 0 else "is cut off")
    number: int = struct.unpack(form, data)[0]
    return number
