"""Twilio's statuses of calls that were placed, which it reports in any order."""

import threading
from collections import OrderedDict
from typing import Protocol

MAX_REMEMBERED = 100
"""Calls whose status is remembered"""

OVER = ("completed", "busy", "no-answer", "failed", "canceled")
"""Twilio's statuses of a call that is over; only the first one is of a call that was answered"""

ANSWERED = ("answered", "in-progress")
"""Twilio's statuses of a call that was answered and goes on"""

UNDER_WAY = ("queued", "initiated", "ringing", *ANSWERED)
"""Twilio's statuses of a call before it is over, in this order"""


class CallStatuses(Protocol):
    """Remembers the statuses of the last calls.  Safe to share between threads."""

    def note(self, call_id: str, status: str) -> bool:
        """Note a call's status; return whether it is news."""

    def get(self, call_id: str) -> str | None:
        """Return a call's status; None if it is not known."""


class OwnCallStatuses:
    """Remembers them in this program."""

    def __init__(self) -> None:
        self._statuses: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, call_id: str, status: str) -> bool:
        """Note a call's status; return whether it is news."""
        with self._lock:
            if rank(status) <= rank(self._statuses.get(call_id, "")):
                return False
            self._statuses[call_id] = status
            while len(self._statuses) > MAX_REMEMBERED:
                self._statuses.popitem(last=False)
            return True

    def get(self, call_id: str) -> str | None:
        """Return a call's status; None if it is not known."""
        with self._lock:
            return self._statuses.get(call_id)


def rank(status: str) -> int:
    """Rank a status by how late in a call it comes; 0 is for an unknown one."""
    return len(UNDER_WAY) + 1 if status in OVER else UNDER_WAY.index(status) + 1 if status in UNDER_WAY else 0
