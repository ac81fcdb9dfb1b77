"""Read the rows of a damaged SQLite file from its pages, one page at a time.

SQLite itself reaches a page through others, and gives up where one is broken.  Here each leaf page is read by
itself.  So the tables have no names: only the types of its values show which table a row is of.  Source: the
SQLite file format, https://sqlite.org/fileformat2.html
"""

import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

Value = int | float | str | bytes | None

LEAF_OF_A_TABLE = 13
FILE_HEADER = 100
"""Bytes at the beginning of the first page, before its other content"""

USUAL_PAGE = 4096
PAGE_SIZES = [2**power for power in range(9, 17)]

LOG_HEADER, FRAME_HEADER = 32, 24
"""Bytes of the header of the log, and of the header of each page in it"""

MAX_BYTES = 100_000_000
"""Bytes of a row: a greater length is damage"""

INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of an integer, by its serial type"""


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row as it is in the file, where the column of the row's number is None."""

    number: int
    values: tuple[Value, ...]


class Broken(ValueError):  # noqa: N818  (a state of the file)
    """A page whose content makes no sense."""


class Pages:
    """The pages of a file, replaced by those in its log."""

    def __init__(self, file: Path, log: Path) -> None:
        """Open a file, and its log if there is one.  Raises `OSError`."""
        self._file = os.open(file, os.O_RDONLY)
        header = os.pread(self._file, FILE_HEADER, 0)
        size = struct.unpack_from(">H", header, 16)[0] if len(header) == FILE_HEADER else 0
        self.size = {1: 65_536}.get(size, size) if {1: 65_536}.get(size, size) in PAGE_SIZES else USUAL_PAGE
        self._usable = self.size - (header[20] if header[:6] == b"SQLite" else 0)
        self._logged = self._pages_of_log(log.read_bytes()) if log.exists() else {}
        self.count = max([-(-os.fstat(self._file).st_size // self.size), *self._logged])

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def rows(self, report: Callable[[float, float], None] = lambda *_: None) -> Iterator[StoredRow]:
        """Read every row that can be read, of tables and of all else that is stored in the same way."""
        for number in range(1, self.count + 1):
            yield from self._rows_of(number)
            report(number, self.count)

    def _rows_of(self, number: int) -> Iterator[StoredRow]:
        page = self._page(number)
        at = FILE_HEADER if number == 1 else 0
        if len(page) < self.size or page[at] != LEAF_OF_A_TABLE:
            return
        (cells,) = struct.unpack_from(">H", page, at + 3)
        if at + 8 + 2 * cells > len(page):
            return
        for (place,) in struct.iter_unpack(">H", page[at + 8 : at + 8 + 2 * cells]):
            try:
                yield self._row(page, place)
            except (Broken, IndexError, struct.error, UnicodeDecodeError, OverflowError):
                continue

    def _row(self, page: bytes, place: int) -> StoredRow:
        length, place = _varint(page, place)
        number, place = _varint(page, place)
        if length > MAX_BYTES:
            raise Broken("A row is too long.")
        return StoredRow(_signed(number), _values(self._payload(page, place, length)))

    def _payload(self, page: bytes, place: int, length: int) -> bytes:
        """Return the content of a cell, and of the pages that it goes on in if it is too long for one."""
        most = self._usable - 35
        if length <= most:
            return page[place : place + length]
        least = (self._usable - 12) * 32 // 255 - 23
        here = least + (length - least) % (self._usable - 4)
        here = here if here <= most else least
        found = bytearray(page[place : place + here])
        (more,) = struct.unpack_from(">I", page, place + here)
        while len(found) < length:
            page = self._page(more)
            if len(page) < self.size:
                raise Broken("A row goes on where there is no page.")
            (more,) = struct.unpack_from(">I", page)
            found += page[4 : self._usable]
        return bytes(found[:length])

    def _page(self, number: int) -> bytes:
        if not 0 < number <= self.count:
            return b""
        if number in self._logged:
            return self._logged[number]
        return os.pread(self._file, self.size, (number - 1) * self.size)

    def _pages_of_log(self, log: bytes) -> dict[int, bytes]:
        """Return the pages of finished transactions, by number.

        Remains of an earlier log have other salts.
        """
        if len(log) < LOG_HEADER or log[:4] not in (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"):
            return {}
        finished: dict[int, bytes] = {}
        pending: dict[int, bytes] = {}
        for at in range(LOG_HEADER, len(log) - FRAME_HEADER - self.size + 1, FRAME_HEADER + self.size):
            number, is_last = struct.unpack_from(">II", log, at)
            if log[at + 8 : at + 16] != log[16:24]:
                break
            pending[number] = log[at + FRAME_HEADER : at + FRAME_HEADER + self.size]
            if is_last:
                finished |= pending
                pending = {}
        return finished


def _values(payload: bytes) -> tuple[Value, ...]:
    """Read a row: first come the types of its values, and then the values.  Raises `Broken`."""
    end, at = _varint(payload, 0)
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values = []
    for kind in kinds:
        value, at = _value(payload, at, kind)
        values.append(value)
    if at != len(payload):
        raise Broken("A row is longer or shorter than it says.")
    return tuple(values)


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in INTEGERS:
        end = at + INTEGERS[kind]
        return int.from_bytes(payload[at:end], "big", signed=True), end
    if kind == 7:
        return struct.unpack_from(">d", payload, at)[0], at + 8
    if kind in (8, 9):
        return kind - 8, at
    if kind < 12:
        raise Broken("There is no such type.")
    end = at + (kind - 12) // 2
    return (payload[at:end].decode() if kind % 2 else payload[at:end]), end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of one to nine bytes, with seven bits in all but the ninth; return its end too."""
    value = 0
    for count in range(8):
        byte = data[at + count]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + count + 1
    return value << 8 | data[at + 8], at + 9


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number
