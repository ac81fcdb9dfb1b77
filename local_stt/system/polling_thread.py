"""One thread that looks after many, for as long as there are any."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

logger = logging.getLogger(__name__)


class Polled(Protocol):
    """One that is looked after until it is over."""

    is_over: threading.Event


T = TypeVar("T", bound=Polled)


class PollingThread(Generic[T]):
    """Goes round all of them, again and again.  Safe to share between threads."""

    def __init__(self, name: str, poll: Callable[[tuple[T, ...]], None], fail: Callable[[T], None]) -> None:
        """`poll` sees to each of them, and waits for the next round to be due.  Should it break,
        `fail` ends each, rather than that all wait for ever."""
        self._name, self._poll, self._fail = name, poll, fail
        self._items: dict[T, None] = {}
        self._lock = threading.Lock()
        self._is_running = False

    def __len__(self) -> int:
        """How many there are."""
        return len(self._items)

    def poll_until_over(self, item: T) -> None:
        """Return when it is over."""
        with self._lock:
            if not self._is_running:
                threading.Thread(target=self._run, name=self._name, daemon=True).start()
                self._is_running = True
            self._items[item] = None
        item.is_over.wait()

    def end_all(self) -> None:
        """Whatever is still to come of them."""
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
