"""One phone call: Twilio's messages in, audio to a sink for each speaker.  No I/O, no threads, no clock."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ..audio import PHONE_RATE
from ..errors import BadDigit, BadMessage, StrayMessage
from ..events import CallEnded, CallStarted, DigitPressed, EndReason, Gap, TrackEvent, TrackSummary
from . import media_stream
from .jitter_buffer import SAMPLES_PER_MS, AudioChunk, JitterBuffer
from .media_stream import CALLEE, CALLER, MAX_CALL_MS

CHUNK_SAMPLES = PHONE_RATE // 10
"""Samples that a sink gets at a time: 100 ms.  They are always cut at the same places of the call, so
that the words do not depend on how the network cut the packets."""

Emit = Callable[[Sequence[TrackEvent]], None]
"""Takes the events of a call, in order"""


class TrackSink(Protocol):
    """Takes the audio chunks of one track.  Its recognizer, here or in another process, emits the words."""

    @property
    def ready(self) -> bool:
        """Whether it can take more audio now; if not, the audio should wait at its source."""
        ...

    def push(self, chunk: AudioChunk) -> None:
        """Take the next chunk of the track."""
        ...

    def end_turn(self) -> None:
        """End the turn of the track after the audio so far."""
        ...

    def finish(self) -> None:
        """Note that the track has no more audio."""
        ...

    @property
    def is_complete(self) -> bool:
        """Whether all words are emitted; not if the track was given up."""
        ...

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until no more words will be emitted, `seconds` at most; return whether that is so."""
        ...


OpenSink = Callable[[CallStarted, str], TrackSink]
"""Opens the sink of a track, from its call and its name"""


@dataclass(frozen=True, slots=True)
class StreamHistory:
    """What is known of an earlier stream of a call.  The defaults stand for a call without one."""

    since_ms: int = 0
    """Milliseconds since the call began"""
    heard_ms: int = 0
    """Position in the call up to which its audio came, in milliseconds"""


Admit = Callable[[str], StreamHistory]
"""Returns what is known of a call by its id; raises `BadMessage` to refuse the call"""

MAX_CLOCK_LEAD_MS = 10 * 60 * 1000
"""Milliseconds by which a stream's clock may always be ahead of the audio that has come"""

CLOCK_LEAD_FACTOR = 10
"""Further milliseconds of lead for each millisecond of audio that has come: connections lose packets"""

MAX_KEYS_PER_SECOND = 20
"""Maximum digits in a second of the call: machines dial at most 12 (ITU-T Q.24)"""

MAX_KEYS = 500
"""Maximum digits in a stream: each is an event, which is kept and shown"""

OTHER_TRACK = {"inbound": "outbound", "outbound": "inbound"}
"""The track of the other speaker.  Twilio names tracks as seen from its end of the line.  On an outbound
call that end is the callee, while `inbound` here always means the caller."""


class Track:
    """One direction of a call, which is one speaker.  It puts packets in order and cuts them into chunks."""

    def __init__(self, name: str, sink: TrackSink, limit_ms: Callable[[], int]) -> None:
        """`limit_ms` returns the latest time that the call's clock can have reached, in milliseconds."""
        self._name = name
        self._jitter_buffer = JitterBuffer(limit_ms)
        self._sink = sink
        self._pending = bytearray()
        self._pending_start = 0  # on the call's clock, in samples
        self._samples = 0  # pushed

    @property
    def seconds(self) -> float:
        """Position of the track on the call's clock, in seconds."""
        return round(self._jitter_buffer.position / PHONE_RATE, 3)

    def push(self, media: media_stream.Media) -> None:
        """Take a packet in the order of arrival."""
        self._add(self._jitter_buffer.add(media))

    @property
    def arrived_ms(self) -> int:
        """Milliseconds of audio that have come."""
        return self._jitter_buffer.arrived // SAMPLES_PER_MS

    @property
    def ready(self) -> bool:
        """Whether its sink can take more audio now."""
        return self._sink.ready

    def end_turn(self) -> None:
        """End the turn after the audio that its sink has."""
        self._sink.end_turn()

    def finish(self) -> None:
        """Pass on the packets and the audio that still wait, and finish the sink."""
        self._add(self._jitter_buffer.flush())
        self._push_rest()
        self._sink.finish()

    def wait(self) -> None:
        """Wait until all words are emitted."""
        self._sink.wait()

    def summary(self) -> TrackSummary:
        """Return the counts of what arrived on this track."""
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
    """Merge the summaries of several streams: return one for each track."""
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
    """Bounds the number of digits of one stream."""

    def __init__(self) -> None:
        self._since = float("-inf")  # seconds into the call
        self._recent = 0  # keys since then
        self._count = 0

    def add(self, seconds: float) -> None:
        """Count a digit that was pressed `seconds` into the call.

        Raises `BadDigit` for a digit beyond the limits, which does not count.
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
    """Follows one call from its first message to its last and emits its events.

    It opens a sink for each track when the first audio of the track comes.
    """

    def __init__(
        self,
        open_sink: OpenSink,
        emit: Emit,
        admit: Admit = lambda _: StreamHistory(),
        max_ms: int = MAX_CALL_MS,
    ) -> None:
        """`admit` takes a call's id before the call starts; `max_ms` is the longest a call may last."""
        self._max_ms = max_ms
        self._open_sink = open_sink
        self._emit = emit
        self._admit = admit
        self._tracks: dict[str, Track] = {}
        self._keys = KeyLimit()
        self._start = media_stream.Start("", (), {})
        self.call: CallStarted | None = None
        """The event with which the call started; None before that"""
        self.stopped = False
        self._flushed = self._ended = False
        self._ends_turns = False

    def receive(self, message: media_stream.Received) -> None:
        """Take one message.

        Raises `BadMessage` for a message that cannot be read or makes no sense where it comes, and its
        subclass `BadDigit` for more digits than people press.
        """
        match media_stream.parse(message):
            case media_stream.Media() as media:
                self._push(media)
            case media_stream.Digit() as digit:
                self._note_digit(digit)
            case media_stream.Start() as start:
                self._start_call(start)
            case media_stream.EndTurns():
                self._end_all_turns()
            case media_stream.Stop():
                self.stopped = True

    @property
    def call_id(self) -> str:
        """Id of the call; empty before the call has started."""
        return self.call.call_id if self.call else ""

    @property
    def began(self) -> float:
        """Position in the call at which the stream began, in seconds."""
        return self._start.began_ms / 1000

    @property
    def seconds(self) -> float:
        """Position in the call up to which audio has come, in seconds."""
        return max((track.seconds for track in self._tracks.values()), default=self.began)

    @property
    def ready(self) -> bool:
        """Whether more messages may be received now."""
        return all(track.ready for track in self._tracks.values())

    def finish(self, reason: EndReason, earlier: Sequence[TrackSummary] = ()) -> None:
        """End the call: flush every track and wait for its last words.  A call ends once.

        `earlier` has the summaries of earlier streams of the call, which broke.
        """
        self.flush()
        self.abandon(reason, earlier)

    def end_turns(self) -> None:
        """End the turns of all speakers when the next audio comes.  Any thread may call it."""
        self._ends_turns = True

    def flush(self) -> None:
        """Pass on the remaining audio and wait for the last words.  The call may go on in another session."""
        if self._flushed:
            return
        self._flushed = True
        for track in self._tracks.values():
            track.finish()
        for track in self._tracks.values():
            track.wait()

    def summaries(self) -> list[TrackSummary]:
        """Return the counts of what arrived on each track."""
        return [track.summary() for track in self._tracks.values()]

    def abandon(self, reason: EndReason, earlier: Sequence[TrackSummary] = ()) -> None:
        """Emit that the call is over, without waiting for its last words."""
        if self._ended or not self.call_id:
            return
        self._ended = True
        self._emit([CallEnded(self.call_id, reason, self.seconds, merged([*earlier, *self.summaries()]))])

    def _start_call(self, start: media_stream.Start) -> None:
        if self.call:
            raise StrayMessage("the stream started twice")
        history = self._admit(start.call_id)
        if history.since_ms:  # more exact than the parameters: Twilio takes its time
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
        if self._ends_turns:
            self._ends_turns = False
            self._end_all_turns()

    def _end_all_turns(self) -> None:
        for track in self._tracks.values():
            track.end_turn()

    def _limit_ms(self) -> int:
        """Calculate how far the call's clock can have come, from the audio that has come.

        Without it, a few messages with timestamps hours ahead would put hours of silence on the disk.
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
