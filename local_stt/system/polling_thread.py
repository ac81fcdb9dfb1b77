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

    def __init__(
        self, name: str, go_round: Callable[[tuple[T, ...]], None], fail: Callable[[T], None]
    ) -> None:
        """`go_round` sees to each of them, and waits for the next round to be due.  Should it break,
        `fail` ends each, rather than that all wait for ever."""
        self._name, self._go_round, self._fail = name, go_round, fail
        self._tended: dict[T, None] = {}
        self._lock = threading.Lock()
        self._going = False

    def __len__(self) -> int:
        """How many there are."""
        return len(self._tended)

    def tend(self, one: T) -> None:
        """Return when it is over."""
        with self._lock:
            if not self._going:
                threading.Thread(target=self._go, name=self._name, daemon=True).start()
                self._going = True
            self._tended[one] = None
        one.is_over.wait()

    def end_all(self) -> None:
        """Whatever is still to come of them."""
        with self._lock:
            for one in self._tended:
                one.is_over.set()

    def _go(self) -> None:
        try:
            while tended := self._still_tended():
                self._go_round(tended)
        except BaseException:
            logger.exception("All %s are ended by an error in this program", self._name)
            with self._lock:
                for one in self._tended:
                    self._fail(one)
                self._going = False

    def _still_tended(self) -> tuple[T, ...]:
        with self._lock:
            self._tended = {one: None for one in self._tended if not one.is_over.is_set()}
            self._going = bool(self._tended)
            return tuple(self._tended)
