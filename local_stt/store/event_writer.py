"""Write events to the store as they happen."""

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from ..errors import StoreError
from ..events import (
    Alert,
    AnyEvent,
    AudioSetAside,
    CallDeleted,
    CallEnded,
    CallLeft,
    CallStarted,
    DigitPressed,
    FinalText,
    Gap,
    PartialText,
    Turn,
)
from ..notices import notices
from ..system.parts import Part
from ..system.write_behind import NeverWritable, NotWritableNow, Wording, WriteBehindQueue
from .calls import Store, now
from .damage import reason

logger = logging.getLogger(__name__)

MAX_PENDING = 100_000
"""Events that may wait: about ten hours of fifty calls"""

WRITE_TIMEOUT = 5.0
"""Seconds to write what still waits at the end"""

UNWRITABLE = (DataError, IntegrityError, ProgrammingError)
"""Errors of an event, not of the store, unless they pass"""

PASSING_STATES = ("23505", "42", "40")
"""SQLSTATEs, or their beginnings, of errors that pass.

Another program has just written the same.  Tables are missing or may not be written, for example while a
backup is restored.  PostgreSQL has undone the transaction."""

Moment = tuple[int, AnyEvent]
"""An event, after the time when it happened in milliseconds since 1970"""

WORDING = Wording("The store", "what they say", lambda lost: f"{lost} events of calls")


class EventWriter(Part):
    """A listener of the hub that writes events to a store."""

    def __init__(
        self,
        store: Store,
        *,
        server: str,
        model_of: Callable[[CallStarted], str],
        handling_of: Callable[[CallStarted], str] = lambda _: "",
        max_pending: int = MAX_PENDING,
    ) -> None:
        """Write to `store`.

        `model_of` names the model that recognizes a call.  `handling_of` says how it goes on after the
        greeting.
        """
        self._store, self._server = store, server
        self._model_of, self._handling_of = model_of, handling_of
        self._stored_as: dict[str, str] = {}  # calls in progress that have another id in the store
        self._in_progress: dict[str, list[Moment]] = {}  # written events, by call
        self._to_write_again: list[Moment] = []  # those that a new store lacks
        self._unsure: Moment | None = None  # an event that may be written, though the store's answer was lost
        self.queue: WriteBehindQueue[Moment | None] = WriteBehindQueue(
            "event-writer", self._write, wording=WORDING, max_pending=max_pending
        )

    def __call__(self, event: AnyEvent) -> None:
        """Queue an event to be written, unless it is a partial or a turn that is not over."""
        if not (isinstance(event, PartialText) or (isinstance(event, Turn) and not event.end_of_turn)):
            self.queue.put((now(), event))

    def start(self) -> None:
        """Start the thread that writes."""
        self.queue.start()

    def check_store(self) -> None:
        """Reopen the store if it was removed, even if nothing happens on calls."""
        if self._store.was_removed and not self.queue.pending:
            self.queue.put(None)

    def close(self, seconds: float = WRITE_TIMEOUT) -> None:
        """Write what waits, for `seconds` at most, and say what is lost."""
        self.queue.close(seconds)

    def _write(self, moment: Moment | None) -> None:
        """Write an event; if the store was removed, first write again the events of calls in progress."""
        with _explained("the store"):
            if self._store.was_removed:
                self._to_write_again = [each for moments in self._in_progress.values() for each in moments]
                notices.info(self._store.reopen())
        while self._to_write_again:
            with contextlib.suppress(NeverWritable):
                self._save(self._to_write_again[0])
            self._to_write_again.pop(0)
        if moment:
            is_new, self._unsure = moment is not self._unsure, moment
            self._note(moment, is_kept=self._save(moment, is_new=is_new))
            self._unsure = None

    def _save(self, moment: Moment, *, is_new: bool = False) -> bool:
        """Write an event unless it is there already; return whether anything of the call is kept."""
        at, event = moment
        event = replace(event, call_id=self._stored_as.get(event.call_id, event.call_id))
        with _explained(f"a {type(event).__name__} of call {event.call_id}"):
            match event:
                case CallStarted():
                    self._begin(event, at)
                case CallEnded():
                    if is_new or not self._store.has_ended(event.call_id):
                        self._store.end_call(event, at=at, server=self._server)
                    self._forget_id(event.call_id)
                case CallLeft():
                    self._forget_id(event.call_id)
                    return False
                case FinalText() | DigitPressed() | Gap() | AudioSetAside():
                    if is_new or not self._store.has_event(event):
                        return self._store.add_event(event, at=at, server=self._server)
                case Turn():
                    return self._store.add_turn(event, at=at)
                case Alert():
                    return self._store.add_alert(event, at=at)
                case CallDeleted():  # the store has deleted it; a new store must not get it
                    return False
        return True

    def _forget_id(self, call_id: str) -> None:
        """Forget under which other id a call is kept."""
        self._stored_as = {old: new for old, new in self._stored_as.items() if new != call_id}

    def _begin(self, started: CallStarted, at: int) -> None:
        """Keep a call that begins, under another id if its own is that of a call that is over."""
        stored_as = self._store.start_call(
            started,
            at=at,
            server=self._server,
            model=self._model_of(started),
            handling=self._handling_of(started),
        )
        if stored_as != started.call_id:
            self._stored_as[started.call_id] = stored_as
            logger.warning(
                "Call %s is kept as %s: a call of that id is over, and is not changed",
                started.call_id,
                stored_as,
            )

    def _note(self, moment: Moment, *, is_kept: bool) -> None:
        """Remember the written events of a call until it is over or deleted."""
        _, event = moment
        if isinstance(event, CallEnded) or not is_kept:
            self._in_progress.pop(event.call_id, None)
        else:
            self._in_progress.setdefault(event.call_id, []).append(moment)


@contextlib.contextmanager
def _explained(what: str) -> Iterator[None]:
    """Raise errors of writing `what` as `NotWritableNow` or `NeverWritable`."""
    try:
        yield
    except StoreError as error:
        raise NotWritableNow(str(error), for_the_user=str(error)) from error
    except SQLAlchemyError as error:
        if isinstance(error, UNWRITABLE) and not _passes(error):
            raise NeverWritable(what) from error
        raise NotWritableNow(reason(error)) from error
    except (OSError, MemoryError) as error:
        raise NotWritableNow(type(error).__name__) from error


def _passes(error: SQLAlchemyError) -> bool:
    """Check whether the same may be written later."""
    cause = getattr(error, "orig", None)
    is_written_twice = getattr(cause, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_UNIQUE"
    return is_written_twice or (getattr(cause, "sqlstate", None) or "").startswith(PASSING_STATES)
