"""Events that a receiver elsewhere is to be told of, kept until it is.

A delivery is written in the transaction that writes its event, so that neither is without the other.
A program that claims one has it for itself until a time that it says; if it dies, others get it then.

Its times are those of a clock that may have been wrong in an earlier run.
"""

import json
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, func, insert, or_, select, update

from ..events import NAMES, Event, FinalText, to_dict
from .schema import deliveries
from .transactions import reading

ATTEMPTS_IN_ORDER = 10
"""A delivery that failed so many times is no longer waited for by those of its call that come after it"""

MS_TOO_FAR = 2 * 24 * 60 * 60 * 1000
"""Nothing is put off for so long: what seems to be was put off by a clock that was wrong, and is due now"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way."""

    id: int
    key: str
    """What the receiver knows it by, the same at every attempt"""
    call_id: str
    created_at: int
    """Milliseconds since 1970"""
    attempts: int
    """The one it was claimed for included"""
    body: str


class Outbox:
    """The queue of deliveries to one receiver.  Safe to share between threads and programs.

    Raises SQLAlchemy's errors when the database cannot be reached or written.
    """

    def __init__(self, engine: Engine, clock: Callable[[], int]) -> None:
        """`clock` tells milliseconds since 1970, and is not set while the program runs."""
        self._engine = engine
        self._reading = reading(engine)
        self.clock = clock
        self._receiver = ""
        self._kinds: frozenset[type[Event]] = frozenset()

    def subscribe(self, receiver: str, kinds: Collection[type[Event]]) -> None:
        """From now on `receiver` is to be told of events of these kinds; until then nobody is of any.

        What waits for one receiver is never claimed for another: several programs, each with a
        receiver of its own, may share a database.
        """
        self._receiver, self._kinds = receiver, frozenset(kinds)

    def add(self, connection: Connection, event: Event, at: int) -> None:
        """Queue an event that happened at that time, if anybody is to be told."""
        if type(event) not in self._kinds:
            return
        queued_at = self.clock()
        connection.execute(
            insert(deliveries).values(
                key=secrets.token_hex(16),
                receiver=self._receiver,
                call_id=event.call_id,
                kind=NAMES[type(event)],
                created_at=queued_at,
                due_at=queued_at,
                attempts=0,
                body=json.dumps({**to_dict(event), "timestamp": _iso(at)}, ensure_ascii=False),
            )
        )

    def forget_text(self, connection: Connection, call_id: str) -> None:
        """Tell no more what was said on a call, only that it ended."""
        said = (deliveries.c.call_id == call_id) & (deliveries.c.kind == NAMES[FinalText])
        connection.execute(delete(deliveries).where(said))

    def claim(self, at: int, *, until: int, most: int) -> list[Delivery]:
        """Some that are due at that time, oldest first, nobody else's until then.

        Of one call each waits for the one before it, unless that has failed too often.
        """
        is_due = or_(deliveries.c.due_at <= at, deliveries.c.due_at > at + MS_TOO_FAR)
        earlier = deliveries.alias()
        held_back = exists().where(
            earlier.c.call_id == deliveries.c.call_id,
            earlier.c.receiver == deliveries.c.receiver,
            earlier.c.id < deliveries.c.id,
            earlier.c.attempts < ATTEMPTS_IN_ORDER,
        )
        due = (
            select(deliveries.c.id)
            .where(deliveries.c.receiver == self._receiver, is_due, ~held_back)
            .order_by(deliveries.c.id)
            .limit(most)
        )
        with self._reading.connect() as connection:  # a long search is to hold up nobody who writes
            found = list(connection.execute(due).scalars())
        if not found:
            return []
        free = (
            select(deliveries.c.id)
            .where(deliveries.c.id.in_(found), is_due)  # unless others were quicker
            .with_for_update(skip_locked=True)
        )
        taken = (
            update(deliveries)
            .where(deliveries.c.id.in_(free))
            .values(due_at=until, attempts=deliveries.c.attempts + 1)
            .returning(*(deliveries.c[name] for name in Delivery.__slots__))
        )
        with self._engine.begin() as connection:
            rows = connection.execute(taken).all()
        return sorted((Delivery(*row) for row in rows), key=lambda delivery: delivery.id)

    def remove(self, delivery: Delivery) -> None:
        """It arrived, or is given up."""
        with self._engine.begin() as connection:
            connection.execute(delete(deliveries).where(deliveries.c.id == delivery.id))

    def put_off(self, delivery: Delivery, until: int) -> None:
        """It failed, and is due again then; unless somebody else has it by now."""
        mine = (deliveries.c.id == delivery.id) & (deliveries.c.attempts == delivery.attempts)
        with self._engine.begin() as connection:
            connection.execute(update(deliveries).where(mine).values(due_at=until))

    def waiting(self) -> int:
        """How many have not arrived."""
        return self._count(deliveries.c.receiver == self._receiver)

    def waiting_for_others(self) -> int:
        """How many wait for other receivers."""
        return self._count(deliveries.c.receiver != self._receiver)

    def _count(self, which: ColumnElement[bool]) -> int:
        with self._reading.connect() as connection:
            return connection.execute(select(func.count()).select_from(deliveries).where(which)).scalar_one()


def _iso(moment: int) -> str:
    """ISO 8601, in UTC, to the millisecond."""
    utc = datetime.fromtimestamp(moment / 1000, UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
