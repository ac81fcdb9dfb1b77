"""Clocks that nobody sets.

The clock of a machine may be wrong when it starts, and be put right while programs run.
"""

import time
from collections.abc import Callable

_WITH_SLEEP = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""On Linux; the monotonic clock of macOS counts sleep by itself"""


def uptime() -> float:
    """Return the seconds since the machine started, those it slept included."""
    return time.clock_gettime(_WITH_SLEEP)


class SteadyClock:
    """Begins with the machine's time and then passes evenly, whatever that is set to."""

    def __init__(self, wall: Callable[[], float] = time.time, uptime: Callable[[], float] = uptime) -> None:
        """`wall` and `uptime` tell seconds."""
        self._uptime = uptime
        self._started = wall() - uptime()

    def __call__(self) -> int:
        """Return milliseconds since 1970."""
        return round((self._started + self._uptime()) * 1000)
