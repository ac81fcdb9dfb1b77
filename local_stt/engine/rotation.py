"""Decide which track of a worker is next: of ended calls first, then of live ones, then of files.  No I/O."""

from collections import deque
from typing import Generic, Protocol, TypeVar

MAX_ENDED_IN_A_ROW = 3
"""Chunks of ended calls after which a live call is next, if one has work"""


class InRotation(Protocol):
    """A track that is decoded in rotation."""

    is_file: bool
    end_number: int
    """Position of its call among those that have ended; 0 for a live call and for a file"""


T = TypeVar("T", bound=InRotation)


class Rotation(Generic[T]):
    """The tracks that have work.  A track that was taken must be put back while it has more.

    The audio that is left of an ended call is bounded.  So under overload calls are completed one after the
    other, in the order of their ends, instead of all at the end.  Live calls keep a quarter of the time.
    """

    def __init__(self) -> None:
        self._ended: list[T] = []
        self._live: deque[T] = deque()  # a chunk each, in turn
        self._files: deque[T] = deque()  # one file after the other: nobody waits for them
        self._in_a_row = 0

    def __len__(self) -> int:
        """Return the number of tracks that have work."""
        return len(self._ended) + len(self._live) + len(self._files)

    def put(self, track: T) -> None:
        """Add a track that has got work."""
        if track.is_file:
            self._files.append(track)
        elif track.end_number:
            self._ended.append(track)
        else:
            self._live.append(track)

    def put_back(self, track: T) -> None:
        """Add the track that was taken last, which has more work."""
        if track.is_file:
            self._files.appendleft(track)
        else:
            self.put(track)

    def note_end(self, track: T) -> None:
        """Move a track whose call has just ended to the ended calls, if it has work."""
        if track in self._live:
            self._live.remove(track)
            self._ended.append(track)

    def take(self) -> T:
        """Remove and return the next track.  There must be one."""
        if self._ended and not (self._live and self._in_a_row >= MAX_ENDED_IN_A_ROW):
            self._in_a_row += 1
            first = min(self._ended, key=lambda track: track.end_number)
            self._ended.remove(first)
            return first
        self._in_a_row = 0
        return (self._live or self._files).popleft()
