"""Keep jobs in the database until they are done, by this program or by the next.

A long job is taken by a program, its owner, which has it until it is released.  The next program releases
the jobs of one that was killed.  A quick job is leased for some seconds: if the program dies, others may
have it after that.

Times are milliseconds since 1970, by a clock that is not adjusted while the program runs.  In an earlier
run it may have been wrong.
"""

import threading
from collections.abc import Callable, Collection, Iterable
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
"""Attempts after which a job no longer keeps the later ones of its call waiting"""

MS_TOO_FAR = 2 * 24 * 60 * 60 * 1000
"""Longer than any retry waits: a job due later than that was postponed by a wrong clock, and is due now"""


MAX_KEYS = 1000
"""Keys that one query asks for"""

MAX_MS = 2**62
"""A time after all others"""


class JobKind(StrEnum):
    """A kind of job."""

    WEBHOOK = "webhook"
    """An event to post; the target is the endpoint's fingerprint"""
    RECORDING = "recording"
    """A recording to fetch and transcribe; the target is the account at Twilio, the key its SID"""
    SECOND_PASS = "second-pass"  # noqa: S105  (no password)
    """A call's recording to transcribe with a better model; the key is the call's id"""
    NUMBERING = "numbering"
    """No work, but how many events of a call were numbered; the key is the call's id"""
    UPLOAD = "upload"
    """A file that was sent, to transcribe; the key is its name on this disk"""
    ARCHIVE = "archive"
    """A file of an archive, which several hosts transcribe; the key is the id of the call it is kept as"""
    TRANSCRIPT = "transcript"
    """A transcript that a program has asked for; it is remembered as long as the call it is kept as"""
    CALLBACK = "callback"
    """A post about a transcript; the key is that of the transcript"""


class JobState(StrEnum):
    """The progress of a job."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


UNSETTLED = (JobState.WAITING, JobState.RUNNING)


class JobLostError(Exception):
    """The job of a program is not its own any more.

    It was withdrawn, or released since the program seemed to be dead.  What the program has done for it does
    not count.
    """


@dataclass(frozen=True, slots=True)
class Job:
    """Work that waits in the store until it is done."""

    id: int
    kind: str
    key: str
    """Unique among the jobs of a kind"""
    target: str
    """The one it is for: a program takes only jobs for its own targets"""
    call_id: str | None
    """The call it is about, if that is known"""
    payload: dict[str, Any]
    owner: str
    """The program that has it, by its name in the store; `NOBODY` if any may take it"""
    state: str
    created_at: int
    due_at: int
    attempts: int
    """Number of times that it was taken or leased"""


COLUMNS = tuple(jobs.c[field.name] for field in fields(Job))


class JobQueue:
    """The jobs of all kinds.  Safe to share between threads and programs.

    Raises SQLAlchemy's errors when the database cannot be reached or written.
    """

    def __init__(self, engine: Engine, clock: Callable[[], int]) -> None:
        """Use `clock`, which returns milliseconds since 1970 and is not adjusted while the program runs."""
        self._engine, self._reading = engine, reading(engine)
        self.clock = clock
        self._released: set[str] = set()
        self.submitted = threading.Event()
        """Set when a job was submitted; the thread that waits for it clears it"""

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
        state: JobState = JobState.WAITING,
    ) -> None:
        """Add a job in the transaction of `connection`.

        Any program may take it if the jobs of `owner` were released, as they are while this program ends.
        Raises SQLAlchemy's `IntegrityError` if a job of this kind and key is there already.
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
                state=str(state),
                created_at=at,
                due_at=at,
                attempts=0,
            )
        )

    def count_up(self, connection: Connection, kind: JobKind, key: str) -> int:
        """Count one more in the transaction of `connection`; return how many that is for a kind and key.

        A settled job has the count as its attempts, until `forget_settled`.
        """
        counted = {"state": str(JobState.DONE), "attempts": jobs.c.attempts + 1, "due_at": self.clock()}
        is_its = _is(kind) & (jobs.c.key == key)
        count = connection.execute(
            update(jobs).where(is_its).values(counted).returning(jobs.c.attempts)
        ).scalar()
        if count is None:
            self.add(connection, kind, key)
            return self.count_up(connection, kind, key)
        return int(count)

    def submit(self, kind: JobKind, key: str, **values: Any) -> None:
        """Add a job unless it is there, in a transaction of its own; `values` are those of `add`."""
        try:
            with self._engine.begin() as connection:
                self.add(connection, kind, key, **values)
        except IntegrityError:
            return
        self.submitted.set()

    def find(self, kind: JobKind, key: str) -> Job | None:
        """Return the job of this key, in any state; None if there is none."""
        with self._reading.connect() as connection:
            row = connection.execute(select(*COLUMNS).where(_is(kind), jobs.c.key == key)).first()
        return _job(row) if row else None

    def find_all(self, kind: JobKind, keys: Collection[str]) -> dict[str, Job]:
        """Return the jobs of these keys that there are, in any state, by their keys."""
        wanted, found = list(keys), dict[str, Job]()
        with self._reading.connect() as connection:
            for at in range(0, len(wanted), MAX_KEYS):
                some = jobs.c.key.in_(wanted[at : at + MAX_KEYS])
                rows = connection.execute(select(*COLUMNS).where(_is(kind), some))
                found |= {job.key: job for job in map(_job, rows)}
        return found

    def is_unsettled(self, key: str) -> bool:
        """Tell whether a job of this key, of any kind, waits or is running."""
        return self._count(jobs.c.key == key, states=UNSETTLED) > 0

    def listed(
        self,
        kind: JobKind,
        prefix: str,
        *,
        older_than: int | None = None,
        newer_than: int | None = None,
        states: Collection[JobState] = tuple(JobState),
        since: int = 0,
        until: int = MAX_MS,
        limit: int | None = None,
    ) -> list[Job]:
        """Return the jobs of a kind whose keys begin with `prefix`, in any state, the newest first.

        `older_than` and `newer_than` are ids of jobs.  With `newer_than` alone those next to it are returned.
        `since` and `until` bound the time when a job was added.
        """
        wanted = [
            _is(kind),
            jobs.c.key.startswith(prefix, autoescape=True),
            jobs.c.state.in_(list(map(str, states))),
            jobs.c.created_at >= since,
            jobs.c.created_at < until,
        ]
        if older_than is not None:
            wanted.append(jobs.c.id < older_than)
        if newer_than is not None:
            wanted.append(jobs.c.id > newer_than)
        is_upward = newer_than is not None and older_than is None
        order = jobs.c.id.asc() if is_upward else jobs.c.id.desc()
        query = select(*COLUMNS).where(*wanted).order_by(order).limit(limit)
        with self._reading.connect() as connection:
            found = [_job(row) for row in connection.execute(query)]
        return found[::-1] if is_upward else found

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
        """Mark a job as running, and return it; None if others were quicker.

        It is the owner's until it is released.
        """
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
        """Lease up to `limit` jobs due at `at`, the oldest first; nobody else has them before `until`.

        The jobs of one call are leased in order: each waits for those before it, except for jobs that have
        failed too often.
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
        """Let a failed job wait until `due_at`, for any program, unless somebody else has it by now."""
        again = {"state": str(JobState.WAITING), "due_at": due_at, "owner": NOBODY}
        with self._engine.begin() as connection:
            connection.execute(update(jobs).where(_is_still(job)).values(again))

    def complete(self, job: Job) -> None:
        """Remove a job that is done or given up, unless somebody else has it by now."""
        with self._engine.begin() as connection:
            self.complete_in(connection, job)

    def cancel(self, job: Job) -> bool:
        """Remove a job that is not settled, even if a program has it; return whether it was still there."""
        with self._engine.begin() as connection:
            is_it = (jobs.c.id == job.id) & jobs.c.state.in_(list(map(str, UNSETTLED)))
            return connection.execute(delete(jobs).where(is_it)).rowcount > 0

    def complete_in(self, connection: Connection, job: Job) -> bool:
        """Complete a job in the transaction of `connection`; return whether the job was still there."""
        return connection.execute(delete(jobs).where(_is_still(job))).rowcount > 0

    def settle(
        self,
        job: Job,
        state: JobState,
        payload: dict[str, Any],
        call_id: str | None = None,
        *,
        callback: dict[str, Any] | None = None,
    ) -> bool:
        """Keep a job that is done or failed, with its outcome as `payload`, until `forget_settled`.

        A post about it is added at the same time, if `callback` says what is posted.  A job that somebody
        else has by now is not changed; return whether it was changed.
        """
        with self._engine.begin() as connection:
            return self.settle_in(connection, job, state, payload, call_id, callback=callback)

    def settle_in(
        self,
        connection: Connection,
        job: Job,
        state: JobState,
        payload: dict[str, Any],
        call_id: str | None = None,
        *,
        callback: dict[str, Any] | None = None,
    ) -> bool:
        """Settle a job in the transaction of `connection`; return whether it was changed."""
        values = {"state": str(state), "payload": payload, "call_id": call_id, "due_at": self.clock()}
        is_ours = self._change_in(connection, job, values)
        if is_ours and callback:
            self.add(connection, JobKind.CALLBACK, job.key, payload=callback)
        return is_ours

    def note(self, job: Job, payload: dict[str, Any]) -> bool:
        """Change what is kept with a job, unless somebody else has it by now.

        Return whether it was changed.
        """
        with self._engine.begin() as connection:
            return self._change_in(connection, job, {"payload": payload})

    def note_call(self, job: Job, call_id: str) -> bool:
        """Note the call that a job makes, so that the job is deleted with the call.

        A job that somebody else has by now is not changed; return whether it was changed.
        """
        with self._engine.begin() as connection:
            return self._change_in(connection, job, {"call_id": call_id})

    def _change_in(self, connection: Connection, job: Job, values: dict[str, Any]) -> bool:
        """Change a job in the transaction of `connection`, unless somebody else has it by now."""
        return connection.execute(update(jobs).where(_is_still(job)).values(values)).rowcount > 0

    def forget_settled(self, kind: JobKind, before: int, *, has_call: bool = True) -> None:
        """Remove the jobs of a kind that were settled before a time.

        Without `has_call` those that have made a call stay.
        """
        settled = [_is(kind), jobs.c.state.not_in(UNSETTLED), jobs.c.due_at < before]
        if not has_call:
            settled.append(jobs.c.call_id.is_(None))
        with self._engine.begin() as connection:
            connection.execute(delete(jobs).where(*settled))

    def withdraw(
        self, connection: Connection, kind: JobKind, call_id: str, *what: ColumnElement[bool]
    ) -> None:
        """Remove a call's jobs of a kind that match `what`, in the transaction of `connection`."""
        connection.execute(delete(jobs).where(_is(kind), jobs.c.call_id == call_id, *what))

    def release(self, owners: Iterable[str]) -> None:
        """Let any program take the unsettled jobs of these owners, as if for the first time."""
        with self._engine.begin() as connection:
            self.release_in(connection, owners)

    def release_in(self, connection: Connection, owners: Iterable[str]) -> None:
        """Release jobs in the transaction of `connection`."""
        released = set(owners)
        self._released |= released
        theirs = jobs.c.owner.in_(released) & jobs.c.state.in_(UNSETTLED)
        anew = {"owner": NOBODY, "state": str(JobState.WAITING), "attempts": 0, "due_at": jobs.c.created_at}
        connection.execute(update(jobs).where(theirs).values(anew))

    def count(self, kind: JobKind, target: str) -> int:
        """Return how many jobs of a kind wait for a target."""
        return self._count(_is(kind), jobs.c.target == target)

    def count_for_others(self, kind: JobKind, targets: Collection[str]) -> int:
        """Return how many jobs of a kind wait for targets that are none of these."""
        return self._count(_is(kind), jobs.c.target.not_in(targets))

    def _count(self, *what: ColumnElement[bool], states: Collection[JobState] = (JobState.WAITING,)) -> int:
        in_state = jobs.c.state.in_(list(map(str, states)))
        query = select(func.count()).select_from(jobs).where(in_state, *what)
        with self._reading.connect() as connection:
            return connection.execute(query).scalar_one()


def _is(kind: JobKind) -> ColumnElement[bool]:
    return jobs.c.kind == str(kind)


def _may_take(owner: str) -> ColumnElement[bool]:
    return (jobs.c.state == str(JobState.WAITING)) & jobs.c.owner.in_((NOBODY, owner))


def _is_still(job: Job) -> ColumnElement[bool]:
    """Match a job that nobody has taken, leased or released since it was read."""
    same = (jobs.c.owner == job.owner) & (jobs.c.attempts == job.attempts) & (jobs.c.state == str(job.state))
    return (jobs.c.id == job.id) & same


def _is_due(at: int) -> ColumnElement[bool]:
    return or_(jobs.c.due_at <= at, jobs.c.due_at > at + MS_TOO_FAR)


def _job(row: Any) -> Job:
    return Job(*row)
