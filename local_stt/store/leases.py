"""Keep the leases of programs in a database that several hosts share.

A program renews its lease every second.  One that has not done so for a while is gone, and another program
takes over what it left.  All times are those of the database, so the hosts' clocks do not matter.

A program also holds an advisory lock for as long as its connection lasts.  PostgreSQL releases it when a
program is killed, but not when a host loses its power or its network.  So a lock that is free shows sooner
that a program is gone, and the time-out shows it in any case.
Source: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    cast,
    create_engine,
    delete,
    extract,
    func,
    insert,
    select,
    text,
    update,
)

from .damage import hide_values
from .job_queue import JobState
from .schema import jobs, leases
from .transactions import prepare

RENEWAL_SECONDS = 1.0
"""Seconds between renewals"""

TIMEOUT_MS = 13_000
"""Milliseconds after which a lease that is not renewed is over, in any case"""

UNLOCKED_TIMEOUT_MS = 4_000
"""Milliseconds after which it is over if the program's connection to the database is gone too"""

CONNECTION = {"connect_timeout": 2, "tcp_user_timeout": 2000}
"""Options of libpq for the connection of a lease, which must not wait for a network that is gone"""

NO_WAITING = text("SET LOCAL lock_timeout = 2000")
"""Gives up a lease that another program holds, whose host may be gone"""

NOW = cast(extract("epoch", func.clock_timestamp()) * 1000, BigInteger)
"""The time of the database, in milliseconds since 1970"""


class Leases:
    """The leases of all programs, through one connection of its own.  Safe to share between threads.

    Raises SQLAlchemy's errors when the database cannot be reached in time.
    """

    def __init__(self, url: URL) -> None:
        """Connect to PostgreSQL at `url` when it is first used."""
        self._engine = create_engine(
            url, hide_parameters=True, pool_size=1, max_overflow=0, connect_args=CONNECTION
        )
        hide_values(self._engine)
        prepare(self._engine)

    def renew(self, name: str, host: str) -> bool:
        """Renew the lease of a program; return False if it was over and taken, so that it begins anew."""
        with self._engine.begin() as connection:
            connection.execute(NO_WAITING)
            connection.execute(select(func.pg_try_advisory_lock(_lock_of(name))))
            renewed = update(leases).where(leases.c.name == name).values(seen_at=NOW)
            if connection.execute(renewed).rowcount:
                return True
            connection.execute(insert(leases).values(name=name, host=host, seen_at=NOW))
        return False

    def are_over(self, name: str) -> bool:
        """Check whether the lease of another program than `name` is over."""
        with self._engine.begin() as connection:
            return bool(expired(connection, name))

    def has_others(self, name: str) -> bool:
        """Check whether another program than `name` has a lease."""
        with self._engine.begin() as connection:
            fresh = (leases.c.name != name) & (leases.c.seen_at > NOW - UNLOCKED_TIMEOUT_MS)
            return connection.execute(select(leases.c.name).where(fresh)).first() is not None

    def has_abandoned_jobs(self) -> bool:
        """Check whether a program that seems to be gone still has a job, which will be released soon."""
        owners = select(leases.c.name).where(_is_silent(UNLOCKED_TIMEOUT_MS))
        abandoned = (jobs.c.state == str(JobState.RUNNING)) & jobs.c.owner.in_(owners)
        with self._engine.begin() as connection:
            return connection.execute(select(jobs.c.id).where(abandoned)).first() is not None

    def end(self, name: str) -> None:
        """End the lease of a program that has left nothing."""
        with self._engine.begin() as connection:
            connection.execute(delete(leases).where(leases.c.name == name))

    def expire(self, name: str) -> None:
        """Let others take over at once what a program leaves."""
        with self._engine.begin() as connection:
            connection.execute(update(leases).where(leases.c.name == name).values(seen_at=0))

    def close(self) -> None:
        """Close the connection, which releases the lock."""
        self._engine.dispose()


def claim_expired(connection: Connection, name: str) -> list[str]:
    """Remove the leases of programs that are gone, in the transaction of `connection`; return their names.

    Another program that does the same waits for this transaction, and then finds none.
    """
    gone = expired(connection, name)
    claimed = delete(leases).where(leases.c.name.in_(gone), _is_silent(UNLOCKED_TIMEOUT_MS))
    return list(connection.execute(claimed.returning(leases.c.name)).scalars())


def expired(connection: Connection, name: str) -> list[str]:
    """List the programs other than `name` that are gone."""
    silent = select(leases.c.name, _is_silent(TIMEOUT_MS)).where(
        leases.c.name != name, _is_silent(UNLOCKED_TIMEOUT_MS)
    )
    return [
        other
        for other, is_over in connection.execute(silent)
        if is_over or connection.execute(select(func.pg_try_advisory_xact_lock(_lock_of(other)))).scalar()
    ]


def _is_silent(ms: int) -> ColumnElement[bool]:
    """Match leases that were not renewed for a while.

    One of the future is among them: the database's clock was set back, and a program that lives has renewed
    its lease since.
    """
    return (leases.c.seen_at < NOW - ms) | (leases.c.seen_at > NOW + ms)


def forget(connection: Connection, names: Iterable[str]) -> None:
    """Remove leases in the transaction of `connection`."""
    connection.execute(delete(leases).where(leases.c.name.in_(list(names))))


def _lock_of(name: str) -> Any:
    """Return the number of a program's lock."""
    return func.hashtext(f"local_stt {name}")
