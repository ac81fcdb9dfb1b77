"""Measures how long somebody was waited for, without the time in which this program was held up itself."""

import time
from collections.abc import Callable

MAX_SECONDS_BETWEEN_TICKS = 1.0
"""Seconds between two looks that count: in more, on a busy machine, what was waited for may have come"""


class Waiting:
    """The time since somebody was last heard of, as far as this program looked for them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Wait from now on."""
        self._seconds, self._ticked_at = 0.0, self._clock()

    def tick(self) -> float:
        """Note that somebody was looked for; return the seconds waited until now."""
        now = self._clock()
        self._seconds += min(now - self._ticked_at, MAX_SECONDS_BETWEEN_TICKS)
        self._ticked_at = now
        return self._seconds
