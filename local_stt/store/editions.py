"""Keep the second edition of a call's text: what a better model recognizes in its recording."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from ..core.call_record import Edition, SecondPass, Utterance
from ..core.second_edition import with_live_redactions
from ..events import CallStarted
from .alerts import Alerts
from .job_queue import Job, JobKind, JobQueue
from .schema import calls
from .utterances import delete_lines, insert_line, read_lines

Write = Callable[[list[Utterance]], list[Utterance]]
"""Adds tokens to the lines of a text"""


class SecondPasses:
    """The second passes over calls, each queued in the transaction that ends its call.

    So no crash can come between the two.
    """

    def __init__(self, engine: Engine, queue: JobQueue, alerts: Alerts) -> None:
        self._engine, self._queue, self._alerts = engine, queue, alerts
        self._is_wanted: Callable[[CallStarted], bool] = lambda _: False

    def subscribe(self, is_wanted: Callable[[CallStarted], bool]) -> None:
        """Queue a second pass over each call that ends from now on, if `is_wanted` returns true for it."""
        self._is_wanted = is_wanted

    def request(self, connection: Connection, row: Row[Any]) -> None:
        """Queue a second pass over a call in the transaction that ends it, if one is wanted."""
        call = _started(row)
        is_new = row.second_pass == SecondPass.NONE
        if is_new and row.deleted_at is None and self._is_wanted(call):
            marked = update(calls).where(calls.c.id == row.id).values(second_pass=str(SecondPass.WANTED))
            connection.execute(marked)
            self._queue.add(
                connection, JobKind.SECOND_PASS, row.call_id, call_id=row.call_id, owner=row.server
            )

    def forget(self, connection: Connection, row: Any) -> None:
        """Remove job and text of a second pass over a call that goes on, is saved again or is deleted.

        `row` has the call's number and id.
        """
        self._queue.withdraw(connection, JobKind.SECOND_PASS, row.call_id)
        delete_lines(connection, row.id, Edition.SECOND)
        nothing = {"second_pass": str(SecondPass.NONE), "second_model": ""}
        connection.execute(update(calls).where(calls.c.id == row.id).values(nothing))

    def keep(self, job: Job, model: str, said: Iterable[Utterance], write: Write = list) -> bool:
        """Keep what a model recognized as the text of a call; return False if it is not wanted any more.

        What was redacted in the live text is redacted in this one too.  `write` adds how people write it.
        """
        with self._engine.begin() as connection:
            if not self._queue.complete_in(connection, job):
                return False
            row = connection.execute(select(calls).where(calls.c.call_id == job.call_id)).one()
            written = write(with_live_redactions(said, read_lines(connection, row.id, Edition.LIVE)))
            for line in written:
                insert_line(connection, row.id, line, Edition.SECOND)
            self._alerts.find(connection, row.id, _started(row), written)
            done = {"second_pass": str(SecondPass.DONE), "second_model": model}
            connection.execute(update(calls).where(calls.c.id == row.id).values(done))
            return True

    def give_up(self, job: Job) -> bool:
        """Mark a second pass as failed; return False if it is not wanted any more."""
        with self._engine.begin() as connection:
            if not self._queue.complete_in(connection, job):
                return False
            failed = update(calls).where(calls.c.call_id == job.call_id)
            connection.execute(failed.values(second_pass=str(SecondPass.FAILED)))
            return True


def _started(row: Row[Any]) -> CallStarted:
    return CallStarted(row.call_id, tuple(row.tracks), row.caller, row.callee, row.direction)
