"""Writes down what happens on calls, as it happens, in a thread of its own.

Calls must not wait for a disk.  When the store cannot be written, what happened is held and written
when it can; when too much is held, what is oldest is given up, counted, and said.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from ..events import CallEnded, CallStarted, Event, FinalText, PartialText
from .calls import Store, now

logger = logging.getLogger(__name__)

MOST_HELD = 100_000
"""Events: some ten hours of fifty calls"""

SECONDS_TO_RETRY = 1.0

UNWRITABLE = (DataError, IntegrityError, ProgrammingError)
"""What is wrong with an event, not with the store: waiting would not help"""


class Keeper:
    """A listener of the hub."""

    def __init__(
        self,
        store: Store,
        *,
        server: str,
        model: str,
        tell: Callable[[str], None],
        most_held: int = MOST_HELD,
    ) -> None:
        """`tell` is told when the store stops and when it takes again, for the user to read."""
        self.store, self._server, self._model, self._tell = store, server, model, tell
        self._held: deque[tuple[int, Event]] = deque()
        self._most_held = most_held
        self._changed = threading.Condition()
        self._closing = False
        self._failing = False
        self.lost = 0
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._thread.start()

    def __call__(self, event: Event) -> None:
        """Hold an event until it is written."""
        if isinstance(event, PartialText):
            return
        with self._changed:
            self._held.append((now(), event))
            if len(self._held) > self._most_held:
                self._held.popleft()
                self.lost += 1
            self._changed.notify()

    @property
    def held(self) -> int:
        """Events not written yet."""
        return len(self._held)

    def close(self, seconds: float) -> None:
        """Write what is held, for so long at most; what is lost is said."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(seconds)
        if lost := self.lost + len(self._held):
            self._tell(f"{lost} events of calls could not be kept and are lost.")

    def _keep(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._held or self._closing)
                if not self._held:
                    return
                at, event = self._held[0]
            if self._is_written(at, event):
                with self._changed:
                    if self._held and self._held[0][1] is event:  # or it was given up meanwhile
                        self._held.popleft()
            else:
                with self._changed:
                    if self._changed.wait_for(lambda: self._closing, SECONDS_TO_RETRY):
                        return

    def _is_written(self, at: int, event: Event) -> bool:
        """Whether it need not be tried again."""
        try:
            self._write(at, event)
        except UNWRITABLE:
            logger.exception("A %s of call %s cannot be kept", type(event).__name__, event.call_id)
            self.lost += 1
        except SQLAlchemyError as error:
            if not self._failing:
                logger.warning("The store cannot be written: %s", getattr(error, "orig", None) or error)
                self._tell("The store cannot be written. Calls go on; what they say is held in memory.")
            self._failing = True
            return False
        if self._failing:
            self._tell(
                "The store can be written again." + (f" {self.lost} events are lost." if self.lost else "")
            )
        self._failing = False
        return True

    def _write(self, at: int, event: Event) -> None:
        match event:
            case CallStarted():
                self.store.begin(event, at=at, server=self._server, model=self._model)
            case FinalText():
                self.store.add(event)
            case CallEnded():
                self.store.end(event, at=at)
