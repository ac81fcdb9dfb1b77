"""Set up transactions, and all that SQLite needs to read and write safely, quickly and thoroughly.

PostgreSQL notices only after hours that a host has lost its power or its network, and never that its programs
do not run.  Until then it would keep the locks of a transaction in which the host was, and nobody could take
over its calls.
"""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event, text

BUSY_TIMEOUT = 10
"""Seconds to wait for another process that writes to the same file"""

BUSY_TIMEOUT_PRAGMA = f"busy_timeout = {BUSY_TIMEOUT * 1000}"

PRAGMAS = (
    BUSY_TIMEOUT_PRAGMA,
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten
)


IDLE_TIMEOUT_MS = 10_000
"""Milliseconds without a command after which PostgreSQL ends a transaction, and releases its locks.

It is less than the time after which others take over what a host left.
Source: https://www.postgresql.org/docs/current/runtime-config-client.html
"""


def prepare(engine: Engine) -> None:
    """Set up SQLite: readers beside a writer (WAL), referential integrity, SQLAlchemy's own transactions.

    Set up PostgreSQL: transactions end that were left without a command.

    With synchronous=NORMAL a commit survives the program's death, though the last ones may not
    survive the machine's: a final is not worth a disk flush of its own.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "connect", _limit_idling)


def may_idle(connection: Connection) -> None:
    """Let the transaction of `connection` wait for anything else, for as long as that takes."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def prepare_to_read(engine: Engine) -> None:
    """Make SQLite refuse to write."""
    event.listen(engine, "connect", _set_up_to_read)
    event.listen(engine, "begin", _begin)


def reading(engine: Engine) -> Engine:
    """Return an engine that reads the database as it is at one moment, without waiting for writers."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reading=True)
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _limit_idling(connection: Any, _: Any) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_TIMEOUT_MS}")
    connection.commit()


def _set_up(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # or the driver would begin transactions of its own
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _set_up_to_read(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (BUSY_TIMEOUT_PRAGMA, "query_only = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Begin a transaction, for writing at once unless it only reads.

    A transaction that begins to write later could not wait for others.
    """
    if connection.get_execution_options().get("autocommit"):  # SQLite cannot empty its log in a transaction
        return
    writes = not connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
