"""How the database is read and written, and what SQLite needs for both to be safe, quick and thorough."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_TIMEOUT = 10
"""For another process that writes to the same file"""

BUSY_TIMEOUT_PRAGMA = f"busy_timeout = {BUSY_TIMEOUT * 1000}"

PRAGMAS = (
    BUSY_TIMEOUT_PRAGMA,
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted is overwritten
)


def prepare(engine: Engine) -> None:
    """Readers beside a writer (WAL), referential integrity, and SQLAlchemy's own transactions.

    With synchronous=NORMAL a commit survives the program's death, though the last ones may not
    survive the machine's: a final is worth no disk flush of its own.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)


def prepare_to_read(engine: Engine) -> None:
    """Have SQLite refuse all that would write."""
    event.listen(engine, "connect", _set_up_to_read)
    event.listen(engine, "begin", _begin)


def reading(engine: Engine) -> Engine:
    """The same database, to be read as it is at one moment, without waiting for whoever writes."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(reading=True)
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _set_up(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # or the driver would begin transactions where it sees fit
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _set_up_to_read(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None
    for pragma in (BUSY_TIMEOUT_PRAGMA, "query_only = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Whoever will write says so at once: who finds out later could not wait for others."""
    if connection.get_execution_options().get("autocommit"):  # SQLite empties its log in no transaction
        return
    writes = not connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
