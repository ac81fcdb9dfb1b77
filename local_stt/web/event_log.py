"""The last events of all calls, numbered, for viewers who come late or come back.

Each event is encoded once.  All viewers read from one ring buffer at their own speed, so a slow one costs no
memory and delays nobody.

A host that is alone numbers its events itself.  Several hosts take all their events from one stream, which
has numbered them: so they have the same events, in the same order, under the same numbers.
"""

import json
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol, Self

from ..core.call_record import CallRecord
from ..events import NAMES, AnyEvent, CallDeleted, CallEnded, CallLeft, CallStarted, Event, to_dict

MAX_KEPT = 20_000
"""Events, about ten minutes of fifty calls"""

MAX_BYTES = 32 * 1024 * 1024
"""Size of these events: a turn has all of its words"""

STARTED, ENDED = NAMES[CallStarted], NAMES[CallEnded]

DELETED = "deleted"
"""The kind of an entry that says that a call was deleted; no viewer gets it"""

MISSED = "missed"
"""The kind of an entry in place of events that were lost on their way; all viewers get it"""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the events: after the one with this number."""

    epoch: str
    """Identifies a run of numbers: those of another one mean nothing in it"""
    number: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what `str` has written; return None for any other text."""
        found = re.fullmatch(r"([0-9a-f]{8})-(\d{1,15})", text, re.ASCII)
        return cls(found[1], int(found[2])) if found else None


UNKNOWN = Position("", 0)
"""A position before all events that are kept"""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as viewers get it."""

    number: int
    """Its number; 0 while it has none"""
    call_id: str
    kind: str
    """The type of the event, `DELETED` or `MISSED`"""
    json: bytes
    """The wire form of `events.to_dict`; empty if viewers do not get it, as for a deleted call"""
    at: int = 0
    """The moment of the event, in milliseconds since 1970"""

    @classmethod
    def of(cls, event: Event | CallDeleted) -> Self:
        """Encode an event that happens now."""
        at = round(time.time() * 1000)
        if isinstance(event, CallDeleted):
            return cls(0, event.call_id, DELETED, b"", at)
        wire = to_dict(event)
        return cls(0, event.call_id, wire["type"], json.dumps(wire, ensure_ascii=False).encode(), at)


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call in progress."""

    started: CallStarted
    at: int
    """The moment of its start, in milliseconds since 1970"""
    is_deleted: bool = False
    """Whether it was deleted, so that no more of it stays than that it ended"""

    @classmethod
    def of(cls, wire: Mapping[str, Any], at: int, *, is_deleted: bool = False) -> Self:
        """Make a call from the wire form of its start."""
        known = {each.name: wire[each.name] for each in fields(CallStarted) if each.name in wire}
        return cls(CallStarted(**known | {"tracks": tuple(known["tracks"])}), at, is_deleted)

    def without_numbers(self) -> Self:
        """Return what may stay of it once it is deleted."""
        return replace(self, started=replace(self.started, caller="", callee=""), is_deleted=True)


class LiveEvents(Protocol):
    """Takes what happens on this host's calls, for viewers."""

    def __call__(self, event: AnyEvent) -> None:
        """Take an event.  A listener of the hub."""

    def add_interrupted(self, calls: Iterable[CallRecord]) -> None:
        """Add calls that a killed program left; they are in progress until an event says otherwise."""


class EventLog:
    """Keeps the last events.  Safe to share between threads.

    Where this host is alone, it is a listener of the hub.
    """

    def __init__(self, max_kept: int = MAX_KEPT) -> None:
        self._epoch = secrets.token_hex(4)  # each run of the program numbers its events from 1
        self._max_kept, self._bytes = max_kept, 0
        self._entries: deque[Entry] = deque()
        self._last = 0
        self._live: dict[str, LiveCall] = {}
        self._is_interrupted = False
        self._changed = threading.Condition()

    def __call__(self, event: AnyEvent) -> None:
        """Number and keep an event; drop those of a deleted call, at its deletion and again at its end."""
        if isinstance(event, CallLeft):  # it goes on, and its end will come
            return
        entry = Entry.of(event)
        with self._changed:
            call = self._live.get(entry.call_id)
            if entry.kind == ENDED and call and call.is_deleted:
                self._add(Entry(self._last + 1, entry.call_id, DELETED, b"", entry.at))
            self._add(replace(entry, number=self._last + 1))
            self._changed.notify_all()

    def add(self, entries: Iterable[Entry]) -> list[int]:
        """Keep entries that have numbers; return the numbers of those that belong to deleted calls now.

        Numbers that are left out are taken for those of deleted calls.
        """
        with self._changed:
            emptied = [number for entry in entries for number in self._add(entry)]
            self._changed.notify_all()
        return emptied

    def restart(
        self, before: Position, entries: Iterable[Entry], last: int, live: Iterable[LiveCall]
    ) -> list[int]:
        """Forget everything, and keep these entries instead, which follow a position up to the number `last`.

        `live` are the calls in progress at the end of them, the oldest first.  Returns the numbers of those
        that belong to deleted calls.
        """
        with self._changed:
            self._epoch, self._last = before.epoch, before.number
            self._entries.clear()
            self._bytes = 0
            emptied = [number for entry in entries for number in self._add(entry)]
            self._add_empty_ones(last)
            self._live = {call.started.call_id: call for call in live}
            self._changed.notify_all()
        return emptied

    def add_interrupted(self, calls: Iterable[CallRecord]) -> None:
        """Add calls that a killed program left; they are in progress until an event says otherwise.

        This makes no event, as there are no viewers yet.
        """
        with self._changed:
            for call in calls:
                self._live.setdefault(call.call_id, LiveCall(call.started, call.started_at))

    @property
    def is_interrupted(self) -> bool:
        """Whether events do not arrive at the moment."""
        return self._is_interrupted

    def set_interrupted(self, is_interrupted: bool) -> None:
        """Say whether events arrive."""
        with self._changed:
            self._is_interrupted = is_interrupted
            self._changed.notify_all()

    @property
    def newest(self) -> Position:
        """The position after the newest event; its number is 0 before the first."""
        with self._changed:
            return self._newest()

    @property
    def snapshot(self) -> tuple[Position, list[str]]:
        """The newest position, and the ids of the calls then in progress, the oldest first."""
        with self._changed:
            return self._newest(), list(self._live)

    @property
    def in_progress(self) -> list[LiveCall]:
        """The calls in progress, the oldest first."""
        with self._changed:
            return list(self._live.values())

    def of_call(self, call_id: str) -> list[dict[str, Any]]:
        """List the wire forms of a call's events, as far as they are kept."""
        with self._changed:
            found = [entry.json for entry in self._entries if entry.call_id == call_id and entry.json]
        return [json.loads(each) for each in found]

    def after(self, position: Position, limit: int) -> Sequence[Entry] | None:
        """Return up to `limit` events after a position; None if some of them are no longer kept.

        There are none yet after a position that another host has reached before this one.
        """
        with self._changed:
            first = self._last - len(self._entries) + 1
            if position.epoch != self._epoch or position.number + 1 < first:
                return None
            begin = position.number + 1 - first
            return [self._entries[at] for at in range(begin, min(begin + limit, len(self._entries)))]

    def wait_for_more(self, position: Position, seconds: float) -> None:
        """Wait until there is news for a viewer at a position, for `seconds` at most."""
        was_interrupted = self._is_interrupted
        with self._changed:
            self._changed.wait_for(
                lambda: self._newest() != position or self._is_interrupted != was_interrupted, seconds
            )

    def _newest(self) -> Position:
        return Position(self._epoch, self._last)

    def _add(self, entry: Entry) -> list[int]:
        """Keep an entry; return the numbers of those that belong to deleted calls now."""
        emptied = self._empty(entry.call_id) if entry.kind == DELETED else []
        self._add_empty_ones(entry.number - 1)
        self._append(entry)
        call = self._live.get(entry.call_id)
        if entry.kind == STARTED and not call:
            self._live[entry.call_id] = LiveCall.of(json.loads(entry.json), entry.at)
        elif entry.kind == ENDED:
            self._live.pop(entry.call_id, None)
        elif entry.kind == DELETED and call:
            self._live[entry.call_id] = call.without_numbers()
        return emptied

    def _empty(self, call_id: str) -> list[int]:
        """Empty the events of a call, so that only their numbers stay; return these."""
        emptied = []
        for at, entry in enumerate(self._entries):
            if entry.call_id == call_id and entry.json:
                self._bytes -= len(entry.json)
                self._entries[at] = _empty_one(entry.number)
                emptied.append(entry.number)
        return emptied

    def _add_empty_ones(self, last: int) -> None:
        """Add empty entries up to a number."""
        for number in range(max(self._last, last - self._max_kept) + 1, last + 1):
            self._append(_empty_one(number))

    def _append(self, entry: Entry) -> None:
        self._last = entry.number
        self._entries.append(entry)
        self._bytes += len(entry.json)
        while len(self._entries) > self._max_kept or self._bytes > MAX_BYTES:
            self._bytes -= len(self._entries.popleft().json)


def _empty_one(number: int) -> Entry:
    return Entry(number, "", "", b"")
