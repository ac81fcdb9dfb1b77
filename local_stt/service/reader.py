"""Reads the events of calls before anyone else: redacts them, and finds turns and alerts."""

import contextlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator

from ..core.call_alerts import CallAlerts
from ..core.call_turns import CallTurns
from ..core.privacy import CallRedactor
from ..events import CallEnded, CallLeft, CallStarted, Event, TrackEvent
from ..hub import Hub

logger = logging.getLogger(__name__)

TurnsOf = Callable[[CallStarted], CallTurns]
"""Makes the turns of a call that begins"""

RedactorOf = Callable[[CallStarted], CallRedactor | None]
"""Makes the redactor of a call that begins; None if nothing is redacted on it"""

AlertsOf = Callable[[CallStarted], CallAlerts | None]
"""Makes the alerts of a call that begins; None if there are none on it"""

Parts = tuple[CallRedactor | None, CallTurns, CallAlerts | None]
"""What reads the events of one call, in this order"""

MAX_ENDED = 1000
"""Calls that are over and are remembered, as the last words of one that was given up may come late"""


class _OneCall:
    """What is read of one call, one event after the other."""

    def __init__(self, started: CallStarted, parts: Parts) -> None:
        self.started = started
        self.lock = threading.Lock()
        self.begin(parts)

    def begin(self, parts: Parts) -> None:
        """Read from now on with these, which know nothing of what was said before."""
        self._redactor, self._turns, self._alerts = parts

    def read(self, event: TrackEvent) -> Iterator[Event]:
        """Yield what may be published of an event, the turns, and the alerts."""
        for each in self._redactor.read(event) if self._redactor else (event,):
            for said in self._turns.read(each):
                yield from self._alerts.read(said) if self._alerts else (said,)


class Reader:
    """Publishes the events of calls with their turns and alerts, and without private values.

    The events of one call come from several threads: its connection's, and a worker's for each track.  Safe
    to share between threads.
    """

    def __init__(
        self,
        hub: Hub,
        turns_of: TurnsOf,
        redactor_of: RedactorOf = lambda _: None,
        alerts_of: AlertsOf = lambda _: None,
    ) -> None:
        self._hub, self._turns_of, self._redactor_of, self._alerts_of = hub, turns_of, redactor_of, alerts_of
        self._calls: dict[str, _OneCall] = {}
        self._ended: OrderedDict[str, _OneCall] = OrderedDict()
        self._lock = threading.Lock()  # of the dictionaries

    def publish(self, events: Iterable[TrackEvent]) -> None:
        """Publish events, and the turns that they begin, continue or end."""
        for event in events:
            call = self._call_of(event)
            with call.lock:
                self._publish_of(call, event)

    def leave(self, call_id: str) -> None:
        """Publish that another host follows a call, after all that was said here."""
        with self._lock:
            call = self._calls.get(call_id)
            if call:
                self._end(call_id)
        with call.lock if call else contextlib.nullcontext():
            self._hub.publish([CallLeft(call_id)])

    def _publish_of(self, call: _OneCall, event: TrackEvent) -> None:
        """Publish what is read of an event; if it cannot be read, nothing of it but the end of its call."""
        try:
            self._hub.publish(call.read(event))
        except Exception:
            logger.exception("A %s of call %s is lost", type(event).__name__, event.call_id)
            call.begin(self._parts_of(call.started))
            if isinstance(event, CallEnded):
                self._hub.publish([event])

    def _call_of(self, event: TrackEvent) -> _OneCall:
        """Return the call of an event, which begins, goes on or ends with it."""
        call_id = event.call_id
        with self._lock:
            call = self._calls.get(call_id) or self._ended.get(call_id)
        if call is None:
            started = event if isinstance(event, CallStarted) else CallStarted(call_id, ())
            call = _OneCall(started, self._parts_of(started))
        with self._lock:
            if isinstance(event, CallStarted):
                call = self._ended.pop(call_id, None) or self._calls.get(call_id) or call
                self._calls[call_id] = call
            elif isinstance(event, CallEnded) and call_id in self._calls:
                self._end(call_id)
        return call

    def _end(self, call_id: str) -> None:
        """Remember a call that is over, in case more words of it come."""
        self._ended[call_id] = self._calls.pop(call_id)
        if len(self._ended) > MAX_ENDED:
            self._ended.popitem(last=False)

    def _parts_of(self, call: CallStarted) -> Parts:
        return self._redactor_of(call), self._turns_of(call), self._alerts_of(call)
