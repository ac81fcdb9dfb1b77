"""Count what is kept, what waits, and the bytes that it takes."""

import os
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, select

from .erasing import SIZE, TABLES
from .job_queue import UNSETTLED, JobKind, JobState
from .schema import calls, jobs
from .transactions import reading

SECONDS_FRESH = 60.0
"""Seconds for which the count of bytes is not repeated: it looks at every recording"""

NO_WORK = (JobKind.NUMBERING, JobKind.WEBHOOK)
"""Kinds of jobs that are not counted among those that wait: the first is none, the other is counted apart"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The calls that are kept."""

    calls: int
    """Number of calls that are not deleted"""
    since: int | None
    """When the first of them began, in milliseconds since 1970; None if there is none"""


@dataclass(frozen=True, slots=True)
class JobCount:
    """The jobs of a kind."""

    kind: str
    waiting: int
    running: int


class Figures:
    """Counts for people who look after the program.  Safe to share between threads.

    Raises SQLAlchemy's errors when the database cannot be read.
    """

    def __init__(self, engine: Engine, recordings: Path) -> None:
        """Count the recordings in the folder `recordings`, and what `engine` reads."""
        self._engine, self._reading, self._recordings = engine, reading(engine), recordings
        self._lock = threading.Lock()
        self._bytes, self._counted_at = 0, -SECONDS_FRESH

    def kept(self) -> Kept:
        """Count the calls that are kept."""
        query = select(func.count(), func.min(calls.c.started_at)).where(calls.c.deleted_at.is_(None))
        with self._reading.connect() as connection:
            return Kept(*connection.execute(query).one())

    def jobs(self) -> list[JobCount]:
        """Count the jobs that are not done, by kind."""
        query = (
            select(jobs.c.kind, jobs.c.state, func.count())
            .where(jobs.c.state.in_(list(map(str, UNSETTLED))), jobs.c.kind.not_in(list(map(str, NO_WORK))))
            .group_by(jobs.c.kind, jobs.c.state)
        )
        with self._reading.connect() as connection:
            found = {(kind, state): count for kind, state, count in connection.execute(query)}
        return [
            JobCount(
                kind, *(found.get((kind, str(state)), 0) for state in (JobState.WAITING, JobState.RUNNING))
            )
            for kind in sorted({kind for kind, _ in found})
        ]

    def webhooks(self, endpoints: Collection[str]) -> tuple[int, int | None]:
        """Count the webhooks that wait for endpoints; return when the oldest was queued too.

        That is in milliseconds since 1970; None if none waits.
        """
        waiting = (jobs.c.kind == str(JobKind.WEBHOOK)) & jobs.c.target.in_(list(endpoints))
        query = select(func.count(), func.min(jobs.c.created_at)).where(
            waiting, jobs.c.state == str(JobState.WAITING)
        )
        with self._reading.connect() as connection:
            count, oldest = connection.execute(query).one()
        return count, oldest

    def bytes_used(self) -> int:
        """Return the bytes of the store and of the recordings on this disk, as of a minute ago at most."""
        with self._lock:
            if time.monotonic() - self._counted_at >= SECONDS_FRESH:
                self._bytes = self._store_bytes() + _folder_bytes(self._recordings)
                self._counted_at = time.monotonic()
            return self._bytes

    def _store_bytes(self) -> int:
        if self._engine.dialect.name == "postgresql":
            with self._reading.connect() as connection:
                return int(connection.execute(SIZE, {"tables": list(TABLES)}).scalar_one())
        file = self._engine.url.database or ""
        return sum(_file_bytes(file + ending) for ending in ("", "-wal", "-shm"))


def _file_bytes(file: str) -> int:
    try:
        return Path(file).stat().st_size
    except OSError:
        return 0


def _folder_bytes(folder: Path) -> int:
    """Return the bytes of the files in a folder, as far as they can be seen."""
    try:
        with os.scandir(folder) as entries:
            return sum(_file_bytes(entry.path) for entry in entries)
    except OSError:
        return 0
