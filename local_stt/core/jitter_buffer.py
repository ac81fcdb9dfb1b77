"""The packets of one track, put back on the call's clock.

Packets arrive late, twice, in the wrong order or not at all.  What leaves here is in order,
each sample once, with silence where audio was lost, so that a position in it is a time in the
call.  No I/O, no clock of its own: time is what the packets say it is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..audio import PHONE_RATE, SILENCE
from ..errors import BadMessage
from .media_stream import MAX_CALL_MS, Media

SAMPLES_PER_MS = PHONE_RATE // 1000
"""One mu-law byte each"""


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """Audio without a break, as its `Source` writes it."""

    start: int
    """Where on the track it begins, in bytes of audio; of a call's mu-law one is a sample"""
    audio: bytes

    @property
    def end(self) -> int:
        return self.start + len(self.audio)


class JitterBuffer:
    """Orders, dedupes and fills the packets of one track.  Never goes back in time."""

    def __init__(
        self,
        # How far the call's clock can have come, by what is known elsewhere
        limit_ms: Callable[[], int] = lambda: MAX_CALL_MS,
        *,
        # How long to wait for a packet that others have overtaken
        window_ms: int = 100,
        # Timestamps of consecutive packets wander this much without meaning a hole or an overlap
        jitter_ms: int = 40,
        # A longer hole gets this much silence, enough to end any utterance, and then a jump
        max_fill_ms: int = 3000,
        # A timestamp so far ahead of all others is believed when the next packet is there too
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
        """How far the track has come on the call's clock, in samples."""
        return self._due or 0

    def add(self, media: Media) -> list[AudioChunk]:
        """Take a packet as it arrived; return the audio that is now in order, oldest first.

        Raises `BadMessage` for packets that are further ahead than the call can be.
        """
        if not media.mulaw:
            return []
        self.packets += 1
        self.arrived += len(media.mulaw)
        return [chunk for each in self._confirmed(media) for chunk in self._insert(each)]

    def flush(self) -> list[AudioChunk]:
        """Give up waiting: return whatever is left, in order, but nothing from beyond the call's end."""
        last, self._unconfirmed = self._unconfirmed, None
        limit = self._limit_ms()
        if last and last.timestamp_ms > limit:
            last = self._following(last)
        self._waiting = {at: media for at, media in self._waiting.items() if media.timestamp_ms <= limit}
        return (self._insert(last) if last else []) + self._release(0)

    def _confirmed(self, media: Media) -> list[Media]:
        """The packets whose timestamps are settled: one that leaps ahead waits for the next one.

        If that one is not there too, the leap was a mistake, and its packet follows those before it.
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
        """A packet whose timestamp was a mistake: it follows those before it."""
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
        """Below 0: its place has passed.  0: it is next.  Above: something before it is missing."""
        if self._due is None:
            return 0 if media.chunk is None else max(0, media.chunk - self._due_chunk)
        if media.chunk is None:
            offset = media.timestamp_ms * SAMPLES_PER_MS - self._due
            return 0 if abs(offset) <= self._jitter // 4 else offset
        # A sender that counts in its own way: the clock is right.
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
        self.lost += min(missing, -(-hole // len(media.mulaw)))  # a count beyond the hole is nonsense
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
        """Samples of silence that belong before a packet.

        The chunk number tells loss from jitter, the timestamp tells how long the loss was.
        Where they roughly agree the packet count is exact to the sample; where they do not
        (a sender that counts in its own way), the clock is right.
        """
        assert self._due is not None
        by_clock = media.timestamp_ms * SAMPLES_PER_MS - self._due
        by_count = missing * len(media.mulaw)
        tolerance = self._jitter // 4 if missing else self._jitter
        return by_count if abs(by_clock - by_count) <= tolerance else max(0, by_clock)


def _order(media: Media) -> int:
    return media.timestamp_ms if media.chunk is None else media.chunk
