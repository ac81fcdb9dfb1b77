"""What the recorder knows of a call whose audio is redacted."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...audio import PHONE_RATE
from ...core.audio_redaction import AudioSpan, Mask
from ...core.jitter_buffer import AudioChunk
from ...core.privacy import RedactedAudio


@dataclass(slots=True)
class Stretch:
    """The audio of a track that came over one stream, and how far its words are known.

    Times are seconds on the call's clock.
    """

    track: str
    end: float = 0.0
    """End of its audio"""
    known: float | None = None
    """Time up to which its words are known; None before its audio begins"""
    is_known: bool = False
    """Whether all its words are known"""

    def add(self, chunk: AudioChunk) -> None:
        """Note that more audio has come."""
        if self.known is None:
            self.known = chunk.start / PHONE_RATE
        self.end = chunk.end / PHONE_RATE

    def note_words(self, end: float) -> None:
        """Note that the words are known up to a time, unless that is in a later stretch."""
        if self.known is not None and self.known < end <= self.end:
            self.known = end


@dataclass(slots=True)
class RedactedCall:
    """A recorded call whose audio is redacted."""

    sound: RedactedAudio
    """What takes the place of redacted audio"""
    mask: Mask
    stretches: list[Stretch] = field(default_factory=list)
    """The audio that came since the call began, or went on"""
    is_over: bool = False
    """Whether no more audio is expected, and all that must not be heard is known"""

    def note_words(self, track: str, end: float) -> None:
        """Note that the words of a track are known up to a time."""
        for stretch in self.stretches:
            if stretch.track == track:
                stretch.note_words(end)

    def unknown(self) -> Iterator[AudioSpan]:
        """Yield the audio whose words never became known."""
        for stretch in self.stretches:
            if not stretch.is_known and stretch.known is not None:
                yield AudioSpan(stretch.track, stretch.known, stretch.end)
