"""Measure how long something was waited for, without the time in which this program itself was delayed."""

import time
from collections.abc import Callable

MAX_SECONDS_BETWEEN_TICKS = 1.0
"""Seconds between two checks that count at most: after more, on a busy machine, a sign may have come"""


class Waiting:
    """The time since the last sign of another program, as far as this one checked for it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Start waiting again from now on."""
        self._seconds, self._ticked_at = 0.0, self._clock()

    def tick(self) -> float:
        """Note a check without a result, and return the seconds waited so far."""
        now = self._clock()
        self._seconds += min(now - self._ticked_at, MAX_SECONDS_BETWEEN_TICKS)
        self._ticked_at = now
        return self._seconds
