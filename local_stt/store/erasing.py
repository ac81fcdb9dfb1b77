"""Overwrite deleted data wherever the database has a second copy.

SQLite has one in its log, and cannot overwrite that while somebody reads the store as it was before.
PostgreSQL keeps deleted rows until they are vacuumed, which waits for the same readers.  It leaves bytes in
the free space of its pages, and words in the index, until a table is rewritten.
"""

import contextlib
import logging
import threading
import time

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from ..notices import notices
from .damage import reason

logger = logging.getLogger(__name__)

TRY_SECONDS = 0.2
"""Seconds for one try: SQLite keeps writers out meanwhile"""

ERASE_TIMEOUT = 3.0
"""Seconds that a deletion waits for others who read the store, before it goes on in the background"""

RETRY_SECONDS = 0.3
BACKGROUND_RETRY_SECONDS = 2.0
"""Seconds between tries in the background"""

TABLES = (
    "calls",
    "utterances",
    "words",
    "redactions",
    "corrections",
    "tags",
    "alerts",
    "jobs",
    "contacts",
)
"""All tables with anything that somebody said, wrote or is called by"""

MAX_BYTES_REWRITTEN = 256 * 1024 * 1024
"""Bytes of tables and indexes that are rewritten at most.

More is only vacuumed: nobody can use a table while it is rewritten."""

LOCKED = "55P03"
"""PostgreSQL's SQLSTATE when others have locked a table for too long"""

SIZE = text(
    "SELECT CAST(sum(pg_total_relation_size(CAST(name AS regclass))) AS bigint) "
    "FROM unnest(CAST(:tables AS text[])) AS name"
)

OLDER_READERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database() "
    "AND backend_xmin IS NOT NULL AND age(backend_xmin) > age(CAST(CAST(:boundary AS text) AS xid))"
)
"""Count of the connections that may still see what was deleted before transaction number `:boundary`"""

NEXT_TRANSACTION = text(
    "SELECT CAST(CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) % 4294967296 AS text)"
)


class Eraser:
    """The eraser of a store: it overwrites deleted data at once where possible, else in the background.

    Safe to share between threads.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT", autocommit=True)
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._lock = threading.Lock()
        self._trying = threading.Lock()
        self._wanted = self._done = 0
        self._boundary = "0"
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._has_notified = False

    @property
    def pending(self) -> bool:
        """Whether deleted data may still be in the database's files."""
        return self._done < self._wanted

    def erase(self, seconds: float, *, announce: bool = True) -> None:
        """Overwrite what was deleted until now, or go on trying in the background after `seconds`.

        With `announce` the user gets a notice of that: it is for users who know of a deletion.
        """
        self._note_wanted()
        deadline = time.monotonic() + seconds
        while not self._try():
            if time.monotonic() > deadline:
                self._retry_in_background(announce=announce)
                return
            time.sleep(RETRY_SECONDS)

    def close(self) -> None:
        """Stop trying; the next start or deletion erases what is left."""
        self._closing.set()
        if self._thread:
            self._thread.join()

    def _note_wanted(self) -> None:
        with self._lock:
            self._wanted += 1
        if not self._is_sqlite:
            with contextlib.suppress(SQLAlchemyError), self._engine.connect() as connection:
                self._boundary = str(connection.execute(NEXT_TRANSACTION).scalar_one())

    def _try(self) -> bool:
        """Try to erase once; return whether nothing is left of what was deleted before."""
        with self._trying:
            wanted = self._wanted
            try:
                with self._engine.connect() as connection:
                    is_done = _truncate_log(connection) if self._is_sqlite else self._vacuum(connection)
            except SQLAlchemyError as error:
                logger.warning("What was deleted cannot be erased yet: %s", reason(error))
                return False
            if is_done:
                self._done = max(self._done, wanted)
            return is_done

    def _vacuum(self, connection: Connection) -> bool:
        if connection.execute(OLDER_READERS, {"boundary": self._boundary}).scalar_one():
            return False  # rewritten tables would still have what others see
        is_small = connection.execute(SIZE, {"tables": list(TABLES)}).scalar_one() <= MAX_BYTES_REWRITTEN
        return _vacuumed(connection, "VACUUM FULL" if is_small else "VACUUM")

    def _retry_in_background(self, *, announce: bool) -> None:
        with self._lock:
            if self._thread or self._closing.is_set():
                return
            self._thread = threading.Thread(target=self._try_again, name="eraser", daemon=True)
            self._thread.start()
        if announce:
            self._has_notified = True
            notices.info(
                "What was deleted can be found by nobody, but is not overwritten yet: another program reads "
                "the store. That is done as soon as it has ended."
            )

    def _try_again(self) -> None:
        while not self._closing.wait(BACKGROUND_RETRY_SECONDS):
            with self._lock:
                if not self.pending:
                    self._thread = None
                    break
            self._try()
        if self._has_notified and not self.pending:
            self._has_notified = False
            notices.info("What was deleted is overwritten now.")


def _vacuumed(connection: Connection, command: str) -> bool:
    """Vacuum all tables; return False if others have locked one for too long."""
    connection.execute(text(f"SET lock_timeout = {round(TRY_SECONDS * 1000)}"))
    try:
        for table in TABLES:
            connection.execute(text(f"{command} {table}"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") == LOCKED:
            return False
        raise
    finally:
        connection.execute(text("RESET lock_timeout"))
    return True


def _truncate_log(connection: Connection) -> bool:
    """Move the content of SQLite's log into the file; return whether no reader was in the way."""
    before = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(TRY_SECONDS * 1000)}")
    try:
        is_busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {before}")
    return not is_busy
