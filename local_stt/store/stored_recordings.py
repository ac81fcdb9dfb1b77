"""List in the database which recordings are in the store of audio that hosts share.

The store of audio is what counts: it has the call in each key, and the list can be made again from it.  The
list answers for many calls at once, which the store cannot.
"""

import contextlib
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, func, insert, select
from sqlalchemy.exc import IntegrityError

from .schema import calls, stored_recordings
from .transactions import reading

HERE = ""
"""The identity of no store: recordings are in the data folder"""


class StoredRecordings:
    """The list of recordings in one store of audio.  Safe to share between threads and programs.

    Raises SQLAlchemy's errors.
    """

    def __init__(self, engine: Engine, store: str = HERE) -> None:
        """Take the identity of the store of audio."""
        self._engine, self._reading, self._store = engine, reading(engine), store

    @property
    def is_listed(self) -> ColumnElement[bool]:
        """A column beside those of a call: whether audio of it is in the store."""
        of_call = stored_recordings.c.call_id == calls.c.call_id
        return exists().where(of_call, stored_recordings.c.store == self._store).label("is_stored")

    def last_stored_at(self, call_id: str) -> int | None:
        """Return when audio of a call last came, in milliseconds since 1970; None if there is none."""
        query = select(func.max(stored_recordings.c.stored_at)).where(self._is_of(call_id))
        with self._reading.connect() as connection:
            return connection.execute(query).scalar()

    def call_ids(self) -> set[str]:
        """Return the ids of all calls that have audio in the store."""
        query = select(stored_recordings.c.call_id).where(stored_recordings.c.store == self._store)
        with self._reading.connect() as connection:
            return set(connection.execute(query.distinct()).scalars())

    def add(self, call_id: str, key: str, at: int) -> bool:
        """List audio that has come; return False for that of a deleted call, which must not stay.

        While this is decided nobody can delete the call.
        """
        with self._engine.begin() as connection:
            row = select(calls.c.deleted_at).where(calls.c.call_id == call_id).with_for_update()
            if connection.execute(row).scalar() is not None:
                return False
            values = {"call_id": call_id, "store": self._store, "key": key, "stored_at": at}
            with contextlib.suppress(IntegrityError), connection.begin_nested():  # it is listed already
                connection.execute(insert(stored_recordings).values(values))
        return True

    def unlisted(self, keys: Sequence[str]) -> list[str]:
        """Return those of the keys that are not in the list."""
        query = select(stored_recordings.c.key).where(
            stored_recordings.c.store == self._store, stored_recordings.c.key.in_(keys)
        )
        with self._reading.connect() as connection:
            known = set(connection.execute(query).scalars())
        return [key for key in keys if key not in known]

    def forget_call(self, connection: Connection, call_id: str) -> None:
        """Take a call from the list in the transaction of `connection`: its audio is deleted."""
        connection.execute(delete(stored_recordings).where(self._is_of(call_id)))

    def forget(self, call_id: str) -> None:
        """Take a call from the list: its audio is deleted."""
        with self._engine.begin() as connection:
            self.forget_call(connection, call_id)

    def is_elsewhere(self, connection: Connection, call_id: str) -> bool:
        """Check whether audio of a call is in another store than this one."""
        others = stored_recordings.c.store != self._store
        query = select(exists().where(stored_recordings.c.call_id == call_id, others))
        return bool(connection.execute(query).scalar())

    def count_elsewhere(self) -> int:
        """Return how many calls have audio in another store than this one."""
        query = select(func.count(stored_recordings.c.call_id.distinct())).where(
            stored_recordings.c.store != self._store
        )
        with self._reading.connect() as connection:
            return connection.execute(query).scalar_one()

    def _is_of(self, call_id: str) -> ColumnElement[bool]:
        of_call = stored_recordings.c.call_id == call_id
        return of_call & (stored_recordings.c.store == self._store)
