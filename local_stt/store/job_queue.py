"""Jobs that wait in the database until they are done, by this program or by the next.

A job that takes long is taken by a program, its owner, which has it until it is released.  The jobs of a
program that was killed are released by the next one.  A job that is quick is leased for some seconds: when
the program dies, others may have it after that.

Times are milliseconds since 1970, by a clock that is not set while the program runs, but that may have been
wrong in an earlier run.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from .schema import jobs
from .transactions import reading

NOBODY = ""
"""The owner of a job that any program may take"""

ATTEMPTS_IN_ORDER = 10
"""A job that failed so many times no longer keeps the later ones of its call waiting"""

MS_TOO_FAR = 2 * 24 * 60 * 60 * 1000
"""Nothing is retried so late: what seems to be was put off by a clock that was wrong, and is due now"""


class JobKind(StrEnum):
    """What there is to do."""

    WEBHOOK = "webhook"
    """Post an event; the target is the endpoint's fingerprint"""
    RECORDING = "recording"
    """Fetch and transcribe a recording; the target is the account at Twilio, the key its SID"""
    SECOND_PASS = "second-pass"  # noqa: S105  (no password)
    """Transcribe a call's recording with a better model; the key is the call's id"""
    UPLOAD = "upload"
    """Transcribe a file that was sent; the key is the name of the file that has it"""


class JobState(StrEnum):
    """How far a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNSETTLED = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do."""

    id: int
    kind: str
    key: str
    """Unique among the jobs of a kind"""
    target: str
    """Whom it is for: a program takes the jobs for its own targets alone"""
    call_id: str | None
    """The call it is about, where that is known"""
    payload: dict[str, Any]
    owner: str
    """The program that has it, by its name in the store; `NOBODY` if any may take it"""
    state: str
    created_at: int
    due_at: int
    attempts: int
    """How often it was taken or leased"""


COLUMNS = tuple(jobs.c[field.name] for field in fields(Job))


class JobQueue:
    """All jobs, of every kind.  Safe to share between threads and programs.

    Raises SQLAlchemy's errors when the database cannot be reached or written.
    """

    def __init__(self, engine: Engine, clock: Callable[[], int]) -> None:
        """`clock` tells milliseconds since 1970, and is not set while the program runs."""
        self._engine, self._reading = engine, reading(engine)
        self.clock = clock
        self._released: set[str] = set()
        self.submitted = threading.Event()
        """Set when a job was submitted; who waits for it clears it"""

    def add(
        self,
        connection: Connection,
        kind: JobKind,
        key: str,
        *,
        target: str = "",
        call_id: str | None = None,
        payload: dict[str, Any] | None = None,
        owner: str = NOBODY,
    ) -> None:
        """Add a job in a transaction that does more.

        Any program may take it if the jobs of `owner` are released, as while this program ends.
        Raises SQLAlchemy's `IntegrityError` for one that is there already.
        """
        at = self.clock()
        connection.execute(
            insert(jobs).values(
                kind=str(kind),
                key=key,
                target=target,
                call_id=call_id,
                payload=payload or {},
                owner=NOBODY if owner in self._released else owner,
                state=str(JobState.WAITING),
                created_at=at,
                due_at=at,
                attempts=0,
            )
        )

    def submit(self, kind: JobKind, key: str, **values: Any) -> None:
        """Add a job in a transaction of its own, with `values` as for `add`; one that is there stays."""
        try:
            with self._engine.begin() as connection:
                self.add(connection, kind, key, **values)
        except IntegrityError:
            return
        self.submitted.set()

    def find(self, kind: JobKind, key: str) -> Job | None:
        """Return a job, whatever its state; None if there is none of this key."""
        with self._reading.connect() as connection:
            row = connection.execute(select(*COLUMNS).where(_is(kind), jobs.c.key == key)).first()
        return _job(row) if row else None

    def due(self, kind: JobKind, owner: str, *, target: str = "") -> list[Job]:
        """Return the jobs that this owner may take now, the oldest first."""
        waiting = (
            select(*COLUMNS)
            .where(_is(kind), jobs.c.target == target, _may_take(owner), _is_due(self.clock()))
            .order_by(jobs.c.id)
        )
        with self._reading.connect() as connection:
            return [_job(row) for row in connection.execute(waiting)]

    def take(self, job: Job, owner: str) -> Job | None:
        """Mark a job as running, the owner's until it is released; None if others were quicker."""
        taken = (
            update(jobs)
            .where(jobs.c.id == job.id, _may_take(owner))
            .values(state=str(JobState.RUNNING), owner=owner, attempts=jobs.c.attempts + 1)
            .returning(*COLUMNS)
        )
        with self._engine.begin() as connection:
            row = connection.execute(taken).first()
        return _job(row) if row else None

    def lease(self, kind: JobKind, target: str, at: int, *, until: int, limit: int) -> list[Job]:
        """Return some that are due at that time, the oldest first; they are nobody else's until then.

        The jobs of one call are leased in order: each waits for the one before it, unless that has failed
        too often.
        """
        earlier = jobs.alias()
        is_blocked = exists().where(
            earlier.c.call_id == jobs.c.call_id,
            earlier.c.kind == jobs.c.kind,
            earlier.c.target == jobs.c.target,
            earlier.c.id < jobs.c.id,
            earlier.c.attempts < ATTEMPTS_IN_ORDER,
        )
        due = (
            select(jobs.c.id)
            .where(_is(kind), jobs.c.target == target, _is_due(at), ~is_blocked)
            .order_by(jobs.c.id)
            .limit(limit)
        )
        with self._reading.connect() as connection:  # a long search must not keep writers waiting
            found = list(connection.execute(due).scalars())
        if not found:
            return []
        free = (
            select(jobs.c.id)
            .where(jobs.c.id.in_(found), _is_due(at))  # unless others were quicker
            .with_for_update(skip_locked=True)
        )
        leased = (
            update(jobs)
            .where(jobs.c.id.in_(free))
            .values(due_at=until, attempts=jobs.c.attempts + 1)
            .returning(*COLUMNS)
        )
        with self._engine.begin() as connection:
            rows = connection.execute(leased).all()
        return sorted((_job(row) for row in rows), key=lambda job: job.id)

    def retry_later(self, job: Job, due_at: int) -> None:
        """Let a job that failed wait until then, unless somebody else has it by now."""
        again = {"state": str(JobState.WAITING), "due_at": due_at}
        with self._engine.begin() as connection:
            connection.execute(update(jobs).where(_is_still(job)).values(again))

    def complete(self, job: Job) -> None:
        """Remove a job that is done or given up, unless somebody else has it by now."""
        with self._engine.begin() as connection:
            self.complete_in(connection, job)

    def complete_in(self, connection: Connection, job: Job) -> bool:
        """Do the same in a transaction that does more; return whether the job was still there."""
        return connection.execute(delete(jobs).where(_is_still(job))).rowcount > 0

    def settle(self, job: Job, state: JobState, payload: dict[str, Any], call_id: str | None = None) -> None:
        """Keep a job that is done or failed, with what came of it, until `forget_settled`.

        A job that somebody else has by now is theirs to settle.
        """
        values = {"state": str(state), "payload": payload, "call_id": call_id, "due_at": self.clock()}
        with self._engine.begin() as connection:
            connection.execute(update(jobs).where(_is_still(job)).values(values))

    def note_call(self, job: Job, call_id: str) -> None:
        """Note which call comes of a job, so that nothing stays of the job when that is deleted."""
        with self._engine.begin() as connection:
            connection.execute(update(jobs).where(_is_still(job)).values(call_id=call_id))

    def forget_settled(self, kind: JobKind, before: int) -> None:
        """Remove the jobs that were settled before that time."""
        settled = jobs.c.state.not_in(UNSETTLED)
        with self._engine.begin() as connection:
            connection.execute(delete(jobs).where(_is(kind), settled, jobs.c.due_at < before))

    def withdraw(
        self, connection: Connection, kind: JobKind, call_id: str, *what: ColumnElement[bool]
    ) -> None:
        """Remove the jobs of a kind that are about a call, in a transaction that does more."""
        connection.execute(delete(jobs).where(_is(kind), jobs.c.call_id == call_id, *what))

    def release(self, owners: Iterable[str]) -> None:
        """Let any program take what these owners had, as if for the first time."""
        with self._engine.begin() as connection:
            self.release_in(connection, owners)

    def release_in(self, connection: Connection, owners: Iterable[str]) -> None:
        """Do the same in a transaction that does more."""
        released = set(owners)
        self._released |= released
        theirs = jobs.c.owner.in_(released) & jobs.c.state.in_(UNSETTLED)
        anew = {"owner": NOBODY, "state": str(JobState.WAITING), "attempts": 0, "due_at": jobs.c.created_at}
        connection.execute(update(jobs).where(theirs).values(anew))

    def count(self, kind: JobKind, target: str) -> int:
        """Return how many jobs of a kind wait for a target."""
        return self._count(_is(kind), jobs.c.target == target)

    def count_for_others(self, kind: JobKind, target: str) -> int:
        """Return how many jobs of a kind wait for other targets."""
        return self._count(_is(kind), jobs.c.target != target)

    def _count(self, *what: ColumnElement[bool]) -> int:
        waiting = jobs.c.state == str(JobState.WAITING)
        query = select(func.count()).select_from(jobs).where(waiting, *what)
        with self._reading.connect() as connection:
            return connection.execute(query).scalar_one()


def _is(kind: JobKind) -> ColumnElement[bool]:
    return jobs.c.kind == str(kind)


def _may_take(owner: str) -> ColumnElement[bool]:
    return (jobs.c.state == str(JobState.WAITING)) & jobs.c.owner.in_((NOBODY, owner))


def _is_still(job: Job) -> ColumnElement[bool]:
    """Whether nobody has taken, leased or released a job since."""
    same = (jobs.c.owner == job.owner) & (jobs.c.attempts == job.attempts) & (jobs.c.state == str(job.state))
    return (jobs.c.id == job.id) & same


def _is_due(at: int) -> ColumnElement[bool]:
    return or_(jobs.c.due_at <= at, jobs.c.due_at > at + MS_TOO_FAR)


def _job(row: Any) -> Job:
    return Job(*row)
