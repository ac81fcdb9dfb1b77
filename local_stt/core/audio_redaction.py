"""The parts of a recording that are redacted, and what takes their place.  No I/O."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from ..audio import PHONE_RATE, SILENCE, encode_mulaw
from ..events import Redaction
from .call_record import CallRecord, LineKind, Utterance
from .media_stream import TRACKS
from .privacy import RedactedAudio

MARGIN = 0.1
"""Seconds before and after redacted words that are redacted too, as the times of words are estimates"""

TO_THE_END = float("inf")
"""The end of a span that ends with the recording"""

NEVER = 2**62
"""Number of a sample that no recording has"""

BEEP_FREQUENCY = 1000
BEEP_AMPLITUDE = 6000
"""Highest sample of the tone, of 32767"""


@dataclass(frozen=True, slots=True)
class AudioSpan:
    """A part of one track.  Times are seconds on the call's clock."""

    track: str
    start: float
    end: float

    @property
    def samples(self) -> range:
        """Its samples, of 8000 a second; those beyond the end of the recording may be among them"""
        last = NEVER if self.end == TO_THE_END else round(self.end * PHONE_RATE)
        return range(max(0, round(self.start * PHONE_RATE)), last)


SpansOf = Callable[[CallRecord, Sequence[Utterance]], Iterable[AudioSpan]]
"""Lists what must not be heard of a call, from the call and what was said on it"""


def span_around(track: str, redaction: Redaction) -> AudioSpan:
    """Return the span of redacted words on a track, with a margin on both sides."""
    return AudioSpan(track, redaction.start - MARGIN, redaction.end + MARGIN)


def redacted_spans(said: Iterable[Utterance]) -> list[AudioSpan]:
    """List the spans of what is redacted in lines of a transcript, and of what was not recognized."""
    spans = []
    for line in said:
        spans += [span_around(line.track, each) for each in line.redactions]
        if line.kind is LineKind.SET_ASIDE:
            spans.append(AudioSpan(line.track, line.start, line.end))
    return spans


def unknown_spans(said: Sequence[Utterance], tracks: Iterable[str]) -> list[AudioSpan]:
    """List for each track the span after its last recognized words: nobody knows what is said there."""
    spoken = [line for line in said if line.kind is LineKind.SPEECH]
    ends = {track: [line.end for line in spoken if line.track == track] for track in tracks}
    return [AudioSpan(track, max(of, default=0.0), TO_THE_END) for track, of in ends.items()]


class Mask:
    """The redacted samples of a recording, by channel, and the sound that takes their place."""

    def __init__(self, sound: RedactedAudio = RedactedAudio.SILENCE) -> None:
        self._sound = sound
        self._parts: dict[int, list[range]] = defaultdict(list)  # sorted, and none touches another

    def add(self, channel: int, samples: range) -> None:
        """Redact more samples of a channel."""
        if samples:
            parts = self._parts[channel]
            first = bisect_left(parts, samples.start, key=_stop)
            last = bisect_right(parts, samples.stop, key=_start)
            touching = [samples, *parts[first:last]]
            parts[first:last] = [range(min(map(_start, touching)), max(map(_stop, touching)))]

    @property
    def version(self) -> str:
        """Text that changes when other samples are redacted, or with another sound"""
        return repr((str(self._sound), sorted(self._parts.items())))

    def applied(self, channel: int, start: int, audio: bytes) -> bytes:
        """Return mu-law audio of a channel that begins at sample `start`, redacted."""
        parts, end = self._parts.get(channel, []), start + len(audio)
        within = parts[bisect_right(parts, start, key=_stop) : bisect_left(parts, end, key=_start)]
        redacted = bytearray(audio)
        for part in within:
            first, last = max(start, part.start), min(end, part.stop)
            redacted[first - start : last - start] = _sound(self._sound, first, last - first)
        return bytes(redacted)


def _start(part: range) -> int:
    return part.start


def _stop(part: range) -> int:
    return part.stop


def mask_of(
    spans: Iterable[AudioSpan], tracks: Sequence[str], sound: RedactedAudio = RedactedAudio.SILENCE
) -> Mask:
    """Make the mask of a recording.

    `tracks` are those of its call.  A channel whose track is not among them has the audio of the first.
    """
    mask = Mask(sound)
    heard = [track if track in tracks else tracks[0] for track in TRACKS] if tracks else TRACKS
    for span in spans:
        for channel, track in enumerate(heard):
            if track == span.track:
                mask.add(channel, span.samples)
    return mask


def _sound(sound: RedactedAudio, first: int, length: int) -> bytes:
    """Return mu-law audio from sample `first` on, which is the same however it is cut."""
    if sound is not RedactedAudio.BEEP:
        return SILENCE * length
    period = _beep_period()
    offset = first % len(period)
    return (period * (length // len(period) + 2))[offset : offset + length]


@cache
def _beep_period() -> bytes:
    angles = 2 * np.pi * BEEP_FREQUENCY * np.arange(PHONE_RATE // BEEP_FREQUENCY) / PHONE_RATE
    return encode_mulaw(np.round(BEEP_AMPLITUDE * np.sin(angles)).astype(np.int16))
