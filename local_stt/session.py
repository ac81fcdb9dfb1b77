"""One phone call: Twilio messages in, audio to a listener for each speaker.  No I/O, no threads, no clock."""

from collections.abc import Callable, Iterator
from typing import Protocol

from . import media_stream
from .audio import PHONE_RATE
from .errors import BadMessage
from .events import CallEnded, CallStarted, EndReason, Event, TrackSummary
from .timeline import Stretch, Timeline

PIECE = PHONE_RATE // 10
"""Samples a listener gets at a time: 100 ms.  Always cut at the same places of the call, so
that what is recognized does not depend on how the network cut the packets."""

Tell = Callable[[list[Event]], None]
"""Takes what has happened on a call, in order"""


class Listener(Protocol):
    """Whoever listens to one track: here, or in another process.  Tells what it hears when it has."""

    @property
    def ready(self) -> bool:
        """Whether more may come now; else it should wait where it is."""
        ...

    def hear(self, piece: Stretch) -> None:
        """Take the next piece of the track."""
        ...

    def finish(self) -> None:
        """No more will come."""
        ...

    def wait(self, seconds: float | None = None) -> bool:
        """Return when every word has been told, or after so many seconds; whether that is so."""
        ...


OpenListener = Callable[[str, str, Tell], Listener]
"""From a call's id, a track's name, and where to tell what is heard on it"""


class Track:
    """One direction of the call, which is one speaker: its packets in order, cut to pieces."""

    def __init__(self, name: str, listener: Listener) -> None:
        self._name = name
        self._timeline = Timeline()
        self._listener = listener
        self._pending = bytearray()
        self._pending_start = 0  # on the call's clock, in samples
        self._heard = 0  # samples

    @property
    def seconds(self) -> float:
        """How far into the call this track has come."""
        return round(self._timeline.position / PHONE_RATE, 3)

    def hear(self, media: media_stream.Media) -> None:
        """Take a packet as it arrived."""
        self._pass_on(self._timeline.add(media))

    @property
    def ready(self) -> bool:
        """Whether more may be heard now."""
        return self._listener.ready

    def finish(self) -> None:
        """Flush: the packets still waiting, the audio not passed on yet."""
        self._pass_on(self._timeline.flush())
        self._pass_on_rest()
        self._listener.finish()

    def wait(self) -> None:
        """Return when every word has been told."""
        self._listener.wait()

    def summary(self) -> TrackSummary:
        """What arrived of this track."""
        heard = self._timeline
        return TrackSummary(
            track=self._name,
            seconds=round(self._heard / PHONE_RATE, 3),
            packets=heard.packets,
            lost=heard.lost,
            repeated=heard.repeated,
            filled=round(heard.filled / PHONE_RATE, 3),
        )

    def _pass_on(self, stretches: list[Stretch]) -> None:
        for stretch in stretches:
            self._heard += len(stretch.audio)
            if stretch.start != self._pending_start + len(self._pending):
                self._pass_on_rest()
                self._pending_start = stretch.start
            self._pending += stretch.audio
            for piece in self._pieces():
                self._listener.hear(piece)

    def _pass_on_rest(self) -> None:
        if self._pending:
            self._listener.hear(Stretch(self._pending_start, bytes(self._pending)))
            self._pending_start += len(self._pending)
            self._pending.clear()

    def _pieces(self) -> Iterator[Stretch]:
        while len(self._pending) >= PIECE:
            yield Stretch(self._pending_start, bytes(self._pending[:PIECE]))
            del self._pending[:PIECE]
            self._pending_start += PIECE


class CallSession:
    """Follows one call from its first message to its last and tells what happens on it.

    A listener is opened for each track when its first audio comes.
    """

    def __init__(
        self, open_listener: OpenListener, tell: Tell, admit: Callable[[str], None] = lambda _: None
    ) -> None:
        """`admit` is asked about a call's id before it starts, and raises `BadMessage` to refuse it."""
        self._open_listener = open_listener
        self._tell = tell
        self._admit = admit
        self._tracks: dict[str, Track] = {}
        self.call_id = ""
        self.stopped = False
        self._flushed = self._ended = False

    def receive(self, text: str | bytes) -> None:
        """Take one message.

        Raises `BadMessage` for one that cannot be read or makes no sense where it comes.
        """
        match media_stream.parse(text):
            case media_stream.Media() as media:
                self._track(media.track).hear(media)
            case media_stream.Start() as start:
                self._start(start)
            case media_stream.Stop():
                self.stopped = True

    @property
    def ready(self) -> bool:
        """Whether more may be received now."""
        return all(track.ready for track in self._tracks.values())

    def finish(self, reason: EndReason) -> None:
        """End the call: flush every track and wait for its last words.  A call ends once."""
        if self._flushed or not self.call_id:  # or hung up before it started
            return
        self._flushed = True
        for track in self._tracks.values():
            track.finish()
        for track in self._tracks.values():
            track.wait()
        self.abandon(reason)

    def abandon(self, reason: EndReason) -> None:
        """Tell that the call is over, whatever is still to come of it."""
        if self._ended or not self.call_id:
            return
        self._ended = True
        summaries = tuple(track.summary() for track in self._tracks.values())
        seconds = max((track.seconds for track in self._tracks.values()), default=0.0)
        self._tell([CallEnded(self.call_id, reason, seconds, summaries)])

    def _start(self, start: media_stream.Start) -> None:
        if self.call_id:
            raise BadMessage("the stream started twice")
        self._admit(start.call_id)
        self.call_id = start.call_id
        caller, callee = (start.parameters.get(name, "") for name in ("caller", "callee"))
        self._tell([CallStarted(start.call_id, start.tracks, caller, callee)])

    def _track(self, name: str) -> Track:
        if not self.call_id:
            raise BadMessage("audio came before the stream started")
        if name not in self._tracks:
            self._tracks[name] = Track(name, self._open_listener(self.call_id, name, self._tell))
        return self._tracks[name]
