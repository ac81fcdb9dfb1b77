"""Turn the audio of a live session into packets, as Twilio's streams have them.  No I/O."""

from collections.abc import Iterator, Sequence

from ....audio import PHONE_RATE
from ....core.media_stream import TRACKS, Media
from ....decoding.raw import RawAudio

PACKET_SAMPLES = PHONE_RATE // 1000
"""Samples in a packet, or a multiple of them, so that times are whole milliseconds"""


class LiveAudio:
    """The audio of one session, whose channels are the tracks of a call."""

    def __init__(self, encoding: str, rate: int, channels: int = 1, *, mono: bool = False) -> None:
        """Take interleaved samples; with `mono` all channels are mixed into one track."""
        self._audio = RawAudio(encoding, rate, channels, mono=mono)
        self.tracks = TRACKS[: self._audio.channels]
        self._waiting = [bytearray() for _ in self.tracks]
        self._samples = 0  # of each track, that were passed on
        self._is_flushed = False

    @property
    def seconds(self) -> float:
        """Seconds of audio that were passed on."""
        return round(self._samples / PHONE_RATE, 3)

    def feed(self, audio: bytes) -> Iterator[Media]:
        """Yield the packets that are complete after more audio."""
        yield from self._packets(self._audio.feed(audio))

    def flush(self) -> Iterator[Media]:
        """Yield the audio that is left.  There is no more after it."""
        if not self._is_flushed:
            self._is_flushed = True
            yield from self._packets(self._audio.flush(), last=True)

    def _packets(self, mulaw: Sequence[bytes], *, last: bool = False) -> Iterator[Media]:
        """Yield packets of all tracks, as far as there are whole ones."""
        for waiting, audio in zip(self._waiting, mulaw, strict=True):
            waiting += audio
        length = min(map(len, self._waiting))
        length -= 0 if last else length % PACKET_SAMPLES
        if not length:
            return
        for track, waiting in zip(self.tracks, self._waiting, strict=True):
            yield Media(track, self._samples * 1000 // PHONE_RATE, None, bytes(waiting[:length]))
            del waiting[:length]
        self._samples += length
