"""One phone call: Twilio messages in, events out.  No I/O, no threads, no clock."""

from bisect import bisect_right
from collections.abc import Callable
from typing import Protocol

from . import media_stream
from .audio import PHONE_RATE, PhoneAudio
from .errors import BadMessage
from .events import CallEnded, CallStarted, EndReason, Event, FinalText, PartialText, TrackSummary, Word
from .timeline import Stretch, Timeline

PIECE = PHONE_RATE // 10
"""Samples the recognizer gets at a time: 100 ms.  Always cut at the same places of the call,
so that what is recognized does not depend on how the network cut the packets."""


class Recognizer(Protocol):
    """What a call needs of a speech recognizer.  Word times are seconds of audio fed so far."""

    def feed(self, pcm: bytes) -> str | tuple[Word, ...]:
        """16 kHz 16-bit PCM in; the utterance so far, or its words when it has just ended."""
        ...

    def finish(self) -> tuple[Word, ...]:
        """No more audio will come; the words not given out yet."""
        ...


class CallClock:
    """Turns seconds of audio fed to the recognizer into seconds of the call.

    They differ by what was never fed: the time before the first packet, and the middle of
    long holes.
    """

    def __init__(self) -> None:
        self._fed: list[float] = []
        self._call: list[float] = []

    def jump(self, fed: float, call: float) -> None:
        """From here on, what is fed at second `fed` was said at second `call`."""
        self._fed.append(fed)
        self._call.append(call)

    def to_call(self, fed: float) -> float:
        """Seconds into the call, to the millisecond."""
        last = max(0, bisect_right(self._fed, fed) - 1)
        return round(fed - self._fed[last] + self._call[last], 3)


class Track:
    """One direction of the call, which is one speaker: its timeline, audio state and recognizer."""

    def __init__(self, call_id: str, name: str, recognizer: Recognizer) -> None:
        self._call_id, self._name = call_id, name
        self._timeline = Timeline()
        self._audio = PhoneAudio()
        self._clock = CallClock()
        self._recognizer = recognizer
        self._pending = bytearray()
        self._pending_end: int | None = None  # on the call's clock, in samples
        self._fed = 0  # samples, at the phone's rate
        self._partial = ""

    @property
    def seconds(self) -> float:
        """How far into the call this track has come."""
        return round(self._timeline.position / PHONE_RATE, 3)

    def hear(self, media: media_stream.Media) -> list[Event]:
        """Take a packet; return what was recognized because of it."""
        return self._listen(self._timeline.add(media))

    def finish(self) -> list[Event]:
        """Flush: the packets still waiting, the audio not fed yet, the words not given out yet."""
        events = self._listen(self._timeline.flush())
        events += self._feed(len(self._pending))
        return events + self._final(self._recognizer.finish())

    def summary(self) -> TrackSummary:
        """What arrived of this track."""
        heard = self._timeline
        return TrackSummary(
            track=self._name,
            seconds=round((self._fed + len(self._pending)) / PHONE_RATE, 3),
            packets=heard.packets,
            lost=heard.lost,
            repeated=heard.repeated,
            filled=round(heard.filled / PHONE_RATE, 3),
        )

    def _listen(self, stretches: list[Stretch]) -> list[Event]:
        events: list[Event] = []
        for stretch in stretches:
            if stretch.start != self._pending_end:
                events += self._feed(len(self._pending))
                self._clock.jump(self._fed / PHONE_RATE, stretch.start / PHONE_RATE)
            self._pending += stretch.mulaw
            self._pending_end = stretch.end
            while len(self._pending) >= PIECE:
                events += self._feed(PIECE)
        return events

    def _feed(self, samples: int) -> list[Event]:
        if not samples:
            return []
        mulaw = bytes(self._pending[:samples])
        del self._pending[:samples]
        self._fed += samples
        heard = self._recognizer.feed(self._audio.feed(mulaw))
        return self._final(heard) if isinstance(heard, tuple) else self._so_far(heard)

    def _so_far(self, text: str) -> list[Event]:
        if not text or text == self._partial:
            return []
        self._partial = text
        return [PartialText(self._call_id, self._name, text, self._clock.to_call(self._fed / PHONE_RATE))]

    def _final(self, words: tuple[Word, ...]) -> list[Event]:
        self._partial = ""
        if not words:
            return []
        text = " ".join(word.text for word in words)
        said = tuple(self._on_the_call(word) for word in words)
        return [FinalText(self._call_id, self._name, text, said[0].start, said[-1].end, said)]

    def _on_the_call(self, word: Word) -> Word:
        start, end = self._clock.to_call(word.start), self._clock.to_call(word.end)
        return Word(word.text, start, end, round(word.confidence, 3))


class CallSession:
    """Follows one call from its first message to its last.

    `open_recognizer` is called for each track when its first audio comes.
    """

    def __init__(self, open_recognizer: Callable[[], Recognizer]) -> None:
        self._open_recognizer = open_recognizer
        self._tracks: dict[str, Track] = {}
        self.call_id = ""
        self.ended = False

    def receive(self, text: str | bytes) -> list[Event]:
        """Take one message; return what happened because of it.

        Raises `BadMessage` for one that cannot be read or makes no sense where it comes.
        """
        match media_stream.parse(text):
            case media_stream.Start() as start:
                return self._start(start)
            case media_stream.Media() as media:
                return self._track(media.track).hear(media)
            case media_stream.Stop():
                return self.finish(EndReason.HUNG_UP)
        return []

    def finish(self, reason: EndReason) -> list[Event]:
        """End the call: flush every track.  Safe to call again: a call ends once."""
        if self.ended:
            return []
        self.ended = True
        if not self.call_id:  # hung up before it started
            return []
        last_words = [event for track in self._tracks.values() for event in track.finish()]
        summaries = tuple(track.summary() for track in self._tracks.values())
        seconds = max((track.seconds for track in self._tracks.values()), default=0.0)
        return [*last_words, CallEnded(self.call_id, reason, seconds, summaries)]

    def _start(self, start: media_stream.Start) -> list[Event]:
        if self.call_id:
            raise BadMessage("the stream started twice")
        self.call_id = start.call_id
        caller, callee = (start.parameters.get(name, "") for name in ("caller", "callee"))
        return [CallStarted(start.call_id, start.tracks, caller, callee)]

    def _track(self, name: str) -> Track:
        if not self.call_id:
            raise BadMessage("audio came before the stream started")
        if name not in self._tracks:
            self._tracks[name] = Track(self.call_id, name, self._open_recognizer())
        return self._tracks[name]
