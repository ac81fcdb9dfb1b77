"""Read a file of contacts: CSV or vCard, in any of the encodings that programs write."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from ..core.contacts import MAX_NAME, Contact, clean_name
from ..errors import ContactsError
from .entry import Entry
from .numbers import as_called
from .table import read_table
from .vcard import is_vcard, read_cards

MAX_BYTES = 5_000_000
"""Bytes of a file, at most"""

MAX_CONTACTS = 20_000
"""Numbers in a file, and people, at most"""

MAX_SKIPPED = 200
"""What was skipped and is named, at most"""

_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True, slots=True)
class Found:
    """The contacts of a file."""

    contacts: list[Contact]
    skipped: list[str]
    """What could not be used, with its line and the reason"""


def read_contacts(content: bytes, region: str = "") -> Found:
    """Read a file; `region` is the country of numbers that have no country code.

    Each number of a person becomes a contact.  Raises `ContactsError` for a file that is too large or no
    file of contacts.
    """
    if len(content) > MAX_BYTES:
        raise ContactsError(
            f"The file is larger than {MAX_BYTES / 1e6:.0f} MB: export the contacts without pictures."
        )
    text = _decoded(content)
    entries = read_cards(text) if is_vcard(text) else read_table(text, region)
    names, skipped = dict[str, str](), list[str]()
    people = numbers = 0
    for each in entries:
        people, numbers = people + 1, numbers + len(each.numbers)
        if max(people, numbers) > MAX_CONTACTS:
            raise ContactsError(f"The file has more than {MAX_CONTACTS:,} contacts: export fewer.")
        skipped += (f"line {each.line}: {why}" for why in _add(names, each, region))
    contacts = [Contact(number, name) for number, name in names.items()]
    named, more = skipped[:MAX_SKIPPED], skipped[MAX_SKIPPED:]
    return Found(contacts, [*named, f"and {len(more)} more"] if more else named)


def _add(names: dict[str, str], entry: Entry, region: str) -> Iterator[str]:
    """Add a person's numbers to `names`; yield why some are not added."""
    name = clean_name(entry.name)[:MAX_NAME].strip()
    numbers = list(filter(None, map(clean_name, entry.numbers)))
    if not numbers:
        yield "no number"
    elif not name:
        yield "no name"
    else:
        for number in numbers:
            try:
                called = as_called(number, region)
            except ValueError as error:
                yield str(error)
                continue
            if names.setdefault(called, name) != name:
                yield f"{called} has another name before"


def _decoded(content: bytes) -> str:
    """Decode a file: UTF-8, UTF-16 with its mark, or Windows-1252, which Outlook writes."""
    for mark, encoding in _MARKS.items():
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if b"\0" in content:
        raise ContactsError("This is neither CSV nor vCard: export the contacts as one of these.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
