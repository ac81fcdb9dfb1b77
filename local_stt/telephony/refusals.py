"""Remember which calls were refused lately, and why."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

MAX_REMEMBERED = 1000
"""Minutes with refused calls that are remembered, at most"""

MS_REMEMBERED = 24 * 60 * 60 * 1000
MS_TOGETHER = 60_000
"""Milliseconds in which calls that are refused for the same reason are counted together"""


@dataclass(frozen=True, slots=True)
class RefusedCalls:
    """Calls that were refused within a minute."""

    at: int
    """When the first of them was refused, in milliseconds since 1970"""
    count: int
    sentence: str
    """Why they were refused"""


class Refusals:
    """The calls that were refused within the last day.  Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Use `clock`, which returns seconds since 1970."""
        self._clock, self._lock = clock, threading.Lock()
        self._found: deque[RefusedCalls] = deque(maxlen=MAX_REMEMBERED)

    def note(self, sentence: str) -> None:
        """Count a call that is refused now, and why."""
        at = self._now()
        with self._lock:
            last = self._found[-1] if self._found else None
            if last and last.sentence == sentence and 0 <= at - last.at < MS_TOGETHER:
                self._found[-1] = replace(last, count=last.count + 1)
            else:
                self._found.append(RefusedCalls(at, 1, sentence))

    def lately(self) -> list[RefusedCalls]:
        """List the calls that were refused within the last day, the latest first."""
        since = self._now() - MS_REMEMBERED
        with self._lock:
            return [each for each in reversed(self._found) if each.at >= since]

    def _now(self) -> int:
        return round(self._clock() * 1000)
