"""Events of this host that wait until Redis takes them, within bounds."""

from collections import deque

from ..web.event_log import DELETED, ENDED, MAX_BYTES, MAX_KEPT, MISSED, STARTED, Entry
from .event_stream import ADOPTED

LASTING = frozenset({STARTED, ADOPTED, ENDED, DELETED})
"""Kinds of entries without which calls would be in progress for ever, or deleted ones stay"""


class Backlog:
    """A queue of entries.  When it is full, it keeps only which calls began, ended and were deleted.

    An entry that says that some were lost is then the first.
    """

    def __init__(self, max_events: int = MAX_KEPT, max_bytes: int = MAX_BYTES) -> None:
        self._max_events, self._max_bytes, self._bytes = max_events, max_bytes, 0
        self._entries: deque[Entry] = deque()
        self.lost = 0
        """Number of events that did not fit"""

    def __len__(self) -> int:
        """Count the entries that wait."""
        return len(self._entries)

    def add(self, entry: Entry) -> None:
        """Add an entry at the end."""
        self._entries.append(entry)
        self._bytes += len(entry.json)
        if len(self._entries) > self._max_events or self._bytes > self._max_bytes:
            self._shorten()

    def take(self, max_events: int, max_bytes: int) -> list[Entry]:
        """Take entries out, the first ones first: one at least, if there is one, but not more than fit."""
        taken: list[Entry] = []
        while self._entries and len(taken) < max_events:
            max_bytes -= len(self._entries[0].json)
            if taken and max_bytes < 0:
                break
            taken.append(self._entries.popleft())
        self._bytes -= sum(len(each.json) for each in taken)
        return taken

    def _shorten(self) -> None:
        """Drop what was said, and what is older than half a queue."""
        before = [each for each in self._entries if each.kind != MISSED]
        kept = [each for each in before if each.kind in LASTING][-(self._max_events // 2) :]
        self.lost += len(before) - len(kept)
        self._entries = deque([Entry(0, "", MISSED, b"{}", before[-1].at), *kept])
        self._bytes = sum(len(each.json) for each in self._entries)
