"""Keep the names of people by their numbers."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from ..core.contacts import Contact
from ..errors import ContactsError
from .erasing import ERASE_TIMEOUT, Eraser
from .schema import contacts
from .transactions import reading

MAX_CONTACTS = 20_000
"""Contacts, at most: the page lists all of them"""

MAX_AT_ONCE = 500
"""Rows of one statement"""


class Contacts:
    """All contacts.  Safe to share between threads and programs.

    Raises SQLAlchemy's errors when the database cannot be reached or written.
    """

    def __init__(self, engine: Engine, eraser: Eraser) -> None:
        """Write with `engine`; `eraser` overwrites what was removed."""
        self._engine, self._reading, self._eraser = engine, reading(engine), eraser

    def all(self) -> list[Contact]:
        """List the contacts by name."""
        with self._reading.connect() as connection:
            found = [Contact(*row) for row in connection.execute(select(contacts.c.number, contacts.c.name))]
        return sorted(found, key=lambda each: (each.name.casefold(), each.number))

    def names(self, numbers: Sequence[str]) -> dict[str, str]:
        """Return the names of those numbers that have one."""
        with self._reading.connect() as connection:
            return _names(connection, numbers)

    def save(self, found: Sequence[Contact]) -> tuple[int, int]:
        """Add contacts, or change their names; return how many were added and how many changed.

        The numbers must be different ones.  Raises `ContactsError`, and saves none, if there would be more
        than `MAX_CONTACTS`.
        """
        with self._engine.begin() as connection:
            before = _names(connection, [each.number for each in found])
            new = [each for each in found if before.get(each.number) != each.name]
            for at in range(0, len(new), MAX_AT_ONCE):
                _write(connection, new[at : at + MAX_AT_ONCE])
            count = connection.execute(select(func.count()).select_from(contacts)).scalar_one()
            added = sum(each.number not in before for each in new)
            if added and count > MAX_CONTACTS:
                raise ContactsError(
                    f"There would be {count:,} contacts, and {MAX_CONTACTS:,} are kept at most: remove some."
                )
        return added, len(new) - added

    def remove(self, number: str) -> bool:
        """Remove a contact; return whether there was one."""
        with self._engine.begin() as connection:
            is_removed = connection.execute(delete(contacts).where(contacts.c.number == number)).rowcount > 0
        if is_removed:
            self._eraser.erase(ERASE_TIMEOUT)
        return is_removed


def _names(connection: Connection, numbers: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for at in range(0, len(numbers), MAX_AT_ONCE):
        some = contacts.c.number.in_(numbers[at : at + MAX_AT_ONCE])
        rows = connection.execute(select(contacts.c.number, contacts.c.name).where(some))
        found |= {row.number: row.name for row in rows}
    return found


def _write(connection: Connection, found: Sequence[Contact]) -> None:
    """Write contacts, also if another program has added one of them meanwhile."""
    rows = [{"number": each.number, "name": each.name} for each in found]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(contacts).values(rows)
    same = {"index_elements": [contacts.c.number], "set_": {"name": statement.excluded.name}}
    connection.execute(statement.on_conflict_do_update(**same))
