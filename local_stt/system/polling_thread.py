"""A thread that polls many items, and ends when there are none left."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

logger = logging.getLogger(__name__)


class Polled(Protocol):
    """An item that is polled until it is over."""

    is_over: threading.Event


T = TypeVar("T", bound=Polled)


class PollingThread(Generic[T]):
    """Polls all items, round after round.  Safe to share between threads."""

    def __init__(self, name: str, poll: Callable[[tuple[T, ...]], None], fail: Callable[[T], None]) -> None:
        """Name the thread; it starts with the first item.

        `poll` polls all items once and waits until the next round is due.  If it raises, `fail` ends each
        item, so that none waits for ever.
        """
        self._name, self._poll, self._fail = name, poll, fail
        self._items: dict[T, None] = {}
        self._lock = threading.Lock()
        self._is_running = False

    def __len__(self) -> int:
        """Count the items."""
        return len(self._items)

    def poll_until_over(self, item: T) -> None:
        """Poll an item, and return when it is over."""
        with self._lock:
            if not self._is_running:
                threading.Thread(target=self._run, name=self._name, daemon=True).start()
                self._is_running = True
            self._items[item] = None
        item.is_over.wait()

    def end_all(self) -> None:
        """End all items at once, even those that have not finished."""
        with self._lock:
            for item in self._items:
                item.is_over.set()

    def _run(self) -> None:
        try:
            while items := self._unfinished():
                self._poll(items)
        except BaseException:
            logger.exception("All %s are ended by an error in this program", self._name)
            with self._lock:
                for item in self._items:
                    self._fail(item)
                self._is_running = False

    def _unfinished(self) -> tuple[T, ...]:
        with self._lock:
            self._items = {item: None for item in self._items if not item.is_over.is_set()}
            self._is_running = bool(self._items)
            return tuple(self._items)
