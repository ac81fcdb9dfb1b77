"""Put the packets of one track in order, on the call's clock.

Packets arrive late, twice, in the wrong order or not at all.  The audio that comes out is in order, has
each sample once, and has silence where audio was lost.  So a position in it is a time in the call.
No I/O, no clock of its own: the packets' timestamps give the time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..audio import PHONE_RATE, SILENCE
from ..errors import BadMessage
from .media_stream import MAX_CALL_MS, Media

SAMPLES_PER_MS = PHONE_RATE // 1000
"""Samples of phone audio in a millisecond; each is one mu-law byte"""


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """Audio of one track without a break, encoded as its `Source` says."""

    start: int
    """Position on the track at which it begins, in bytes of audio (of mu-law one byte is a sample)"""
    audio: bytes

    @property
    def end(self) -> int:
        return self.start + len(self.audio)


class JitterBuffer:
    """Orders the packets of one track, drops repeated ones, fills holes.  It never goes back in time."""

    def __init__(
        self,
        # Returns how far the call's clock can have come, in milliseconds
        limit_ms: Callable[[], int] = lambda: MAX_CALL_MS,
        *,
        # How long to wait for a packet that others have overtaken
        window_ms: int = 100,
        # Jitter up to this much between consecutive timestamps is neither a hole nor an overlap
        jitter_ms: int = 40,
        # A longer hole is filled with this much silence, enough to end any utterance, and then skipped
        max_fill_ms: int = 3000,
        # A timestamp this far ahead of all others is believed only if the next packet has one near it
        leap_ms: int = 60_000,
    ) -> None:
        self._limit_ms = limit_ms
        self._window = window_ms * SAMPLES_PER_MS
        self._jitter = jitter_ms * SAMPLES_PER_MS
        self._max_fill = max_fill_ms * SAMPLES_PER_MS
        self._leap_ms = leap_ms
        self._heard_ms = 0  # the latest timestamp that was believed
        self._unconfirmed: Media | None = None  # the last packet, if its timestamp leapt
        self._waiting: dict[int, Media] = {}
        self._waiting_samples = 0
        self._due: int | None = None  # where the next sample belongs
        self._due_chunk = 1
        self._newest_ms = 0
        self.packets = 0
        self.arrived = 0  # samples
        self.lost = 0
        self.repeated = 0
        self.filled = 0  # samples

    @property
    def position(self) -> int:
        """Position of the track on the call's clock, in samples."""
        return self._due or 0

    def add(self, media: Media) -> list[AudioChunk]:
        """Take a packet in the order of arrival; return the audio that is now in order, oldest first.

        Raises `BadMessage` for packets that are further ahead than the call can be.
        """
        if not media.mulaw:
            return []
        self.packets += 1
        self.arrived += len(media.mulaw)
        return [chunk for each in self._confirmed(media) for chunk in self._insert(each)]

    def flush(self) -> list[AudioChunk]:
        """Stop waiting: return the audio that is left, in order, but none from beyond the call's end."""
        last, self._unconfirmed = self._unconfirmed, None
        limit = self._limit_ms()
        if last and last.timestamp_ms > limit:
            last = self._following(last)
        self._waiting = {at: media for at, media in self._waiting.items() if media.timestamp_ms <= limit}
        return (self._insert(last) if last else []) + self._release(0)

    def _confirmed(self, media: Media) -> list[Media]:
        """Return the packets whose timestamps are sure.  One that leaps ahead waits for the next one.

        If the next one is not near it, the leap was a mistake, and the packet follows those before it.
        """
        confirmed = []
        if unconfirmed := self._unconfirmed:
            if media == unconfirmed:
                self.repeated += 1
                return []
            if abs(media.timestamp_ms - unconfirmed.timestamp_ms) <= self._leap_ms:
                self._heard_ms = max(self._heard_ms, unconfirmed.timestamp_ms)
            else:
                unconfirmed = self._following(unconfirmed)
            confirmed, self._unconfirmed = [unconfirmed], None
        if media.timestamp_ms - self._heard_ms > self._leap_ms:
            self._unconfirmed = media
            return confirmed
        self._heard_ms = max(self._heard_ms, media.timestamp_ms)
        return [*confirmed, media]

    def _following(self, unconfirmed: Media) -> Media:
        """Move a packet whose timestamp was a mistake behind those before it."""
        return replace(unconfirmed, timestamp_ms=self._heard_ms + len(unconfirmed.mulaw) // SAMPLES_PER_MS)

    def _insert(self, media: Media) -> list[AudioChunk]:
        if self._earliness(media) < 0 or _order(media) in self._waiting:
            self.repeated += 1
            return []
        self._waiting[_order(media)] = media
        self._waiting_samples += len(media.mulaw)
        return self._release(self._window)

    def _release(self, window: int) -> list[AudioChunk]:
        ready: list[AudioChunk] = []
        while self._waiting:
            first = min(self._waiting)
            overdue = self._waiting_samples > window
            if not overdue and self._earliness(self._waiting[first]) > 0:
                break
            media = self._waiting.pop(first)
            self._waiting_samples -= len(media.mulaw)
            ready += self._place(media)
        return ready

    def _earliness(self, media: Media) -> int:
        """Return 0 if the packet is next, less if its place has passed, more if one before it is missing."""
        if self._due is None:
            return 0 if media.chunk is None else max(0, media.chunk - self._due_chunk)
        if media.chunk is None:
            offset = media.timestamp_ms * SAMPLES_PER_MS - self._due
            return 0 if abs(offset) <= self._jitter // 4 else offset
        # Some senders count chunks in their own way: then the timestamp is right
        recounted = media.chunk < self._due_chunk and media.timestamp_ms > self._newest_ms
        return 0 if recounted else media.chunk - self._due_chunk

    def _place(self, media: Media) -> list[AudioChunk]:
        if media.timestamp_ms > self._limit_ms():
            raise BadMessage(
                f"its clock leapt from {self.position // PHONE_RATE} s to {media.timestamp_ms // 1000} s, "
                "which is more than can have been lost"
            )
        missing = 0 if media.chunk is None else max(0, media.chunk - self._due_chunk)
        if self._due is None:
            self._due, missing = media.timestamp_ms * SAMPLES_PER_MS, 0
        hole = self._hole_before(media, missing)
        self.lost += min(missing, -(-hole // len(media.mulaw)))  # no more packets than fit into the hole
        fill = min(hole, self._max_fill)
        self.filled += fill
        start, self._due = self._due, self._due + hole + len(media.mulaw)
        self._newest_ms = max(self._newest_ms, media.timestamp_ms)
        if media.chunk is not None:
            self._due_chunk = media.chunk + 1
        if fill == hole:
            return [AudioChunk(start, SILENCE * fill + media.mulaw)]
        return [AudioChunk(start, SILENCE * fill), AudioChunk(start + hole, media.mulaw)]

    def _hole_before(self, media: Media, missing: int) -> int:
        """Calculate the samples of silence that belong before a packet.

        The chunk number tells loss from jitter; the timestamp gives the length of the loss.  Where they
        roughly agree, the packet count is exact to the sample.  Where they do not, the sender counts chunks
        in its own way, and the timestamp is right.
        """
        assert self._due is not None
        by_clock = media.timestamp_ms * SAMPLES_PER_MS - self._due
        by_count = missing * len(media.mulaw)
        tolerance = self._jitter // 4 if missing else self._jitter
        return by_count if abs(by_clock - by_count) <= tolerance else max(0, by_clock)


def _order(media: Media) -> int:
    return media.timestamp_ms if media.chunk is None else media.chunk
