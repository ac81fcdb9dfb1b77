"""The last events of all calls, numbered, for viewers who come late or come back.

Each event is encoded once.  Viewers read at their own pace from one ring, so a slow one costs no
memory, and holds up nobody.
"""

import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..core.call_record import CallRecord
from ..events import AnyEvent, CallDeleted, CallEnded, CallStarted, Event, to_dict

MAX_KEPT = 20_000
"""Events: some ten minutes of fifty calls"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as viewers get it."""

    number: int
    call_id: str
    kind: str
    """Empty when it is forgotten"""
    json: bytes
    """The wire form of `events.to_dict`"""


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call in progress."""

    started: CallStarted
    at: int
    """When that was: milliseconds since 1970"""


class EventLog:
    """A listener of the hub.  Safe to share between threads."""

    def __init__(self, max_kept: int = MAX_KEPT) -> None:
        self.epoch = secrets.token_hex(4)
        """Tells this run's numbers from another's"""
        self._entries: deque[Entry] = deque(maxlen=max_kept)
        self._last = 0
        self._live: dict[str, LiveCall] = {}
        self._deleted: set[str] = set()  # of these, those that are deleted
        self._changed = threading.Condition()

    def __call__(self, event: AnyEvent) -> None:
        """Number and keep an event; forget those of a call that is deleted, again when it is over."""
        if isinstance(event, CallDeleted):
            self._forget(event.call_id)
        else:
            if isinstance(event, CallEnded) and event.call_id in self._deleted:
                self._forget(event.call_id)
            self._add(event)

    def _add(self, event: Event) -> None:
        wire = to_dict(event)
        data = json.dumps(wire, ensure_ascii=False).encode()
        with self._changed:
            self._last += 1
            self._entries.append(Entry(self._last, event.call_id, wire["type"], data))
            if isinstance(event, CallStarted):
                self._live.setdefault(event.call_id, LiveCall(event, round(time.time() * 1000)))
            elif isinstance(event, CallEnded):
                self._live.pop(event.call_id, None)
                self._deleted.discard(event.call_id)
            self._changed.notify_all()

    def add_interrupted(self, calls: Iterable[CallRecord]) -> None:
        """Calls that a killed program left are in progress until something else is told of them.

        It is no event: viewers are not there yet.
        """
        with self._changed:
            for call in calls:
                self._live.setdefault(call.call_id, LiveCall(call.started, call.started_at))

    @property
    def last(self) -> int:
        """The number of the newest event; 0 before the first."""
        return self._last

    @property
    def snapshot(self) -> tuple[int, list[str]]:
        """The number of the newest event, and with it the ids of the calls in progress, oldest first."""
        with self._changed:
            return self._last, list(self._live)

    def _forget(self, call_id: str) -> None:
        """Leave nothing of what happened on a call but that something did."""
        with self._changed:
            for at, entry in enumerate(self._entries):
                if entry.call_id == call_id:
                    self._entries[at] = Entry(entry.number, "", "", b"")
            if call := self._live.get(call_id):
                self._live[call_id] = replace(call, started=replace(call.started, caller="", callee=""))
                self._deleted.add(call_id)

    @property
    def in_progress(self) -> list[LiveCall]:
        """The same calls, and what is known of them."""
        with self._changed:
            return list(self._live.values())

    def after(self, number: int, limit: int) -> Sequence[Entry] | None:
        """So many events after a number; None when some of them are forgotten."""
        with self._changed:
            first = self._last - len(self._entries) + 1
            if number + 1 < first:
                return None
            begin = number + 1 - first
            return [self._entries[at] for at in range(begin, min(begin + limit, len(self._entries)))]

    def wait_for_more(self, number: int, seconds: float) -> None:
        """Return when there is an event after a number, or when the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._last > number, seconds)
