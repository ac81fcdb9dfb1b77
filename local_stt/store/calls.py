"""Read and write calls."""

import contextlib
import itertools
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    func,
    insert,
    select,
    update,
)

from ..core.audio_redaction import AudioSpan, SpansOf, mask_of, redacted_spans, unknown_spans
from ..core.call_record import (
    VOICEMAIL,
    CallRecord,
    CallState,
    Edition,
    LineKind,
    Match,
    TranscriptEvent,
    Utterance,
    utterance_of,
)
from ..core.first_words import opening_of
from ..core.media_stream import TRACKS
from ..errors import NoSuchCall, NoSuchEdition, NoSuchRecording, StoreError
from ..events import Alert, CallEnded, CallStarted, EndReason, Turn
from ..system.clocks import SteadyClock
from ..system.private import make_file, make_folder
from . import search
from .alerts import Alerts
from .annotations import Annotations
from .call_filter import ALL, CallFilter
from .call_list import Cursor, Page, read_page
from .call_states import STATE_COLUMNS, ended_long_ago, is_elsewhere, is_over
from .contacts import Contacts
from .corrections import Corrections
from .damage import UnusableStoreError, WatchedFile, decoding
from .editions import SecondPasses
from .erasing import ERASE_TIMEOUT, Eraser
from .figures import Figures
from .job_queue import JobKind, JobLostError, JobQueue
from .leases import Leases, claim_expired, expired
from .leases import forget as forget_leases
from .looks import Looks
from .outbox import Outbox
from .recordings.folder import Recordings
from .recordings.recovery import redact_interrupted
from .recordings.snapshot import Snapshot
from .records import editions_of, records
from .schema import calls, utterances
from .stored_recordings import StoredRecordings
from .transactions import may_idle, reading
from .utterances import delete_lines, insert_line, read_lines, write_tokens
from .version import migrate_if_needed
from .wirings import Wirings

logger = logging.getLogger(__name__)

MAX_MATCHES = 200
"""Most utterances that a search finds"""


class Store:
    """All calls that are kept, with the audio of recorded ones.  Safe to share between threads.

    Raises SQLAlchemy's errors when the database cannot be reached or written.
    """

    def __init__(
        self,
        engine: Engine,
        recordings: Recordings,
        stored: StoredRecordings,
        file: WatchedFile | None = None,
        closing: contextlib.ExitStack | None = None,
        leases: Leases | None = None,
    ) -> None:
        """Read and write with `engine`.

        `stored` lists the recordings that are in a store of audio.  `file` is the file of a SQLite store;
        `close` closes `closing` too.  `leases` are those of the programs that share a database; None for a
        store of one machine.
        """
        self._engine, self._file = engine, file
        self._closing = closing or contextlib.ExitStack()
        self.recordings, self.stored_recordings = recordings, stored
        self._select = select(calls, stored.is_listed)
        self.jobs = JobQueue(engine, SteadyClock())
        self.outbox = Outbox(self.jobs)
        self.alerts = Alerts()
        self.second_passes = SecondPasses(engine, self.jobs, self.alerts)
        self.corrections = Corrections(engine, file)
        self.annotations = Annotations(engine)
        self.looks = Looks(engine)
        self.wirings = Wirings(engine)
        self.eraser = Eraser(engine)
        self.contacts = Contacts(engine, self.eraser)
        self.figures = Figures(engine, recordings.folder)
        self.leases = leases
        self._reading = reading(engine)

    def close(self) -> None:
        """Stop erasing, and close the database."""
        self.eraser.close()
        if self.leases:
            self.leases.close()
        self._engine.dispose()
        self._closing.close()

    @property
    def was_removed(self) -> bool:
        """Whether the file is gone, or another is in its place."""
        return self._file is not None and self._file.was_removed

    def reopen(self) -> str:
        """Go on in a new file, or in the file that has replaced the removed one.

        Return a sentence for the user; empty for a store that is not in a file.  Raises `StoreError` if the
        file cannot be made, and SQLAlchemy's errors.
        """
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
        """Begin a transaction that also reads, and so may find damage."""
        with decoding(self._file), self._engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _read(self) -> Iterator[Connection]:
        """Begin to read the store as it is at one moment."""
        with decoding(self._file), self._reading.connect() as connection:
            yield connection

    # Writing

    def start_call(
        self, started: CallStarted, *, at: int, server: str, model: str, handling: str = ""
    ) -> str:
        """Keep a call that begins, or that goes on after its stream broke; a deleted call stays deleted.

        A webhook is queued if it is wanted, unless the call is in progress.  Return the id that the call is
        kept under.  It is a new one if a call with its own id is over for good, since such a call is not
        changed.  `at` is in milliseconds since 1970; `server` is this program's name in the store.
        `handling` is how the call goes on after the greeting.
        """
        with self._engine.begin() as connection:
            of_call = calls.c.call_id == started.call_id
            known = connection.execute(select(*STATE_COLUMNS).where(of_call)).first()
            if known and known.deleted_at is None and is_over(known, at):
                started = replace(started, call_id=_free_id(connection, started.call_id))
                known = None
            if known:
                self.second_passes.forget(connection, known)
                self.corrections.forget(connection, known)
                again = {"ended_at": None, "reason": "", "server": server}
                connection.execute(update(calls).where(of_call, calls.c.deleted_at.is_(None)).values(again))
            else:
                new = _new_row(started, at, server, model) | {"handling": handling}
                connection.execute(insert(calls).values(new))
            if known is None or (known.ended_at is not None and known.deleted_at is None):
                self.outbox.add(connection, started, at)
        return started.call_id

    def note_voicemail(self, call_id: str) -> None:
        """Note that the caller of a call is asked for a message, as nobody has answered."""
        there = (calls.c.call_id == call_id) & calls.c.deleted_at.is_(None)
        with self._engine.begin() as connection:
            connection.execute(update(calls).where(there).values(handling=VOICEMAIL))

    def is_closed(self, call_id: str, *, at: int) -> bool:
        """Check whether a call is kept and nothing may be added to it any more."""
        with self._read() as connection:
            row = connection.execute(select(*STATE_COLUMNS).where(calls.c.call_id == call_id)).first()
            return row is not None and is_over(row, at)

    def add_event(self, event: TranscriptEvent, *, at: int, server: str = "") -> bool:
        """Add a final utterance, or another line of a transcript, to a call.

        Nothing is added to a deleted call, for which this returns False, nor to one that ended long ago.  If
        another program than `server` has taken the call over, what both have heard is left to that one.
        If the beginning of a call could not be written, the call begins with this event.
        """
        line = utterance_of(event)
        with self._engine.begin() as connection:
            row = _state(connection, event.call_id)
            if row is None:
                new = _new_row(CallStarted(event.call_id, ()), at - round(line.end * 1000), server, model="")
                row = connection.execute(insert(calls).values(new).returning(*STATE_COLUMNS)).one()
            if server and is_elsewhere(row, server) and _is_known_there(connection, row, line):
                return True
            if row.deleted_at is None and not ended_long_ago(row, at):
                insert_line(connection, row.id, line)
                self.outbox.add(connection, event, at)
            return row.deleted_at is None

    def add_turn(self, turn: Turn, *, at: int) -> bool:
        """Add the written form of a turn to its lines; return whether anything of the call is kept."""
        with self._write() as connection:
            row = _state(connection, turn.call_id)
            if row is None or row.deleted_at is not None:
                return False
            write_tokens(connection, row.id, turn)
            self.outbox.add(connection, turn, at)
            return True

    def add_alert(self, alert: Alert, *, at: int) -> bool:
        """Keep an alert and queue its webhook; return whether anything of the call is kept."""
        with self._write() as connection:
            row = _state(connection, alert.call_id)
            if row is None or row.deleted_at is not None:
                return False
            self.alerts.add(connection, row.id, alert)
            self.outbox.add(connection, alert, at)
            return True

    def has_event(self, event: TranscriptEvent) -> bool:
        """Check whether the line that this event makes is kept already."""
        line = utterance_of(event)
        same = select(utterances.c.id).join(calls).where(calls.c.call_id == event.call_id, _is_at(line))
        with self._read() as connection:
            return connection.execute(same.limit(1)).scalar() is not None

    def end_call(self, ended: CallEnded, *, at: int, server: str | None = None) -> None:
        """Mark a call as ended; queue a second pass and a webhook if they are wanted.

        With the name of a `server`, a call that another one has taken over goes on.
        """
        values = {
            "ended_at": at,
            "seconds": ended.seconds,
            "reason": str(ended.reason),
            "statistics": [asdict(track) for track in ended.tracks],
        }
        with self._write() as connection:
            row = connection.execute(select(calls).where(calls.c.call_id == ended.call_id)).first()
            if row and server is not None and is_elsewhere(row, server):
                return
            if row and (row.deleted_at is not None or not ended_long_ago(row, at)):
                of_call = calls.c.id == row.id
                connection.execute(update(calls).where(of_call, calls.c.deleted_at.is_(None)).values(values))
                row = connection.execute(select(calls).where(of_call)).one()
                self.second_passes.request(connection, row)
                self.outbox.add(connection, ended, at)

    def save_call(
        self,
        call: CallRecord,
        said: Iterable[Utterance],
        end_job: Callable[[Connection], bool] = lambda _: True,
    ) -> bool:
        """Save a whole call that is over; return whether it is new.  One that was deleted comes back.

        `end_job` ends the job that made it, in the same transaction, and returns whether the job was still
        there.  If it was not, nothing is saved: raises `JobLostError`.
        """
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
            if not end_job(connection):
                raise JobLostError
            known = connection.execute(select(*STATE_COLUMNS).where(calls.c.call_id == call.call_id)).first()
            if known and known.deleted_at is None:
                return False
            if known:
                connection.execute(update(calls).where(calls.c.id == known.id).values(values))
                self.second_passes.forget(connection, known)
                number = known.id
            else:
                number = connection.execute(insert(calls).values(values).returning(calls.c.id)).scalar_one()
            said = list(said)
            for utterance in said:
                insert_line(connection, number, utterance)
            self.alerts.find(connection, number, call.started, said)
        return True

    def take_over(self, servers: Iterable[str], server: str) -> list[CallRecord]:
        """Give the calls in progress of programs that are gone to `server`, and return these calls.

        Any program may take the jobs of those programs.
        """
        servers = list(servers)
        with self._write() as connection:
            return self._take_over(connection, servers, server)

    def take_over_expired(self, server: str) -> list[CallRecord]:
        """Do as `take_over` does, for the programs whose leases are over; see `leases`."""
        with self._write() as connection:
            return self._take_over(connection, claim_expired(connection, server), server)

    def release_jobs_of_expired(self, server: str) -> None:
        """Let any program take the jobs of programs whose leases are over, except for `server`.

        The lease of one with a call in progress stays, for a program that can go on with the call.
        """
        with self._write() as connection:
            gone = expired(connection, server)
            self.jobs.release_in(connection, gone)
            live = select(calls.c.server).where(calls.c.server.in_(gone), calls.c.ended_at.is_(None))
            forget_leases(connection, set(gone) - set(connection.execute(live).scalars()))

    def _take_over(self, connection: Connection, servers: list[str], server: str) -> list[CallRecord]:
        orphaned = calls.c.server.in_(servers) & calls.c.ended_at.is_(None)
        orphans = connection.execute(self._select.where(orphaned)).all()
        connection.execute(update(calls).where(orphaned).values(server=server))
        self.jobs.release_in(connection, servers)
        forget_leases(connection, servers)
        return self._records(connection, orphans)

    def has_ended(self, call_id: str) -> bool:
        """Check whether a call is kept as ended; it may still go on in another stream."""
        with self._read() as connection:
            ended = select(calls.c.ended_at).where(calls.c.call_id == call_id)
            return connection.execute(ended).scalar() is not None

    def is_elsewhere(self, call_id: str, server: str) -> bool:
        """Check whether another program than `server` follows a call in progress."""
        with self._read() as connection:
            row = connection.execute(select(*STATE_COLUMNS).where(calls.c.call_id == call_id)).first()
            return row is not None and is_elsewhere(row, server)

    def redact_interrupted(self) -> list[str]:
        """Redact the recordings that killed programs could not redact; return the ids of their calls.

        Audio whose words were not kept is redacted too.
        """
        return redact_interrupted(self.recordings, self._unheard)

    def _unheard(self, call_id: str, seconds: float) -> list[AudioSpan]:
        """List what must not be heard of a recording of this length, whose program was killed.

        What was said after it was heard by another host, which went on with the call.
        """
        try:
            said = self.utterances(call_id, edition=Edition.LIVE)
        except NoSuchCall:  # not even its beginning was kept
            said = []
        heard_here = [line for line in said if line.start < seconds]
        return [*redacted_spans(said), *unknown_spans(heard_here, TRACKS)]

    def has_calls_in_progress(self, server: str) -> bool:
        """Check whether a program of this name has a call in progress."""
        live = select(calls.c.id).where(calls.c.server == server, calls.c.ended_at.is_(None))
        with self._read() as connection:
            return connection.execute(live.limit(1)).first() is not None

    def heard_seconds(self, call_id: str) -> float:
        """Return the seconds up to which text or audio of a call is kept.  Raises `NoSuchCall`."""
        with self._read() as connection:
            return self._heard_seconds(connection, self._row(connection, call_id))

    def close_interrupted(self, call_ids: Iterable[str], server: str | None = None) -> list[CallEnded]:
        """End calls whose program was killed, each where its last text or audio ends.

        Return the events for viewers; a call that has ended meanwhile has none, nor has one that another
        program than `server` follows.  Raises `NoSuchCall`.
        """
        ends = []
        with self._write() as connection:
            for call_id in call_ids:
                row = self._row(connection, call_id)
                if row.deleted_at is not None:
                    ends.append(CallEnded(call_id, EndReason.INTERRUPTED, row.seconds))
                    continue
                if row.ended_at is not None:  # it has ended properly meanwhile
                    continue
                if server is not None and is_elsewhere(row, server):
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
        """Delete what was said on a call, its audio and its numbers; return the record that is left.

        While another program reads the store as it was, the words cannot be overwritten.  `eraser.pending` is
        true then, and they are overwritten in the background.  Raises `NoSuchCall`, and `StoreError` when the
        audio cannot be deleted; then nothing is deleted.
        """
        left = self._delete(call_id, at)
        self.eraser.erase(ERASE_TIMEOUT)
        return left

    def delete_before(self, moment: int, *, at: int) -> list[str]:
        """Delete calls that began before a moment and are over, and older recordings without a call.

        Return the ids of the deleted calls.  A call whose audio cannot be deleted stays, and is logged.
        `moment` and `at` are in milliseconds since 1970.
        """
        deleted = []
        for call_id in self._began_before(moment):
            with _audio_may_stay(call_id):
                self._delete(call_id, at)
                deleted.append(call_id)
        for call_id in self._recordings_without_calls():
            if self.recordings.changed_at(call_id) < moment:
                with _audio_may_stay(call_id):
                    self._delete_recording(call_id)
        if deleted:
            self.eraser.erase(ERASE_TIMEOUT)
        return deleted

    def _delete(self, call_id: str, at: int) -> CallRecord:
        with self._write() as connection:
            may_idle(connection)  # the store of audio may be slow
            row = self._row(connection, call_id, for_update=True)
            if self.stored_recordings.is_elsewhere(connection, call_id):
                raise StoreError(
                    f"The recording of call {call_id} is in another store than AUDIO_STORE names: set it to "
                    "the one that was set before."
                )
            self.recordings.delete(call_id)
            self.stored_recordings.forget_call(connection, call_id)
            self.corrections.forget(connection, row)
            self.annotations.forget(connection, row.id)
            self.alerts.forget(connection, row.id)
            delete_lines(connection, row.id)
            self.outbox.forget_call(connection, call_id)
            self.second_passes.forget(connection, row)
            for kind in (JobKind.UPLOAD, JobKind.ARCHIVE, JobKind.TRANSCRIPT):
                self.jobs.withdraw(connection, kind, call_id)
            search.forget_deleted(connection)
            left: dict[str, Any] = {
                "caller": "",
                "callee": "",
                "statistics": [],
                "handling": "",
                "ended_at": row.ended_at or at,
                "deleted_at": row.deleted_at or at,
            }
            connection.execute(update(calls).where(calls.c.id == row.id).values(left))
        return self.call(call_id)

    def delete_stray_recordings(self) -> None:
        """Delete recordings that deleted calls have left.

        They remain if audio was still on its way when a live call was deleted, or if its file was elsewhere.
        One that cannot be deleted is logged, and stays until the next time.
        """
        for call_id in self._deleted_calls_with_audio():
            try:
                self._delete_recording(call_id)
            except StoreError as error:
                logger.warning("A recording of a deleted call stays: %s", error)

    def _delete_recording(self, call_id: str) -> None:
        """Delete the audio of a call that is not kept.  Raises `StoreError`."""
        self.recordings.delete(call_id)
        self.stored_recordings.forget(call_id)

    def _deleted_calls_with_audio(self) -> list[str]:
        deleted = select(calls.c.call_id).where(calls.c.deleted_at.is_not(None))
        with self._read() as connection:
            return sorted(self._recorded() & set(connection.execute(deleted).scalars()))

    def _recorded(self) -> set[str]:
        """Return the ids of all calls that have audio, on this disk or in the store of audio."""
        return {*self.recordings.call_ids(), *self.stored_recordings.call_ids()}

    def _recordings_without_calls(self) -> list[str]:
        """List the ids of calls that are recorded but could not be written to the store."""
        recorded = self._recorded()
        with self._read() as connection:
            return sorted(recorded - set(connection.execute(select(calls.c.call_id)).scalars()))

    def _began_before(self, moment: int) -> list[str]:
        """List the ids of calls that began before a moment, are over and are not deleted."""
        old = select(calls.c.call_id).where(
            calls.c.started_at < moment, calls.c.deleted_at.is_(None), calls.c.ended_at.is_not(None)
        )
        with self._read() as connection:
            return list(connection.execute(old).scalars())

    # Reading

    def page(self, wanted: CallFilter = ALL, *, before: Cursor | None = None, limit: int = 50) -> Page:
        """List calls, the latest first, after the place that an earlier page names.

        Pages do not shift while calls come and go.  A page has at most `MAX_CALLS` calls.  Raises `BadQuery`.
        """
        with self._read() as connection:
            return read_page(
                connection,
                self._select,
                self.stored_recordings.is_listed,
                self.recordings.call_ids,
                wanted,
                before,
                limit,
                self._records,
            )

    def call(self, call_id: str) -> CallRecord:
        """Return one call.  Raises `NoSuchCall`."""
        with self._read() as connection:
            return self._record(connection, self._row(connection, call_id))

    def utterances(self, call_id: str, *, edition: Edition | None = None) -> list[Utterance]:
        """Return the utterances of a call with their words, sorted by when they began.

        Without an `edition`, return the best there is.  Raises `NoSuchCall` and `NoSuchEdition`.
        """
        return self.call_with_utterances(call_id, edition=edition)[1]

    def call_with_utterances(
        self, call_id: str, *, edition: Edition | None = None
    ) -> tuple[CallRecord, list[Utterance]]:
        """Return a call, and its utterances as `utterances` does.  The call has the edition of the text.

        Raises `NoSuchCall` and `NoSuchEdition`.
        """
        with self._read() as connection:
            row = self._row(connection, call_id)
            call = self._record(connection, row)
            if edition and edition not in editions_of(row):
                raise NoSuchEdition(call_id, edition)
            said = read_lines(connection, row.id, edition or call.edition)
        if edition and edition is not call.edition:
            call = replace(call, edition=edition, opening=opening_of(said))
        return call, said

    def search(self, query: str, *, limit: int = 50, number: str = "") -> list[Match]:
        """Find utterances with all words of the query and each "phrase in quotes", the latest first.

        `number` limits the search to calls from or to it; empty for all calls.  At most `MAX_MATCHES`
        utterances are found.  Raises `BadQuery`.
        """
        with self._read() as connection:
            return search.find(connection, query, max(1, min(limit, MAX_MATCHES)), number)

    def recording(self, call_id: str) -> Snapshot:
        """Open a call's recording.

        Raises `NoSuchCall`, `NoSuchRecording`, and `StoreError` if it cannot be read or is not redacted yet.
        """
        call = self.call(call_id)
        if not call.recorded:
            raise NoSuchRecording(call_id)
        return self.recordings.open(call.call_id)

    def redacted_recording(self, call_id: str, spans_of: SpansOf) -> Snapshot:
        """Open a call's recording; what `spans_of` lists for any edition is silent in what is read from it.

        Raises what `recording` raises.
        """
        with self._read() as connection:
            row = self._row(connection, call_id)
            call = self._record(connection, row)
            texts = {each: read_lines(connection, row.id, each) for each in editions_of(row)}
        if not call.recorded:
            raise NoSuchRecording(call_id)
        spans = [span for each in texts for span in spans_of(replace(call, edition=each), texts[each])]
        if call.state is CallState.LIVE or self.recordings.is_unredacted(call_id):
            spans += unknown_spans(texts[call.edition], call.tracks)
        return self.recordings.open(call.call_id, mask_of(spans, call.tracks))

    def _row(self, connection: Connection, call_id: str, *, for_update: bool = False) -> Row[Any]:
        """Return the row of a call; lock it if that is `for_update`.  Raises `NoSuchCall`."""
        if "\0" in call_id:  # PostgreSQL cannot search for it
            raise NoSuchCall(call_id)
        query = self._select.where(calls.c.call_id == call_id)
        row = connection.execute(query.with_for_update(of=calls) if for_update else query).first()
        if row is None:
            raise NoSuchCall(call_id)
        return row

    def _record(self, connection: Connection, row: Row[Any]) -> CallRecord:
        (record,) = self._records(connection, [row])
        return record

    def _records(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[CallRecord]:
        return records(connection, rows, self.recordings.has_here)


@contextlib.contextmanager
def _audio_may_stay(call_id: str) -> Iterator[None]:
    """Log that a call's audio cannot be deleted; raise only what is wrong with the database."""
    try:
        yield
    except UnusableStoreError:
        raise
    except StoreError as error:
        logger.warning("Call %s is not deleted: %s", call_id, error)


def now() -> int:
    """Return the time in milliseconds since 1970."""
    return round(time.time() * 1000)


def _state(connection: Connection, call_id: str) -> Any:
    """Return the state of a call that is added to, if it is kept.  Nobody can delete it meanwhile."""
    query = select(*STATE_COLUMNS).where(calls.c.call_id == call_id)
    return connection.execute(query.with_for_update(read=True, key_share=True)).first()


def _is_known_there(connection: Connection, row: Any, line: Utterance) -> bool:
    """Check whether the program that has taken a call over has a line, or hears the call where it begins.

    It hears the call again behind the gap.
    """
    gaps = (utterances.c.call == row.id) & (utterances.c.kind == str(LineKind.GAP))
    begun = connection.execute(select(func.max(utterances.c.end)).where(gaps)).scalar()
    if begun is not None and line.start >= begun:
        return True
    same = (utterances.c.call == row.id) & _is_at(line)
    return connection.execute(select(utterances.c.id).where(same).limit(1)).scalar() is not None


def _is_at(line: Utterance) -> ColumnElement[bool]:
    """Match the line of a transcript that is the same as another."""
    place = (utterances.c.track == line.track) & (utterances.c.start == line.start)
    return place & (utterances.c.text == line.text)


def _free_id(connection: Connection, call_id: str) -> str:
    """Return a free id for another call of this id."""
    for number in itertools.count(2):
        free = f"{call_id}-{number}"
        if connection.execute(select(calls.c.id).where(calls.c.call_id == free)).first() is None:
            return free
    raise AssertionError


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
