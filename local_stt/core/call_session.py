"""One phone call: Twilio messages in, audio to a sink for each speaker.  No I/O, no threads, no clock."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ..audio import PHONE_RATE
from ..errors import BadDigit, BadMessage, StrayMessage
from ..events import CallEnded, CallStarted, DigitPressed, EndReason, Event, Gap, TrackSummary
from . import media_stream
from .jitter_buffer import SAMPLES_PER_MS, AudioChunk, JitterBuffer
from .media_stream import CALLEE, CALLER, MAX_CALL_MS

CHUNK_SAMPLES = PHONE_RATE // 10
"""Samples a sink gets at a time: 100 ms.  Always cut at the same places of the call, so
that what is recognized does not depend on how the network cut the packets."""

Emit = Callable[[list[Event]], None]
"""Takes what has happened on a call, in order"""


class TrackSink(Protocol):
    """Whoever listens to one track: here, or in another process.  Tells what it hears when it has."""

    @property
    def ready(self) -> bool:
        """Whether more may come now; else it should wait where it is."""
        ...

    def push(self, chunk: AudioChunk) -> None:
        """Take the next chunk of the track."""
        ...

    def finish(self) -> None:
        """No more will come."""
        ...

    def wait(self, seconds: float | None = None) -> bool:
        """Return when every word has been told, or after so many seconds; whether that is so."""
        ...


OpenSink = Callable[[CallStarted, str], TrackSink]
"""Opens what listens to a track, from its call and its name"""


@dataclass(frozen=True, slots=True)
class StreamHistory:
    """What is known of an earlier stream of a call; nothing, if it has had none."""

    since_ms: int = 0
    """How long ago the call began"""
    heard_ms: int = 0
    """How far it was heard"""


Admit = Callable[[str], StreamHistory]
"""From a call's id to what is known of it already; raises `BadMessage` to refuse it"""

MAX_CLOCK_LEAD_MS = 10 * 60 * 1000
"""How far a stream's clock may be ahead of the audio that has come, whatever was lost"""

CLOCK_LEAD_FACTOR = 10
"""How far it may be ahead besides, for each millisecond that has come: connections lose packets"""

MAX_KEYS_PER_SECOND = 20
"""Keys of the telephone in a second of the call: machines dial at most 12 (ITU-T Q.24)"""

MAX_KEYS = 500
"""Keys in a whole stream: each is an event, which is kept and shown"""

OTHER_TRACK = {"inbound": "outbound", "outbound": "inbound"}
"""Twilio names tracks from the end it calls or is called by.  Of a call placed from here that is the
callee, whereas our `inbound` is always the caller."""


class Track:
    """One direction of the call, which is one speaker: its packets in order, cut to chunks."""

    def __init__(self, name: str, sink: TrackSink, limit_ms: Callable[[], int]) -> None:
        """`limit_ms` says how far the call's clock can have come."""
        self._name = name
        self._jitter_buffer = JitterBuffer(limit_ms)
        self._sink = sink
        self._pending = bytearray()
        self._pending_start = 0  # on the call's clock, in samples
        self._samples = 0  # pushed

    @property
    def seconds(self) -> float:
        """How far into the call this track has come."""
        return round(self._jitter_buffer.position / PHONE_RATE, 3)

    def push(self, media: media_stream.Media) -> None:
        """Take a packet as it arrived."""
        self._add(self._jitter_buffer.add(media))

    @property
    def arrived_ms(self) -> int:
        """How much audio has come."""
        return self._jitter_buffer.arrived // SAMPLES_PER_MS

    @property
    def ready(self) -> bool:
        """Whether more may be heard now."""
        return self._sink.ready

    def finish(self) -> None:
        """Flush: the packets still waiting, the audio not passed on yet."""
        self._add(self._jitter_buffer.flush())
        self._push_rest()
        self._sink.finish()

    def wait(self) -> None:
        """Return when every word has been told."""
        self._sink.wait()

    def summary(self) -> TrackSummary:
        """What arrived of this track."""
        buffer = self._jitter_buffer
        return TrackSummary(
            track=self._name,
            seconds=round(self._samples / PHONE_RATE, 3),
            packets=buffer.packets,
            lost=buffer.lost,
            repeated=buffer.repeated,
            filled=round(buffer.filled / PHONE_RATE, 3),
        )

    def _add(self, chunks: list[AudioChunk]) -> None:
        for chunk in chunks:
            self._samples += len(chunk.audio)
            if chunk.start != self._pending_start + len(self._pending):
                self._push_rest()
                self._pending_start = chunk.start
            self._pending += chunk.audio
            for cut in self._cut_chunks():
                self._sink.push(cut)

    def _push_rest(self) -> None:
        if self._pending:
            self._sink.push(AudioChunk(self._pending_start, bytes(self._pending)))
            self._pending_start += len(self._pending)
            self._pending.clear()

    def _cut_chunks(self) -> Iterator[AudioChunk]:
        while len(self._pending) >= CHUNK_SAMPLES:
            yield AudioChunk(self._pending_start, bytes(self._pending[:CHUNK_SAMPLES]))
            del self._pending[:CHUNK_SAMPLES]
            self._pending_start += CHUNK_SAMPLES


def merged(summaries: Iterable[TrackSummary]) -> tuple[TrackSummary, ...]:
    """One for each track, of all that arrived of it."""
    by_track: dict[str, TrackSummary] = {}
    for each in summaries:
        if known := by_track.get(each.track):
            each = TrackSummary(
                track=each.track,
                seconds=round(known.seconds + each.seconds, 3),
                packets=known.packets + each.packets,
                lost=known.lost + each.lost,
                repeated=known.repeated + each.repeated,
                filled=round(known.filled + each.filled, 3),
            )
        by_track[each.track] = each
    return tuple(by_track.values())


class KeyLimit:
    """Bounds the keys of one stream."""

    def __init__(self) -> None:
        self._since = float("-inf")  # seconds into the call
        self._recent = 0  # keys since then
        self._count = 0

    def add(self, seconds: float) -> None:
        """Count a key that was pressed so far into the call.

        Raises `BadDigit` for one too many, which does not count.
        """
        if seconds >= self._since + 1:
            self._since, self._recent = seconds, 0
        if self._recent >= MAX_KEYS_PER_SECOND:
            raise BadDigit(f"more than {MAX_KEYS_PER_SECOND} keys in a second")
        if self._count >= MAX_KEYS:
            raise BadDigit(f"more than {MAX_KEYS} keys in a call")
        self._recent += 1
        self._count += 1


class CallSession:
    """Follows one call from its first message to its last and emits what happens on it.

    A sink is opened for each track when its first audio comes.
    """

    def __init__(
        self,
        open_sink: OpenSink,
        emit: Emit,
        admit: Admit = lambda _: StreamHistory(),
        max_ms: int = MAX_CALL_MS,
    ) -> None:
        """`admit` is asked about a call's id before it starts; no call lasts longer than `max_ms`."""
        self._max_ms = max_ms
        self._open_sink = open_sink
        self._emit = emit
        self._admit = admit
        self._tracks: dict[str, Track] = {}
        self._keys = KeyLimit()
        self._start = media_stream.Start("", (), {})
        self.call: CallStarted | None = None
        """What is known of the call; None before it has started"""
        self.stopped = False
        self._flushed = self._ended = False

    def receive(self, text: str | bytes) -> None:
        """Take one message.

        Raises `BadMessage` for one that cannot be read or makes no sense where it comes, and its
        `BadDigit` for a key more than people press.
        """
        match media_stream.parse(text):
            case media_stream.Media() as media:
                self._push(media)
            case media_stream.Digit() as digit:
                self._note_digit(digit)
            case media_stream.Start() as start:
                self._start_call(start)
            case media_stream.Stop():
                self.stopped = True

    @property
    def call_id(self) -> str:
        """Empty before the call has started."""
        return self.call.call_id if self.call else ""

    @property
    def began(self) -> float:
        """How far into the call the stream began, in seconds."""
        return self._start.began_ms / 1000

    @property
    def seconds(self) -> float:
        """How far into the call it has been heard."""
        return max((track.seconds for track in self._tracks.values()), default=self.began)

    @property
    def ready(self) -> bool:
        """Whether more may be received now."""
        return all(track.ready for track in self._tracks.values())

    def finish(self, reason: EndReason, earlier: Sequence[TrackSummary] = ()) -> None:
        """End the call: flush every track and wait for its last words.  A call ends once.

        `earlier` is what arrived in streams of the call that broke.
        """
        self.flush()
        self.abandon(reason, earlier)

    def flush(self) -> None:
        """Hear the rest and wait for the last words.  The call may go on in another session."""
        if self._flushed:
            return
        self._flushed = True
        for track in self._tracks.values():
            track.finish()
        for track in self._tracks.values():
            track.wait()

    def summaries(self) -> list[TrackSummary]:
        """What arrived of each track."""
        return [track.summary() for track in self._tracks.values()]

    def abandon(self, reason: EndReason, earlier: Sequence[TrackSummary] = ()) -> None:
        """Tell that the call is over, whatever is still to come of it."""
        if self._ended or not self.call_id:
            return
        self._ended = True
        self._emit([CallEnded(self.call_id, reason, self.seconds, merged([*earlier, *self.summaries()]))])

    def _start_call(self, start: media_stream.Start) -> None:
        if self.call:
            raise StrayMessage("the stream started twice")
        history = self._admit(start.call_id)
        if history.since_ms:  # which the parameters know less well: Twilio takes its time
            start = replace(start, began_ms=history.since_ms, heard_ms=history.heard_ms)
        if start.began_ms > self._max_ms:
            raise BadMessage(f"the stream begins {start.began_ms / 1000:.0f} s into a call")
        self._start = start
        caller, callee = (start.parameters.get(name, "") for name in (CALLER, CALLEE))
        tracks = tuple(map(self._track_name, start.tracks))
        self.call = CallStarted(start.call_id, tracks, caller, callee, start.direction)
        self._emit([self.call])
        if start.began_ms > start.heard_ms:
            self._emit([Gap(start.call_id, start.heard_ms / 1000, start.began_ms / 1000)])

    def _push(self, media: media_stream.Media) -> None:
        if not self.call:
            raise BadMessage("audio came before the stream started")
        name = self._track_name(media.track)
        if name not in self._tracks:
            sink = self._open_sink(self.call, name)
            self._tracks[name] = Track(name, sink, self._limit_ms)
        if began_ms := self._start.began_ms:
            media = replace(media, timestamp_ms=began_ms + media.timestamp_ms)
        self._tracks[name].push(media)

    def _limit_ms(self) -> int:
        """How far the call's clock can have come, by the audio that has.

        Otherwise a few messages that are stamped hours later would be hours of silence on the disk.
        """
        arrived = max(track.arrived_ms for track in self._tracks.values())
        return min(self._max_ms, self._start.began_ms + MAX_CLOCK_LEAD_MS + CLOCK_LEAD_FACTOR * arrived)

    def _note_digit(self, digit: media_stream.Digit) -> None:
        if not self.call:
            raise BadMessage("a key was pressed before the stream started")
        self._keys.add(self.seconds)
        self._emit([DigitPressed(self.call_id, self._track_name(digit.track), digit.digit, self.seconds)])

    def _track_name(self, track: str) -> str:
        return OTHER_TRACK[track] if self._start.direction == "outbound" else track
