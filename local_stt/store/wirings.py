"""Keep what numbers did before they were pointed at an address that several hosts share."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Engine, delete, insert, select, text, update

from .schema import wirings
from .transactions import may_idle

LOCK = text("SELECT pg_try_advisory_xact_lock(hashtext('local_stt wirings'))")
"""Takes a lock that PostgreSQL releases at the end of the transaction, also if the program is killed"""


class Wirings:
    """What is known of each number, by its SID.

    Raises SQLAlchemy's errors when the database cannot be reached or written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextlib.contextmanager
    def locked(self) -> Iterator[bool]:
        """Keep other programs from changing numbers during the block; yield whether that is possible now.

        A store in a file belongs to one machine, and has no such lock.
        """
        if self._engine.dialect.name != "postgresql":
            yield True
            return
        with self._engine.begin() as connection:
            may_idle(connection)  # Twilio is asked meanwhile
            yield bool(connection.execute(LOCK).scalar())

    def all(self) -> list[dict[str, Any]]:
        """List what is known of all numbers."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(wirings.c.previous).order_by(wirings.c.sid)).scalars())

    def save(self, sid: str, previous: Mapping[str, Any]) -> None:
        """Keep what is known of a number."""
        with self._engine.begin() as connection:
            of_number, values = wirings.c.sid == sid, {"previous": dict(previous)}
            if not connection.execute(update(wirings).where(of_number).values(values)).rowcount:
                connection.execute(insert(wirings).values(sid=sid, **values))

    def forget(self, sid: str) -> None:
        """Forget what is known of a number."""
        with self._engine.begin() as connection:
            connection.execute(delete(wirings).where(wirings.c.sid == sid))
