"""Count wrong tokens, so that guessing is noticed and costs the server little.

The right token is admitted even after many wrong ones: behind a tunnel all requests come from one address.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable

from ..system.rate_limited_log import RateLimitedLog

WINDOW_SECONDS = 60
"""Seconds for which wrong tokens are counted together"""

MAX_OF_ONE = 10
"""Wrong tokens of one address in that time; further ones get status 429"""

MAX_OF_ALL = 100
"""Wrong tokens of all addresses together in that time; further ones get status 429"""


class WrongTokens:
    """Counts wrong tokens by address.  Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = float("-inf")
        self._recent: Counter[str] = Counter()  # by address; at most `MAX_OF_ALL` together
        self._count = 0
        self._lock = threading.Lock()
        self._log = RateLimitedLog("A request with a wrong token was refused")

    @property
    def count(self) -> int:
        """Number of wrong tokens so far."""
        return self._count

    def add(self, address: str) -> bool:
        """Count a wrong token; return whether its address, or all together, have shown too many."""
        self._log.warn()
        with self._lock:
            self._count += 1
            if self._clock() >= self._until:
                self._recent.clear()
                self._until = self._clock() + WINDOW_SECONDS
            if self._recent[address] >= MAX_OF_ONE or self._recent.total() >= MAX_OF_ALL:
                return True
            self._recent[address] += 1
            return False
