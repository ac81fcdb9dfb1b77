"""Write to a disk or a database in a thread of its own, as calls must not wait for either.

While nothing can be written, items wait in memory and are retried.  When too many wait, the oldest are
dropped, counted and reported.
"""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..notices import notices
from .tracebacks import without_messages

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0

T = TypeVar("T")


class NotWritableNow(Exception):  # noqa: N818  (a state of the disk, not of this program)
    """An item cannot be written at the moment; the message says why."""

    def __init__(self, why: str, for_the_user: str = "") -> None:
        """Say why; `for_the_user` is a sentence for the user, if there is something to be done about it."""
        super().__init__(why)
        self.for_the_user = for_the_user


class NeverWritable(Exception):  # noqa: N818
    """An item can never be written: waiting would not help."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of the queue's notices to the user."""

    where: str
    """The place that is written to, as the beginning of a sentence"""
    what: str
    """The part of calls that waits in the queue"""
    lost: Callable[[int], str]
    """The lost amount, as the beginning of a sentence"""


class WriteBehindQueue(Generic[T]):
    """Writes items in order, in a thread, and tells the user when writing stops and when it goes on.

    Safe to share between threads.
    """

    def __init__(
        self,
        name: str,
        write: Callable[[T], None],
        *,
        wording: Wording,
        max_pending: int,
        size: Callable[[T], int] = lambda _: 1,
    ) -> None:
        """Make an empty queue with a thread called `name`.

        `write` writes an item, and raises `NotWritableNow` or `NeverWritable` if it cannot.  `max_pending`
        bounds what may wait, as `size` measures it.
        """
        self._write, self._wording = write, wording
        self._max_pending, self._size = max_pending, size
        self._items: deque[T] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._deadline = math.inf  # of the monotonic clock, for items that wait at the end
        self._failing = False
        self.pending = 0
        """The amount that is not written yet, as `size` measures it"""
        self.lost = 0
        """The amount that never will be, likewise"""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread that writes."""
        self._thread.start()

    def put(self, item: T) -> None:
        """Add an item to be written; drop the oldest ones if too much waits."""
        with self._changed:
            self._items.append(item)
            self.pending += self._size(item)
            weightless = []
            while self.pending > self._max_pending:
                if not self._size(self._items[0]):
                    weightless.append(self._items[0])  # dropping it would gain nothing
                self.lost += self._drop_oldest()
            self._items.extendleft(reversed(weightless))
            self._changed.notify()

    def close(self, seconds: float) -> None:
        """Write the items that wait, for `seconds` at most, and tell the user what is lost."""
        with self._changed:
            self._closing = True
            self._deadline = time.monotonic() + seconds
            self._changed.notify()
        if self._thread.is_alive():
            self._thread.join(seconds)
        if lost := self.lost + self.pending:
            notices.info(f"{self._wording.lost(lost)} could not be kept and are lost.")

    def _drop_oldest(self) -> int:
        """Drop the oldest item, and return its size."""
        size = self._size(self._items.popleft())
        self.pending -= size
        return size

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._items or self._closing)
                if not self._items:
                    return
                item = self._items[0]
            if self._try_to_write(item):
                with self._changed:
                    if self._items and self._items[0] is item:  # or it was dropped meanwhile
                        self._drop_oldest()
            else:
                with self._changed:
                    self._changed.wait(RETRY_SECONDS)
                if time.monotonic() + RETRY_SECONDS > self._deadline:
                    return

    def _try_to_write(self, item: T) -> bool:
        """Write an item; return False if it must be retried."""
        try:
            self._write(item)
        except NotWritableNow as error:
            self._report_failure(error)
            return False
        except Exception as error:  # noqa: BLE001  (`NeverWritable`, or a bug, which must not end all writing)
            what = str(error) if isinstance(error, NeverWritable) else "something of a call"
            logger.error("%s cannot be kept: %s", what, without_messages(error))
            with self._changed:
                self.lost += self._size(item)
        if self._failing:
            self._failing = False
            lost = f" {self._wording.lost(self.lost)} are lost." if self.lost else ""
            notices.info(f"{self._wording.where} can be written again.{lost}")
        return True

    def _report_failure(self, error: NotWritableNow) -> None:
        if not self._failing:
            self._failing = True
            logger.warning("%s cannot be written: %s", self._wording.where, error)
            why = error.for_the_user or f"{self._wording.where} cannot be written."
            notices.info(f"{why} Calls go on; {self._wording.what} waits in memory.")
