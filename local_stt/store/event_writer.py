"""Writes down what happens on calls, as it happens."""

import contextlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from ..errors import StoreError
from ..events import (
    AnyEvent,
    AudioSetAside,
    CallDeleted,
    CallEnded,
    CallStarted,
    DigitPressed,
    Event,
    FinalText,
    Gap,
    PartialText,
)
from ..notices import notices
from ..system.parts import Part
from ..system.write_behind import Never, NotNow, Wording, WriteBehindQueue
from .calls import Store, now
from .damage import reason

logger = logging.getLogger(__name__)

MAX_HELD = 100_000
"""Events: some ten hours of fifty calls"""

SECONDS_TO_WRITE = 5.0
"""For what is still held at the end"""

UNWRITABLE = (DataError, IntegrityError, ProgrammingError)
"""What is wrong with an event, not with the store, unless it passes"""

PASSES = ("23505", "42", "40")
"""SQLSTATEs, or how they begin: another program has just written the same; tables are missing, or may not be
written, while a backup is put back, say; PostgreSQL has undone it"""

Moment = tuple[int, Event]
"""Something that happened on a call, and when, in milliseconds since 1970"""

WORDING = Wording("The store", "what they say", lambda lost: f"{lost} events of calls")


class EventWriter(Part):
    """A listener of the hub, whose events are written to a store."""

    def __init__(
        self,
        store: Store,
        *,
        server: str,
        model_of: Callable[[CallStarted], str],
        most_held: int = MAX_HELD,
    ) -> None:
        """`model_of` names the model that hears a call."""
        self._store, self._server, self._model_of = store, server, model_of
        self._kept_as: dict[str, str] = {}  # calls in progress that have another id in the store
        self._in_progress: dict[str, list[Moment]] = {}  # what is kept of calls, by call
        self._again: list[Moment] = []  # of it, what the new store has not yet
        self.holding: WriteBehindQueue[Moment | None] = WriteBehindQueue(
            "event-writer", self._write, wording=WORDING, most=most_held
        )

    def __call__(self, event: AnyEvent) -> None:
        """Hold an event until it is written; of a call that is deleted, the store knows."""
        if not isinstance(event, PartialText | CallDeleted):
            self.holding.put((now(), event))

    def start(self) -> None:
        """Write from now on, in a thread."""
        self.holding.start()

    def look(self) -> None:
        """Begin the store anew if it was removed, though nothing happens."""
        if self._store.was_removed and not self.holding.held:
            self.holding.put(None)

    def close(self, seconds: float = SECONDS_TO_WRITE) -> None:
        """Write what is held, for so long at most; what is lost is said."""
        self.holding.close(seconds)

    def _write(self, held: Moment | None) -> None:
        """Write what happened, after what a store that was removed had of the calls in progress."""
        with _in_words("the store"):
            if self._store.was_removed:
                self._again = [each for moments in self._in_progress.values() for each in moments]
                notices.info(self._store.renew())
        while self._again:
            with contextlib.suppress(Never):
                self._keep(self._again[0])
            self._again.pop(0)
        if held:
            self._note(held, is_kept=self._keep(held, is_new=True))

    def _keep(self, moment: Moment, *, is_new: bool = False) -> bool:
        """Write what happened, unless it is there already; return whether anything of the call is kept."""
        at, event = moment
        event = replace(event, call_id=self._kept_as.get(event.call_id, event.call_id))
        with _in_words(f"a {type(event).__name__} of call {event.call_id}"):
            match event:
                case CallStarted():
                    self._begin(event, at)
                case CallEnded():
                    self._store.end(event, at=at)
                    self._kept_as = {old: new for old, new in self._kept_as.items() if new != event.call_id}
                case FinalText() | DigitPressed() | Gap() | AudioSetAside():
                    if is_new or not self._store.has(event):
                        return self._store.add(event, at=at, server=self._server)
        return True

    def _begin(self, started: CallStarted, at: int) -> None:
        """Keep a call that begins, under another id where its own is taken for good."""
        kept_as = self._store.begin(started, at=at, server=self._server, model=self._model_of(started))
        if kept_as != started.call_id:
            self._kept_as[started.call_id] = kept_as
            logger.warning(
                "Call %s is kept as %s: a call of that id is over, and is not changed",
                started.call_id,
                kept_as,
            )

    def _note(self, moment: Moment, *, is_kept: bool) -> None:
        """Remember what is kept of a call until it is over or deleted."""
        _, event = moment
        if isinstance(event, CallEnded) or not is_kept:
            self._in_progress.pop(event.call_id, None)
        else:
            self._in_progress.setdefault(event.call_id, []).append(moment)


@contextlib.contextmanager
def _in_words(what: str) -> Iterator[None]:
    """Raise what keeps `what` from being written as `NotNow`, or as `Never`."""
    try:
        yield
    except StoreError as error:
        raise NotNow(str(error), for_the_user=str(error)) from error
    except SQLAlchemyError as error:
        if isinstance(error, UNWRITABLE) and not _passes(error):
            raise Never(what) from error
        raise NotNow(reason(error)) from error
    except (OSError, MemoryError) as error:
        raise NotNow(type(error).__name__) from error


def _passes(error: SQLAlchemyError) -> bool:
    """Whether the same may be written another time."""
    cause = getattr(error, "orig", None)
    is_written_twice = getattr(cause, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_UNIQUE"
    return is_written_twice or (getattr(cause, "sqlstate", None) or "").startswith(PASSES)
