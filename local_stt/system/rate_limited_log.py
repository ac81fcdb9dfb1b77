"""Log a warning once a minute at most; otherwise anyone who finds the address could fill a disk."""

import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

MIN_SECONDS_BETWEEN_LINES = 60


class RateLimitedLog:
    """Logs one warning, and counts those that it leaves out."""

    def __init__(self, message: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._message, self._clock = message, clock
        self._next = float("-inf")  # when the next line may be
        self._suppressed = 0
        self._lock = threading.Lock()

    def warn(self, *arguments: object) -> None:
        """Log the message with these arguments, or count it for the next line."""
        with self._lock:
            if self._clock() < self._next:
                self._suppressed += 1
                return
            more = f" (and {self._suppressed} before it)" if self._suppressed else ""
            self._next, self._suppressed = self._clock() + MIN_SECONDS_BETWEEN_LINES, 0
        logger.warning(self._message + "%s", *arguments, more)
