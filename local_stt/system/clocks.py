"""Clocks that never jump.

The clock of a machine may be wrong when it starts, and be corrected while programs run.
"""

import time
from collections.abc import Callable

_WITH_SLEEP = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""The clock that counts sleep: on Linux one of its own, on macOS the monotonic clock"""


def uptime() -> float:
    """Return the seconds since the machine started, sleep included."""
    return time.clock_gettime(_WITH_SLEEP)


class SteadyClock:
    """A clock that begins with the machine's time and then runs evenly, even if that is changed."""

    def __init__(self, wall: Callable[[], float] = time.time, uptime: Callable[[], float] = uptime) -> None:
        """Read the machine's time once; `wall` and `uptime` return seconds."""
        self._uptime = uptime
        self._started = wall() - uptime()

    def __call__(self) -> int:
        """Return milliseconds since 1970."""
        return round((self._started + self._uptime()) * 1000)
