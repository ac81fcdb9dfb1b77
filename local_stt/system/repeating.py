"""Does something again and again in a thread of its own."""

import logging
import threading
from collections.abc import Callable

from .parts import Part

logger = logging.getLogger(__name__)

STOP_TIMEOUT = 5.0
"""For work that is under way"""


class Repeating(Part):
    """Does `work` at the start, and again after so many seconds.  What it raises is logged."""

    def __init__(self, name: str, work: Callable[[], object], seconds: float) -> None:
        """`name` is the thread's."""
        self._work, self._seconds = work, seconds
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._repeat, name=name, daemon=True)

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread.start()

    def close(self) -> None:
        """Do it no more, and wait a while for work that is under way."""
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
        except Exception:  # the next time it may pass
            logger.exception("%s failed, and is tried again", self._thread.name)
