"""Reads and writes calls."""

import contextlib
import itertools
import logging
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from ..core.call_record import (
    RECORDING,
    RESUME_TIMEOUT,
    CallRecord,
    CallState,
    Edition,
    LineKind,
    Match,
    SecondPass,
    TranscriptEvent,
    Utterance,
    utterance_of,
)
from ..errors import NoSuchCall, NoSuchRecording, StoreError
from ..events import CallEnded, CallStarted, EndReason, Word
from ..system.clocks import SteadyClock
from ..system.private import make_file, make_folder
from . import search
from .damage import UnusableStoreError, WatchedFile, check_types, decoding
from .editions import SecondPasses
from .erasing import Eraser
from .job_queue import JobKind, JobQueue
from .looks import Looks
from .outbox import Outbox
from .recordings.folder import Recordings, Snapshot
from .schema import calls, utterances, words
from .transactions import reading
from .utterances import insert_line, of_edition
from .version import migrate_if_needed

logger = logging.getLogger(__name__)

MAX_PAGE_SIZE = 200

RESUME_TIMEOUT_MS = round(1000 * RESUME_TIMEOUT)

ERASE_TIMEOUT = 3.0
"""For others who read the store meanwhile, before whoever deletes something is not kept waiting any more"""

STATE_COLUMNS = (
    calls.c.id,
    calls.c.call_id,
    calls.c.direction,
    calls.c.ended_at,
    calls.c.deleted_at,
    calls.c.reason,
)
"""What says whether a call may be added to"""

Cursor = tuple[int, int]
"""Of a call among all, by when it began: milliseconds since 1970, and its number in the store"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls are wanted; what is None or empty does not matter."""

    number: str = ""
    """Of the caller or the callee"""
    since: int | None = None
    """Began then or later, in milliseconds since 1970"""
    until: int | None = None
    """Began before then"""
    state: CallState | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some calls, the one that began last first."""

    calls: list[CallRecord]
    older: Cursor | None
    """Where the next page begins; None when this is the last"""


class Store:
    """Every call that was kept, with its audio where that was recorded.  Safe to share between threads.

    Raises SQLAlchemy's errors when the database cannot be reached or written.
    """

    def __init__(
        self,
        engine: Engine,
        recordings: Recordings,
        file: WatchedFile | None = None,
        closing: contextlib.ExitStack | None = None,
    ) -> None:
        """`file` is that of a SQLite store.  `closing` has what else ends with it."""
        self._engine, self._file = engine, file
        self._closing = closing or contextlib.ExitStack()
        self.recordings = recordings
        self.jobs = JobQueue(engine, SteadyClock())
        self.outbox = Outbox(self.jobs)
        self.second_passes = SecondPasses(engine, self.jobs)
        self.looks = Looks(engine)
        self.eraser = Eraser(engine)
        self._reading = reading(engine)

    def close(self) -> None:
        """Let go of the database."""
        self.eraser.close()
        self._engine.dispose()
        self._closing.close()

    @property
    def was_removed(self) -> bool:
        """Whether the file is gone, or another is in its place."""
        return self._file is not None and self._file.was_removed

    def reopen(self) -> str:
        """Go on in a new file, or in the one that was put in the place of the one that was removed; what the
        user is to know.  Raises SQLAlchemy's errors and `StoreError`."""
        if self._file is None:
            return ""
        try:
            make_folder(self._file.path.parent)
            make_file(self._file.path)
        except OSError as error:
            raise StoreError(f"{self._file.path} cannot be made ({error.strerror}).") from error
        self._engine.dispose()
        self._file.accept()
        migrate_if_needed(self._engine)
        return (
            f"The store {self._file.path} was removed or replaced while this program ran. "
            "Calls in progress, and those to come, are kept in the file that is there now."
        )

    @contextlib.contextmanager
    def _write(self) -> Iterator[Connection]:
        """A transaction that reads too, and so may come upon damage."""
        with decoding(self._file), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _read(self) -> Iterator[Connection]:
        """The store as it is at one moment."""
        with decoding(self._file), self._reading.connect() as connection:
            yield connection

    # What happens

    def start_call(self, started: CallStarted, *, at: int, server: str, model: str) -> str:
        """A call has begun, or goes on after its stream had broken, unless it was deleted meanwhile.

        Return the id it is kept under: a new one where what is kept under its own is over for good, and so is
        not changed.
        """
        with self._engine.begin() as connection:
            of_call = calls.c.call_id == started.call_id
            known = connection.execute(select(*STATE_COLUMNS).where(of_call)).first()
            if known and known.deleted_at is None and _is_over(known, at):
                started = replace(started, call_id=_free_id(connection, started.call_id))
                known = None
            if known:
                self.second_passes.forget(connection, known)
                again = {"ended_at": None, "reason": "", "server": server}
                connection.execute(update(calls).where(of_call, calls.c.deleted_at.is_(None)).values(again))
            else:
                connection.execute(insert(calls).values(_new_row(started, at, server, model)))
        return started.call_id

    def is_closed(self, call_id: str, *, at: int) -> bool:
        """Whether a call is kept and nothing may be added to it any more."""
        with self._read() as connection:
            row = connection.execute(select(*STATE_COLUMNS).where(calls.c.call_id == call_id)).first()
            return row is not None and _is_over(row, at)

    def add_event(self, event: TranscriptEvent, *, at: int, server: str = "") -> bool:
        """Add an utterance that is final, or what else befell a call.

        Of a deleted call nothing is kept, which returns False; nor of one that ended long ago.

        A call whose beginning is not kept, because the store could not be written then, begins with it.
        """
        line = utterance_of(event)
        with self._engine.begin() as connection:
            of_call = calls.c.call_id == event.call_id
            row = connection.execute(select(*STATE_COLUMNS).where(of_call)).first()
            if row is None:
                new = _new_row(CallStarted(event.call_id, ()), at - round(line.end * 1000), server, model="")
                row = connection.execute(insert(calls).values(new).returning(*STATE_COLUMNS)).one()
            if row.deleted_at is None and not _ended_long_ago(row, at):
                insert_line(connection, row.id, line)
                self.outbox.add(connection, event, at)
            return row.deleted_at is None

    def has_event(self, event: TranscriptEvent) -> bool:
        """Whether a line of a call is kept that came of this."""
        line = utterance_of(event)
        place = (utterances.c.track == line.track) & (utterances.c.start == line.start)
        same = select(utterances.c.id).join(calls).where(calls.c.call_id == event.call_id, place)
        with self._read() as connection:
            return (
                connection.execute(same.where(utterances.c.text == line.text).limit(1)).scalar() is not None
            )

    def end_call(self, ended: CallEnded, *, at: int) -> None:
        """A call is over."""
        values = {
            "ended_at": at,
            "seconds": ended.seconds,
            "reason": str(ended.reason),
            "statistics": [asdict(track) for track in ended.tracks],
        }
        with self._write() as connection:
            row = connection.execute(select(calls).where(calls.c.call_id == ended.call_id)).first()
            if row and (row.deleted_at is not None or not _ended_long_ago(row, at)):
                of_call = calls.c.id == row.id
                connection.execute(update(calls).where(of_call, calls.c.deleted_at.is_(None)).values(values))
                row = connection.execute(select(calls).where(of_call)).one()
                self.second_passes.request(connection, row)
                self.outbox.add(connection, ended, at)

    def save_call(self, call: CallRecord, said: Iterable[Utterance]) -> bool:
        """A whole call that is over, at once; whether it is new.  One that was deleted comes back."""
        values = {
            "call_id": call.call_id,
            "server": "",
            "direction": call.direction,
            "caller": call.caller,
            "callee": call.callee,
            "started_at": call.started_at,
            "ended_at": call.ended_at,
            "seconds": call.seconds,
            "reason": call.reason,
            "model": call.model,
            "tracks": list(call.tracks),
            "statistics": call.statistics,
            "deleted_at": None,
        }
        with self._write() as connection:
            known = connection.execute(select(*STATE_COLUMNS).where(calls.c.call_id == call.call_id)).first()
            if known and known.deleted_at is None:
                return False
            if known:
                connection.execute(update(calls).where(calls.c.id == known.id).values(values))
                self.second_passes.forget(connection, known)
                number = known.id
            else:
                number = connection.execute(insert(calls).values(values).returning(calls.c.id)).scalar_one()
            for utterance in said:
                insert_line(connection, number, utterance)
        return True

    def take_over(self, servers: Iterable[str], server: str) -> list[CallRecord]:
        """The calls in progress of programs that are gone; they are those of another from now on.

        Any program may take the jobs that those had.
        """
        servers = list(servers)
        orphaned = calls.c.server.in_(servers) & calls.c.ended_at.is_(None)
        with self._write() as connection:
            orphans = connection.execute(select(calls).where(orphaned)).all()
            connection.execute(update(calls).where(orphaned).values(server=server))
            self.jobs.release_in(connection, servers)
        with decoding(self._file):
            return [self._call(orphan) for orphan in orphans]

    def has_calls_in_progress(self, server: str) -> bool:
        """Return whether a call is in progress that a program of this name takes."""
        live = select(calls.c.id).where(calls.c.server == server, calls.c.ended_at.is_(None))
        with self._read() as connection:
            return connection.execute(live.limit(1)).first() is not None

    def heard_seconds(self, call_id: str) -> float:
        """How far into a call something is kept of it, in seconds.  Raises `NoSuchCall`."""
        with self._read() as connection:
            return self._heard_seconds(connection, _row(connection, call_id))

    def close_interrupted(self, call_ids: Iterable[str]) -> list[CallEnded]:
        """End calls whose program was killed at the last that is kept of them; what viewers are to know."""
        ends = []
        with self._write() as connection:
            for call_id in call_ids:
                row = _row(connection, call_id)
                if row.deleted_at is not None:
                    ends.append(CallEnded(call_id, EndReason.INTERRUPTED, row.seconds))
                    continue
                if row.ended_at is not None:  # meanwhile, and properly
                    continue
                seconds = self._heard_seconds(connection, row)
                ended_at = row.started_at + round(seconds * 1000)
                ended = CallEnded(call_id, EndReason.INTERRUPTED, seconds)
                values = {"ended_at": ended_at, "seconds": seconds, "reason": str(ended.reason)}
                connection.execute(update(calls).where(calls.c.id == row.id).values(values))
                self.second_passes.request(connection, row)
                self.outbox.add(connection, ended, ended_at)
                ends.append(ended)
        return ends

    def _heard_seconds(self, connection: Connection, row: Row[Any]) -> float:
        last = select(func.max(utterances.c.end)).where(utterances.c.call == row.id)
        return max(connection.execute(last).scalar() or 0.0, self.recordings.seconds(row.call_id))

    def delete(self, call_id: str, *, at: int) -> CallRecord:
        """Leave nothing of a call but that it was; returns what is left.

        While another program reads the store as it was, `eraser.pending` says that the words are not
        overwritten yet, which is then done in the background.  Raises `NoSuchCall`, and `StoreError` when its
        audio cannot be deleted, and so nothing is.
        """
        left = self._delete(call_id, at)
        self.eraser.erase(ERASE_TIMEOUT)
        return left

    def delete_before(self, moment: int, *, at: int) -> list[str]:
        """Delete what began before that moment and is over, and recordings of calls that are not kept.

        Return the ids of the calls that were deleted.  One whose audio cannot be deleted stays and is logged.
        """
        deleted = []
        for call_id in self._began_before(moment):
            with _audio_may_stay(call_id):
                self._delete(call_id, at)
                deleted.append(call_id)
        for call_id in self._recordings_without_calls():
            if self.recordings.changed_at(call_id) < moment:
                with _audio_may_stay(call_id):
                    self.recordings.delete(call_id)
        if deleted:
            self.eraser.erase(ERASE_TIMEOUT)
        return deleted

    def _delete(self, call_id: str, at: int) -> CallRecord:
        with self._write() as connection:
            row = _row(connection, call_id)
            self.recordings.delete(call_id)
            connection.execute(
                delete(words).where(
                    words.c.utterance.in_(select(utterances.c.id).where(utterances.c.call == row.id))
                )
            )
            connection.execute(delete(utterances).where(utterances.c.call == row.id))
            self.outbox.forget_text(connection, call_id)
            self.second_passes.forget(connection, row)
            self.jobs.withdraw(connection, JobKind.UPLOAD, call_id)
            search.forget_deleted(connection)
            left: dict[str, Any] = {
                "caller": "",
                "callee": "",
                "statistics": [],
                "ended_at": row.ended_at or at,
                "deleted_at": row.deleted_at or at,
            }
            connection.execute(update(calls).where(calls.c.id == row.id).values(left))
        return self.call(call_id)

    def delete_stray_recordings(self) -> None:
        """Those of deleted calls: of a live one more may have been on its way, or its file elsewhere."""
        for call_id in self.recordings.call_ids():
            with contextlib.suppress(NoSuchCall):
                if self.call(call_id).state is CallState.DELETED:
                    self.recordings.delete(call_id)

    def _recordings_without_calls(self) -> list[str]:
        """Recordings of whose calls the store could not be told."""
        recorded = set(self.recordings.call_ids())
        with self._read() as connection:
            return sorted(recorded - set(connection.execute(select(calls.c.call_id)).scalars()))

    def _began_before(self, moment: int) -> list[str]:
        """The ids of calls older than that, of which there is more than a stub, and which are over."""
        old = select(calls.c.call_id).where(
            calls.c.started_at < moment, calls.c.deleted_at.is_(None), calls.c.ended_at.is_not(None)
        )
        with self._read() as connection:
            return list(connection.execute(old).scalars())

    # What there is

    def page(
        self, wanted: CallFilter = CallFilter(), *, before: Cursor | None = None, limit: int = 50
    ) -> Page:
        """List calls, the one that began last first, from the place on that an earlier page names.

        Pages do not shift while calls come and go.
        """
        limit = max(1, min(limit, MAX_PAGE_SIZE))
        place = tuple_(calls.c.started_at, calls.c.id)
        newest_first = (calls.c.started_at.desc(), calls.c.id.desc())
        query = select(calls).where(*_conditions(wanted)).order_by(*newest_first).limit(limit + 1)
        if before is not None:
            query = query.where(place < before)
        with self._read() as connection:
            rows = connection.execute(query).all()
            found = [self._call(row) for row in rows[:limit]]
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(found, (last.started_at, last.id) if last else None)

    def call(self, call_id: str) -> CallRecord:
        """One call.  Raises `NoSuchCall`."""
        with self._read() as connection:
            return self._call(_row(connection, call_id))

    def utterances(self, call_id: str, *, live: bool = False) -> list[Utterance]:
        """What was said, by when it began, with its words; as it was heard `live`, or the best there is.
        Raises `NoSuchCall`."""
        return self.call_with_utterances(call_id, live=live)[1]

    def call_with_utterances(self, call_id: str, *, live: bool = False) -> tuple[CallRecord, list[Utterance]]:
        """A call and what was said on it; as it was heard `live`, or the best there is.
        Raises `NoSuchCall`."""
        with self._read() as connection:
            row = _row(connection, call_id)
            call = self._call(row)
            if live:
                call = replace(call, edition=Edition.LIVE)
            of_call = (utterances.c.call == row.id) & of_edition(call.edition)
            said = select(utterances).where(of_call).order_by(utterances.c.start, utterances.c.id)
            spoken = (
                select(words).join(utterances).where(of_call).order_by(words.c.utterance, words.c.position)
            )
            by_utterance: dict[int, list[Word]] = defaultdict(list)
            for word in connection.execute(spoken):
                check_types(word, words)
                by_utterance[word.utterance].append(Word(word.text, word.start, word.end, word.confidence))
            return call, [_utterance(each, by_utterance[each.id]) for each in connection.execute(said)]

    def search(self, query: str, *, limit: int = 50, number: str = "") -> list[Match]:
        """Find utterances with all words of the query, and each "phrase in quotes", on calls from or to a
        number or on all; those that were said last come first.  Raises `BadQuery`."""
        with self._read() as connection:
            return search.find(connection, query, max(1, min(limit, MAX_PAGE_SIZE)), number)

    def recording(self, call_id: str) -> Snapshot:
        """A call's audio.  Raises `NoSuchCall`, `NoSuchRecording`."""
        call = self.call(call_id)
        if not call.recorded:
            raise NoSuchRecording(call_id)
        return self.recordings.open(call.call_id)

    def _call(self, row: Row[Any]) -> CallRecord:
        check_types(row, calls)
        if row.deleted_at is not None:
            state = CallState.DELETED
        else:
            state = CallState.LIVE if row.ended_at is None else CallState.ENDED
        return CallRecord(
            call_id=row.call_id,
            state=state,
            direction=row.direction,
            caller=row.caller,
            callee=row.callee,
            started_at=row.started_at,
            ended_at=row.ended_at,
            seconds=row.seconds,
            reason=row.reason,
            model=row.model,
            tracks=tuple(row.tracks),
            statistics=row.statistics,
            deleted_at=row.deleted_at,
            recorded=state is not CallState.DELETED and self.recordings.has(row.call_id),
            second_pass=SecondPass(row.second_pass),
            second_model=row.second_model,
            edition=Edition.SECOND if row.second_pass == SecondPass.DONE else Edition.LIVE,
        )


@contextlib.contextmanager
def _audio_may_stay(call_id: str) -> Iterator[None]:
    """Log that a call's audio cannot be deleted, but for what is wrong with the database."""
    try:
        yield
    except UnusableStoreError:
        raise
    except StoreError as error:
        logger.warning("Call %s is not deleted: %s", call_id, error)


def now() -> int:
    """Milliseconds since 1970."""
    return round(time.time() * 1000)


def _is_over(row: Any, at: int) -> bool:
    """Whether a call is over for good: hung up, or not to be streamed again, or none but a file.

    `row` has what `STATE_COLUMNS` names.
    """
    hung_up = row.ended_at is not None and row.reason == EndReason.HUNG_UP
    return hung_up or row.direction == RECORDING or _ended_long_ago(row, at)


def _ended_long_ago(row: Any, at: int) -> bool:
    return row.ended_at is not None and at - row.ended_at > RESUME_TIMEOUT_MS


def _free_id(connection: Connection, call_id: str) -> str:
    """Return an id for one more call of this id."""
    for number in itertools.count(2):
        free = f"{call_id}-{number}"
        if connection.execute(select(calls.c.id).where(calls.c.call_id == free)).first() is None:
            return free
    raise AssertionError


def _row(connection: Connection, call_id: str) -> Row[Any]:
    """Raises `NoSuchCall`."""
    if "\0" in call_id:  # which PostgreSQL does not even look for
        raise NoSuchCall(call_id)
    row = connection.execute(select(calls).where(calls.c.call_id == call_id)).first()
    if row is None:
        raise NoSuchCall(call_id)
    return row


def _new_row(started: CallStarted, at: int, server: str, model: str) -> dict[str, Any]:
    return {
        "call_id": started.call_id,
        "server": server,
        "direction": started.direction,
        "caller": started.caller,
        "callee": started.callee,
        "started_at": at,
        "seconds": 0.0,
        "reason": "",
        "model": model,
        "tracks": list(started.tracks),
        "statistics": [],
    }


def _conditions(wanted: CallFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.number:
        conditions.append(or_(calls.c.caller == wanted.number, calls.c.callee == wanted.number))
    if wanted.since is not None:
        conditions.append(calls.c.started_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(calls.c.started_at < wanted.until)
    match wanted.state:
        case CallState.LIVE:
            conditions += [calls.c.ended_at.is_(None), calls.c.deleted_at.is_(None)]
        case CallState.ENDED:
            conditions += [calls.c.ended_at.is_not(None), calls.c.deleted_at.is_(None)]
        case CallState.DELETED:
            conditions.append(calls.c.deleted_at.is_not(None))
    return conditions


def _utterance(row: Row[Any], spoken: Sequence[Word]) -> Utterance:
    check_types(row, utterances)
    return Utterance(
        row.track, row.start, row.end, row.text, row.confidence, tuple(spoken), LineKind(row.kind)
    )
