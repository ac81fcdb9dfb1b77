"""The stream of events in Redis that all hosts write and read.

Its events have consecutive numbers.  Those of deleted calls are left out.
"""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..web.event_log import MAX_BYTES, MAX_KEPT, Entry, LiveCall, Position
from .connection import PREFIX, Client
from .scripts import Script

STATE, CALLS = f"{PREFIX}events", f"{PREFIX}calls"

ADOPTED = "adopted"
"""The kind of an entry that starts a call, unless the call is in progress already"""

UNREADABLE = "unreadable"
"""The kind of an entry that makes no sense here"""

KEPT_SECONDS = 3600
"""Seconds after the last event for which Redis has what was said"""

READ_SECONDS = 1.0
"""Seconds to wait for new events"""

MAX_READ = 500
"""Events that are read at once"""


@dataclass(frozen=True, slots=True)
class State:
    """The state of the stream at a moment."""

    epoch: str
    last: int
    """The number of the newest event"""
    floor: int
    """The number of the newest event that is no longer kept"""
    live: Sequence[LiveCall]
    """The calls in progress, the oldest first"""


class EventStream:
    """The stream, over a connection.  Each method raises the errors of `connection.UNREACHABLE`."""

    def __init__(self, client: Client, max_kept: int = MAX_KEPT, max_bytes: int = MAX_BYTES) -> None:
        self._client, self._max_kept, self._max_bytes = client, max_kept, max_bytes
        self._state = Script(client, "opened", "state")
        self._publish = Script(client, "opened", "publish")

    def state(self) -> State:
        """Return the state; make the stream if there is none, or only one of another run of Redis."""
        epoch, last, floor, live = self._state([STATE, CALLS], _fresh_epoch())
        calls = sorted(map(json.loads, live), key=lambda call: call["number"])
        made = [LiveCall.of(each["started"], each["at"], is_deleted=each["is_deleted"]) for each in calls]
        return State(epoch.decode(), int(last), int(floor), made)

    def publish(self, publisher: str, first: int, entries: Iterable[Entry]) -> None:
        """Number entries of a host, and add them; the first is number `first` of those of this publisher.

        Entries that this publisher has added already are left out, so that all can be sent again.
        """
        values = [value for each in entries for value in (each.kind, each.call_id, each.at, each.json)]
        limits = (self._max_kept, self._max_bytes, KEPT_SECONDS)
        keys = [STATE, CALLS, f"{PREFIX}published:{publisher}"]
        self._publish(keys, _fresh_epoch(), *limits, first, *values)

    def read(self, position: Position) -> list[Entry]:
        """Wait for entries after a position, and return some; none if none came in time."""
        answer = self._client.xread(
            {_stream(position.epoch): f"{position.number}-0"}, MAX_READ, round(READ_SECONDS * 1000)
        )
        return [_entry(*each) for each in _entries_of(answer)]

    def between(self, position: Position, last: int) -> list[Entry]:
        """Return all entries after a position, up to the number `last`."""
        entries: list[Entry] = []
        at, end = position.number, f"{last}-0"
        while at < last:
            some: Any = self._client.xrange(_stream(position.epoch), f"({at}-0", end, MAX_READ)
            if not some:
                break
            entries += [_entry(*each) for each in some]
            at = entries[-1].number
        return entries

    def floor(self, epoch: str) -> int | None:
        """Return the number of the newest event that is no longer kept; None if the epoch is over."""
        kept: Any = self._client.hmget(STATE, ["epoch", "floor"])
        return int(kept[1]) if kept[0] == epoch.encode() else None

    def delete(self, epoch: str, numbers: Sequence[int]) -> None:
        """Delete events."""
        for first in range(0, len(numbers), MAX_READ):
            self._client.xdel(_stream(epoch), *(f"{each}-0" for each in numbers[first : first + MAX_READ]))


def _fresh_epoch() -> str:
    return secrets.token_hex(4)


def _stream(epoch: str) -> str:
    return f"{STATE}:{epoch}"


def _entries_of(answer: Any) -> Sequence[tuple[bytes, dict[bytes, bytes]]]:
    """Return the entries of the one stream of an answer, whose form depends on the protocol."""
    if not answer:
        return ()
    if isinstance(answer, dict):
        (parts,) = answer.values()
        return [entry for part in parts for entry in part]
    ((_, entries),) = answer
    return entries  # type: ignore[no-any-return]


def _entry(number: bytes, values: dict[bytes, bytes]) -> Entry:
    """Read an entry; one that makes no sense becomes one that no viewer gets."""
    place = int(number.partition(b"-")[0])
    try:
        call, kind = values[b"call"].decode(), values[b"kind"].decode()
        return Entry(place, call, kind, values[b"json"], int(values[b"at"]))
    except (LookupError, ValueError):
        return Entry(place, "", UNREADABLE, b"", 0)
