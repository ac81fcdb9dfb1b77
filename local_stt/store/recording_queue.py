"""Recordings of which Twilio says that they are complete, until they are transcribed.

Each belongs to the program that was told.  When that one ends, or is found to be gone, others of the same
account may take it.
"""

import contextlib
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from .schema import announced
from .transactions import reading

NOBODY = ""
"""The server of what anybody may take"""


class AnnouncedRecordings:
    """Safe to share between threads and programs.

    Raises SQLAlchemy's errors when the database cannot be reached or written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine, self._reading = engine, reading(engine)

    def add(self, sid: str, *, account: str, server: str, at: int) -> None:
        """Twilio may tell it twice."""
        values = {"sid": sid, "account": account, "server": server, "told_at": at}
        with contextlib.suppress(IntegrityError), self._engine.begin() as connection:
            connection.execute(insert(announced).values(values))

    def take(self, account: str, server: str, but: Collection[str]) -> str | None:
        """The recording that has waited for longest; it is this server's from now on."""
        free = announced.c.server.in_((NOBODY, server)) & announced.c.sid.not_in(list(but))
        first = (
            select(announced.c.id)
            .where(announced.c.account == account, free)
            .order_by(announced.c.id)
            .limit(1)
        )
        with self._reading.connect() as connection:  # who looks again and again is to hold up nobody
            if connection.execute(first).scalar() is None:
                return None
        locked = first.with_for_update(skip_locked=True)
        taken = update(announced).where(announced.c.id.in_(locked)).values(server=server)
        with self._engine.begin() as connection:
            return connection.execute(taken.returning(announced.c.sid)).scalar()

    def remove(self, sid: str) -> None:
        """It is done, or cannot be."""
        with self._engine.begin() as connection:
            connection.execute(delete(announced).where(announced.c.sid == sid))

    def release(self, servers: Iterable[str]) -> None:
        """What these servers were told anybody may take."""
        with self._engine.begin() as connection:
            release(connection, servers)


def release(connection: Connection, servers: Iterable[str]) -> None:
    """The same, in a transaction that does more."""
    of_theirs = announced.c.server.in_(list(servers))
    connection.execute(update(announced).where(of_theirs).values(server=NOBODY))
