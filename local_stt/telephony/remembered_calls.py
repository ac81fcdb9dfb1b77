"""Remembers when calls began and how far their audio came, in case their streams begin again.  No I/O."""

import math
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from ..core.call_record import RESUME_TIMEOUT
from ..core.call_session import StreamHistory

MAX_REMEMBERED = 1000
"""Calls that are over and are remembered, in case their streams begin again"""


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A call whose stream ended.  Times are those of the monotonic clock, in seconds."""

    began: float
    heard: float
    """Position in the call that its audio reached, in seconds"""
    until: float
    """Time when it is over for good; another stream of it may come before"""


class RememberedCalls:
    """The calls of one switchboard, which asks under its own lock: not safe to share between threads."""

    def __init__(self) -> None:
        self._admitted: dict[str, float] = {}  # when its stream was admitted, by call, on the monotonic clock
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()  # by call
        self._last_admission: OrderedDict[str, int] = OrderedDict()  # its number among all, by call
        self._admissions = 0

    def __contains__(self, call_id: str) -> bool:
        """Check whether the call is remembered; one that is being streamed is not."""
        return call_id in self._remembered

    def is_over(self, call_id: str) -> bool:
        """Check whether the call is remembered as over for good."""
        remembered = self._remembered.get(call_id)
        return remembered is not None and remembered.until <= time.monotonic()

    def last_admission(self, call_id: str) -> int:
        """Return the number of the call's last stream among all streams; 0 if none has come."""
        return self._last_admission.get(call_id, 0)

    def admit(self, call_id: str) -> StreamHistory:
        """Note that a stream of the call has come; return what there was before it."""
        now = self._admitted[call_id] = time.monotonic()
        self._admissions += 1
        self._last_admission[call_id] = self._admissions
        self._last_admission.move_to_end(call_id)
        _discard_oldest(self._last_admission)
        remembered = self._remembered.pop(call_id, _Remembered(now, 0.0, now))
        return StreamHistory(round(1000 * (now - remembered.began)), round(1000 * remembered.heard))

    def seconds_streamed(self, call_id: str) -> float:
        """Return for how long the call's stream has been there; 0 if there is none."""
        now = time.monotonic()
        return now - self._admitted.get(call_id, now)

    def end(self, call_id: str, before: float, heard: float, *, for_good: bool) -> None:
        """Remember a call whose stream is over, and may begin again unless it is over `for_good`.

        The call began `before` seconds before that stream, and its audio came up to second `heard`.
        """
        began = self._admitted.pop(call_id, time.monotonic()) - before
        self._remember(call_id, began, heard, 0.0 if for_good else RESUME_TIMEOUT)

    def leave(self, call_id: str) -> None:
        """Note that the call's stream is over, and goes on at another host."""
        self._admitted.pop(call_id, None)

    def expect(self, call_id: str, since: float, heard: float) -> None:
        """Wait for a stream of a call that began `since` seconds ago, however long that takes."""
        self._remember(call_id, time.monotonic() - since, heard, math.inf)

    def end_waiting(self, call_id: str) -> None:
        """Stop waiting for the stream of a call, but let it come for a while, as it may be late."""
        if remembered := self._remembered.get(call_id):
            self._remembered[call_id] = replace(remembered, until=time.monotonic() + RESUME_TIMEOUT)

    def forget(self, call_id: str) -> None:
        """Wait for no stream of a call any more: it has come to another host."""
        self._remembered.pop(call_id, None)

    def _remember(self, call_id: str, began: float, heard: float, seconds: float) -> None:
        """Remember a call that may go on within `seconds`."""
        self._remembered[call_id] = _Remembered(began, heard, time.monotonic() + seconds)
        _discard_oldest(self._remembered)


def _discard_oldest(remembered: OrderedDict[str, Any]) -> None:
    while len(remembered) > MAX_REMEMBERED:
        remembered.popitem(last=False)
