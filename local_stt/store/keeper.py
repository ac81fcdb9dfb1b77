"""Writes down what happens on calls, as it happens."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from ..errors import StoreError
from ..events import (
    AudioSetAside,
    CallEnded,
    CallStarted,
    DigitPressed,
    Event,
    FinalText,
    Gap,
    PartialText,
)
from ..holding import Holding, Never, NotNow, Wording
from ..kept import KeptCall
from .calls import Store, now
from .damage import reason

logger = logging.getLogger(__name__)

MOST_HELD = 100_000
"""Events: some ten hours of fifty calls"""

UNWRITABLE = (DataError, IntegrityError, ProgrammingError)
"""What is wrong with an event, not with the store, unless it passes"""

PASSES = ("23505", "42", "40")
"""SQLSTATEs, or how they begin: another program has just written the same; tables are missing, or may not be
written, while a backup is put back, say; PostgreSQL has undone it"""

WORDING = Wording("The store", "what they say", lambda lost: f"{lost} events of calls")


class Keeper:
    """A listener of the hub."""

    def __init__(
        self,
        store: Store,
        *,
        server: str,
        model_of: Callable[[CallStarted], str],
        tell: Callable[[str], None],
        interrupted: Sequence[KeptCall] = (),
        most_held: int = MOST_HELD,
    ) -> None:
        """`model_of` names the model that hears a call.  `tell` is told when the store stops and when it
        takes again, for the user to read."""
        self.store, self.server, self._model_of, self._tell = store, server, model_of, tell
        self.interrupted = interrupted
        """Calls in progress that a killed program left"""
        self._kept_as: dict[str, str] = {}  # calls in progress that have another id in the store
        self.holding: Holding[tuple[int, Event]] = Holding(
            "keeper", self._write, wording=WORDING, tell=tell, most=most_held
        )

    def __call__(self, event: Event) -> None:
        """Hold an event until it is written."""
        if not isinstance(event, PartialText):
            self.holding.put((now(), event))

    def close(self, seconds: float) -> None:
        """Write what is held, for so long at most; what is lost is said."""
        self.holding.close(seconds)

    def _write(self, held: tuple[int, Event]) -> None:
        at, event = held
        event = replace(event, call_id=self._kept_as.get(event.call_id, event.call_id))
        try:
            if self.store.was_removed:
                self._tell(self.store.renew())
            match event:
                case CallStarted():
                    self._begin(event, at)
                case CallEnded():
                    self.store.end(event, at=at)
                    self._kept_as = {old: new for old, new in self._kept_as.items() if new != event.call_id}
                case FinalText() | DigitPressed() | Gap() | AudioSetAside():
                    self.store.add(event, at=at, server=self.server)
        except StoreError as error:
            raise NotNow(str(error), for_the_user=str(error)) from error
        except SQLAlchemyError as error:
            if isinstance(error, UNWRITABLE) and not _passes(error):
                raise Never(f"a {type(event).__name__} of call {event.call_id}") from error
            raise NotNow(reason(error)) from error

    def _begin(self, started: CallStarted, at: int) -> None:
        """Keep a call that begins, under another id where its own is taken for good."""
        kept_as = self.store.begin(started, at=at, server=self.server, model=self._model_of(started))
        if kept_as != started.call_id:
            self._kept_as[started.call_id] = kept_as
            logger.warning(
                "Call %s is kept as %s: a call of that id is over, and is not changed",
                started.call_id,
                kept_as,
            )


def _passes(error: SQLAlchemyError) -> bool:
    """Whether the same may be written another time."""
    cause = getattr(error, "orig", None)
    is_written_twice = getattr(cause, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_UNIQUE"
    return is_written_twice or (getattr(cause, "sqlstate", None) or "").startswith(PASSES)
