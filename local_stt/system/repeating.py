"""Repeat a piece of work in a thread of its own."""

import logging
import threading
from collections.abc import Callable

from .parts import Part

logger = logging.getLogger(__name__)

STOP_TIMEOUT = 5.0
"""Seconds that `close` waits for work in progress"""


class Repeating(Part):
    """Does `work` at the start, and again every `seconds`.  Logs any exception."""

    def __init__(self, name: str, work: Callable[[], object], seconds: float) -> None:
        """Make a thread called `name`, which `start` starts."""
        self._work, self._seconds = work, seconds
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._repeat, name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop repeating, and wait up to `STOP_TIMEOUT` seconds for work in progress."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT)

    def _repeat(self) -> None:
        self._work_once()
        while not self._closing.wait(self._seconds):
            self._work_once()

    def _work_once(self) -> None:
        try:
            self._work()
        except Exception:  # it may work the next time
            logger.exception("%s failed, and is tried again", self._thread.name)
