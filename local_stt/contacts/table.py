"""Read the names and numbers of a CSV file, as Google, Outlook and spreadsheets write it."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..errors import ContactsError
from .entry import Entry
from .numbers import as_called

WHOLE = ("name", "full name", "display name", "contact", "contact name", "file as")
PARTS = (
    ("first name", "given name", "vorname"),
    ("middle name", "additional name", "weitere vornamen"),
    ("last name", "family name", "surname", "nachname"),
)
INSTEAD = ("nickname", "organization name", "organization 1 - name", "organization", "company", "firma")
"""Headings of columns that have a name: whole, in parts, and instead of one"""

_NUMBERS = re.compile(r"number|.*(?:phone|telefon|mobil|\btel\b|\bcell\b|\bfax\b|handy).*")
_NO_NUMBERS = re.compile(r".*(?:type|label|assistant|extension|phonetic).*")
_SEVERAL = ":::"
"""What Google writes between several values of one cell"""

MAX_GUESSED = 20
"""Cells of a row in which a name and numbers are looked for without a heading"""

DELIMITERS = ",;\t"


def read_table(text: str, region: str) -> Iterator[Entry]:
    """Yield the person of each row.

    Without a heading, the first cell that is a number in `region` counts as one, and the first that is none
    as the name.  Raises `ContactsError` for a file that is no table, or has no numbers.
    """
    rows = _rows(text)
    _, first = next(rows, (0, []))
    columns = _columns(first)
    if not first:
        return
    if columns is None:
        yield from (_guessed(line, row, region) for line, row in [(1, first), *rows])
    elif not columns.numbers:
        raise ContactsError("The file has no column of numbers: give one the heading `phone`.")
    else:
        yield from (columns.entry(line, row) for line, row in rows)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The places of columns, those of names from the best on."""

    whole: Sequence[int]
    parts: Sequence[int]
    instead: Sequence[int]
    numbers: Sequence[int]

    def entry(self, line: int, row: Sequence[str]) -> Entry:
        """Read the person of a row."""
        whole, parts, instead, numbers = (
            [row[at].strip() for at in places if at < len(row) and row[at].strip()]
            for places in (self.whole, self.parts, self.instead, self.numbers)
        )
        name = next((each for each in [*whole, " ".join(parts), *instead] if each), "")
        return Entry(line, name, [number for cell in numbers for number in cell.split(_SEVERAL)])


def _columns(heading: Sequence[str]) -> _Columns | None:
    """Find the columns by their headings; None for a row that is no heading."""
    names = [" ".join(cell.lower().split()) for cell in heading]

    def places(wanted: Sequence[str]) -> list[int]:
        return [names.index(each) for each in wanted if each in names]

    parts = [at for alike in PARTS for at in places(alike)[:1]]
    numbers = [
        at for at, name in enumerate(names) if _NUMBERS.fullmatch(name) and not _NO_NUMBERS.fullmatch(name)
    ]
    columns = _Columns(places(WHOLE), parts, places(INSTEAD), numbers)
    return columns if columns.numbers or columns.whole or columns.parts else None


def _guessed(line: int, row: Sequence[str], region: str) -> Entry:
    cells = [cell.strip() for cell in row[:MAX_GUESSED] if cell.strip()]
    numbers = [cell for cell in cells if _is_number(cell, region)]
    if not numbers:
        numbers = [cell for cell in cells if re.fullmatch(r"[\d\s()+./-]{3,}", cell)][:1]  # to be named
    return Entry(line, next((cell for cell in cells if cell not in numbers), ""), numbers)


def _is_number(cell: str, region: str) -> bool:
    try:
        return bool(as_called(cell, region))
    except ValueError:
        return False


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not empty, after the number of its first line."""
    heading = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise ContactsError(f"Line {line} is no row of a table: export the contacts again.") from error
