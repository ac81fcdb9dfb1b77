"""Reads the events of calls before anyone else: divides what is said into turns."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable

from ..core.call_turns import CallTurns
from ..events import CallEnded, CallStarted, TrackEvent
from ..hub import Hub

TurnsOf = Callable[[CallStarted], CallTurns]
"""Makes the turns of a call that begins"""

MAX_ENDED = 1000
"""Calls that are over and are remembered, as the last words of one that was given up may come late"""


class _OneCall:
    """What is read of one call, one event after the other."""

    def __init__(self, turns: CallTurns) -> None:
        self.turns = turns
        self.lock = threading.Lock()


class Reader:
    """Publishes the events of calls with their turns.  Safe to share between threads.

    The events of one call come from several threads: its connection's, and a worker's for each track.
    """

    def __init__(self, hub: Hub, turns_of: TurnsOf) -> None:
        self._hub, self._turns_of = hub, turns_of
        self._calls: dict[str, _OneCall] = {}
        self._ended: OrderedDict[str, _OneCall] = OrderedDict()
        self._lock = threading.Lock()  # of the dictionaries

    def publish(self, events: Iterable[TrackEvent]) -> None:
        """Publish events, and the turns that they begin, continue or end."""
        for event in events:
            call = self._call_of(event)
            with call.lock:
                self._hub.publish(call.turns.read(event))

    def _call_of(self, event: TrackEvent) -> _OneCall:
        """Return the call of an event, which begins or ends with it."""
        call_id = event.call_id
        with self._lock:
            if isinstance(event, CallStarted):
                self._ended.pop(call_id, None)  # another call may have its id
            call = self._calls.get(call_id) or self._ended.get(call_id)
            if call is None:
                started = event if isinstance(event, CallStarted) else CallStarted(call_id, ())
                call = self._calls[call_id] = _OneCall(self._turns_of(started))
            if isinstance(event, CallEnded) and call_id in self._calls:
                self._ended[call_id] = self._calls.pop(call_id)
                if len(self._ended) > MAX_ENDED:
                    self._ended.popitem(last=False)
            return call
