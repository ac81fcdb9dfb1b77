"""Join the fragments of a recording by time.  No I/O but that of their sources.

Hosts record fragments of one call if its stream moves from one to another.  All are on the call's clock, so
each begins with silence up to the moment when its audio begins.
"""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...audio import SILENCE
from .snapshot import Source
from .wav_header import CHANNELS, HEADER_SIZE, frames_in, header


@dataclass(frozen=True, slots=True)
class Fragment:
    """A fragment of a recording."""

    start: int
    """Frame on the call's clock with which its audio begins"""
    source: Source

    @property
    def end(self) -> int:
        """Frame with which it ends"""
        return frames_in(self.source.size)


@dataclass(frozen=True, slots=True)
class Interval:
    """Frames that come from one fragment; from none if nobody recorded them."""

    frames: range
    fragment: Fragment | None


class Joined:
    """A recording in fragments.  Where two have audio, that of the later beginning is used."""

    def __init__(self, fragments: Sequence[Fragment]) -> None:
        self._fragments = fragments
        self._intervals = intervals_of(fragments)
        frames = max(fragment.end for fragment in fragments)
        self._header = header(frames)
        self.size = HEADER_SIZE + frames * CHANNELS
        versions = sorted(fragment.source.version for fragment in fragments)
        self.version = hashlib.sha256("/".join(versions).encode()).hexdigest()[:32]

    def read(self, at: int, size: int) -> bytes:
        """Read from the header, or from the interval at that place."""
        if at < HEADER_SIZE:
            return self._header[at : at + size]
        interval = next(each for each in self._intervals if _first_byte(each.frames.stop) > at)
        size = min(size, _first_byte(interval.frames.stop) - at)
        return interval.fragment.source.read(at, size) if interval.fragment else SILENCE * size

    def close(self) -> None:
        """Close all fragments."""
        for fragment in self._fragments:
            fragment.source.close()


def joined(fragments: Sequence[Fragment]) -> Source:
    """Return all fragments as one source; there is at least one."""
    return fragments[0].source if len(fragments) == 1 else Joined(fragments)


def intervals_of(fragments: Sequence[Fragment]) -> list[Interval]:
    """Divide a recording into intervals, in order."""
    return list(_intervals(sorted(fragments, key=lambda fragment: fragment.start)))


def _intervals(fragments: Sequence[Fragment]) -> Iterator[Interval]:
    bounds = sorted({0, *(bound for fragment in fragments for bound in (fragment.start, fragment.end))})
    for begin, end in itertools.pairwise(bounds):
        there = [fragment for fragment in fragments if fragment.start <= begin < fragment.end]
        yield Interval(range(begin, end), there[-1] if there else None)


def _first_byte(frame: int) -> int:
    return HEADER_SIZE + frame * CHANNELS
