"""The last events of all calls, numbered, for viewers who come late or come back.

Each event is encoded once.  All viewers read from one ring buffer at their own speed, so a slow one costs no
memory and delays nobody.
"""

import json
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..core.call_record import CallRecord
from ..events import AnyEvent, CallDeleted, CallEnded, CallLeft, CallStarted, Event, to_dict

MAX_KEPT = 20_000
"""Events, about ten minutes of fifty calls"""

MAX_BYTES = 32 * 1024 * 1024
"""Size of these events: a turn has all of its words"""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as viewers get it."""

    number: int
    call_id: str
    kind: str
    """The type of the event; empty if it was deleted"""
    json: bytes
    """The wire form of `events.to_dict`"""


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call in progress."""

    started: CallStarted
    at: int
    """The moment of its start, in milliseconds since 1970"""


class EventLog:
    """A listener of the hub that keeps the last events.  Safe to share between threads."""

    def __init__(self, max_kept: int = MAX_KEPT) -> None:
        self.epoch = secrets.token_hex(4)
        """Identifies this run of the program, as each run numbers its events from 1"""
        self._max_kept, self._bytes = max_kept, 0
        self._entries: deque[Entry] = deque()
        self._last = 0
        self._live: dict[str, LiveCall] = {}
        self._deleted: set[str] = set()  # calls in progress that are deleted
        self._changed = threading.Condition()

    def __call__(self, event: AnyEvent) -> None:
        """Number and keep an event; drop those of a deleted call, at its deletion and again at its end."""
        if isinstance(event, CallDeleted):
            self._forget(event.call_id)
        elif not isinstance(event, CallLeft):  # it goes on, and its end will come
            if isinstance(event, CallEnded) and event.call_id in self._deleted:
                self._forget(event.call_id)
            self._add(event)

    def _add(self, event: Event) -> None:
        wire = to_dict(event)
        data = json.dumps(wire, ensure_ascii=False).encode()
        with self._changed:
            self._last += 1
            self._entries.append(Entry(self._last, event.call_id, wire["type"], data))
            self._drop_oldest(len(data))
            if isinstance(event, CallStarted):
                self._live.setdefault(event.call_id, LiveCall(event, round(time.time() * 1000)))
            elif isinstance(event, CallEnded):
                self._live.pop(event.call_id, None)
                self._deleted.discard(event.call_id)
            self._changed.notify_all()

    def _drop_oldest(self, added: int) -> None:
        """Drop the oldest events while there are too many; `added` bytes have just come."""
        self._bytes += added
        while len(self._entries) > self._max_kept or self._bytes > MAX_BYTES:
            self._bytes -= len(self._entries.popleft().json)

    def add_interrupted(self, calls: Iterable[CallRecord]) -> None:
        """Add calls that a killed program left; they are in progress until an event says otherwise.

        This makes no event, as there are no viewers yet.
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
        """The number of the newest event, and the ids of the calls then in progress, the oldest first."""
        with self._changed:
            return self._last, list(self._live)

    def _forget(self, call_id: str) -> None:
        """Empty the events of a call; only their numbers stay."""
        with self._changed:
            for at, entry in enumerate(self._entries):
                if entry.call_id == call_id:
                    self._bytes -= len(entry.json)
                    self._entries[at] = Entry(entry.number, "", "", b"")
            if call := self._live.get(call_id):
                self._live[call_id] = replace(call, started=replace(call.started, caller="", callee=""))
                self._deleted.add(call_id)

    @property
    def in_progress(self) -> list[LiveCall]:
        """The calls in progress, the oldest first."""
        with self._changed:
            return list(self._live.values())

    def after(self, number: int, limit: int) -> Sequence[Entry] | None:
        """Return up to `limit` events after a number; None if some of them are no longer kept."""
        with self._changed:
            first = self._last - len(self._entries) + 1
            if number + 1 < first:
                return None
            begin = number + 1 - first
            return [self._entries[at] for at in range(begin, min(begin + limit, len(self._entries)))]

    def wait_for_more(self, number: int, seconds: float) -> None:
        """Wait until there is an event after a number, for `seconds` at most."""
        with self._changed:
            self._changed.wait_for(lambda: self._last > number, seconds)
