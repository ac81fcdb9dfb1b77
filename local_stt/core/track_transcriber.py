"""Transcribe one track: chunks of audio in, partial and final texts out.

No I/O, no threads, no clock.  So a transcriber can run in another process, and if that process dies,
another transcriber goes on elsewhere from the last `Checkpoint`.
"""

import copy
from bisect import bisect_right
from dataclasses import dataclass
from typing import Protocol

from ..audio import Decoder, Source
from ..events import FinalText, PartialText, Silence, TrackEvent, Word
from .jitter_buffer import AudioChunk
from .spacing import joined
from .turns import MAX_TURN_SILENCE
from .vad import SpeechGate

PARTIAL_SECONDS = 0.2
"""Minimum seconds between partial texts: people can read no more than five a second"""

PHASE_SECONDS = 2.1
"""Seconds after which cuts of audio every 100 ms fall on the network's frames (30 ms) and chunks (210 ms) as
before.  A new recognizer that is in step with the old one recognizes the same words."""

CHECKPOINT_SECONDS = 1.0
"""Seconds of silence between checkpoints"""

SILENCE_SECONDS = 0.1
"""Seconds between reports of silence"""

MAX_REPORTED_SILENCE = MAX_TURN_SILENCE + 1
"""Seconds after a word until which silence is reported: no turn is still open then"""

SOFT_BEGINNING = 0.2
"""Seconds by which a word may begin before there is a sound that opens the gate"""

LOOK_AHEAD = 0.5
"""Seconds of audio that may contain words which the recognizer does not show yet"""

SILENCE_AFTER_WORD = 0.25
"""Seconds after the last word of a final that are certainly silence"""


class Recognizer(Protocol):
    """A speech recognizer for one track.  Times of words are seconds of audio that was fed."""

    can_reset: bool
    """Whether `finish` resets it without loss; one that adapts to its speaker forgets the speaker"""

    def decoder(self, source: Source) -> Decoder:
        """Return a decoder from a track's audio to the PCM that `feed` takes."""
        ...

    def feed(self, pcm: bytes) -> tuple[Word, ...] | None:
        """Take 16 kHz 16-bit PCM; return the words of an utterance if it has just ended, else None."""
        ...

    def partial(self) -> str:
        """Return the text of the utterance so far."""
        ...

    def close(self) -> tuple[Word, ...]:
        """End the utterance here; return its words.  Those still in the pipeline are lost."""
        ...

    def finish(self) -> tuple[Word, ...]:
        """Return all words not returned yet, and reset for more audio, whose times go on."""
        ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A position of a track from which another recognizer can go on: all words before it are emitted."""

    position: int = 0
    """Position in bytes of the track's audio; only audio from there on is still needed"""
    phase: int = 0
    """Bytes of audio by which the recognizer is out of step with a new one"""
    gate: SpeechGate | None = None
    """State of the gate at the position"""


BEGINNING = Checkpoint()
"""The checkpoint of a track without any audio so far"""


class CallClock:
    """Turns seconds of audio that was fed to the recognizer into seconds of the call.

    They differ by audio that is never fed: silence, and the middle of long holes.
    """

    def __init__(self) -> None:
        self._fed: list[float] = []
        self._call: list[float] = []

    def align(self, fed: float, call: float) -> None:
        """Note that audio fed at second `fed` was said at second `call`, and so on from there."""
        self._fed.append(fed)
        self._call.append(call)

    def discard_before(self, fed: float) -> None:
        """Forget the times of audio fed before this second."""
        last = max(0, bisect_right(self._fed, fed) - 1)
        del self._fed[:last], self._call[:last]

    def to_call(self, fed: float) -> float:
        """Convert a second of fed audio to a second of the call, to the millisecond."""
        last = max(0, bisect_right(self._fed, fed) - 1)
        return round(fed - self._fed[last] + self._call[last], 3)


class SteadyText:
    """A partial text whose beginning does not flicker.

    A change of words that are already shown is accepted when two updates in a row have it.
    """

    def __init__(self) -> None:
        self._shown: list[str] = []
        self._candidate: list[str] = []

    def update(self, text: str) -> str | None:
        """Return the text to show, or None if the text that is shown stays."""
        words = text.split()
        if words == self._shown:
            self._candidate = []
            return None
        stable = self._shown[:-1]  # the last word is still being said
        kept = words[: len(stable)] == stable
        if not kept and words[: len(stable)] != self._candidate[: len(stable)]:
            self._candidate = words
            return None
        self._shown, self._candidate = words, []
        return text


class TrackTranscriber:
    """Transcribes one track with its gate, decoder, clock and recognizer."""

    def __init__(
        self,
        call_id: str,
        track: str,
        recognizer: Recognizer,
        checkpoint: Checkpoint,
        source: Source = Source.PHONE,
        *,
        gated: bool = True,
    ) -> None:
        self._call_id, self._track, self._source = call_id, track, source
        self._recognizer = recognizer
        self._gate = (checkpoint.gate or SpeechGate(source, pauses=recognizer.can_reset)) if gated else None
        self._decoder = recognizer.decoder(source)
        self._clock = CallClock()
        self._fed = 0  # bytes, as all positions
        self._fed_at_reset = 0  # bytes fed before the recognizer's last reset
        self._fed_at_end = 0  # bytes fed before it last ended an utterance by itself
        self._fed_end = -1  # on the call's clock
        self._next_partial = 0
        self._position = checkpoint.position
        self._next_silence = 0
        self._last_silence = -1  # up to which silence is reported
        if checkpoint.position:  # another transcriber may just have emitted words
            self._last_silence = checkpoint.position + source.position(MAX_REPORTED_SILENCE)
        self._steady = SteadyText()
        self._makes_partials = source.is_live  # nobody reads a file's text while it is recognized
        self._busy = not self._makes_partials
        self.checkpoint = checkpoint
        if checkpoint.phase:
            self._fed = checkpoint.phase
            self._recognizer.feed(self._decoder.feed(source.silence(checkpoint.phase)))
            self._recognizer.close()  # its decoder starts afresh, as after a final

    def push(self, chunk: AudioChunk, *, partials: bool = True) -> list[TrackEvent]:
        """Take the next chunk; return the texts that were recognized with it, and silence."""
        self._position = chunk.end
        audio = self._gate.push(chunk.audio, self._busy) if self._gate else chunk.audio
        if not audio:
            return [] if self._gate and self._gate.is_open else self._on_silence()
        start = chunk.end - len(audio)
        if start != self._fed_end:
            self._clock.align(self._source.seconds(self._fed), self._source.seconds(start))
        self._fed += len(audio)
        self._fed_end = chunk.end
        words = self._recognizer.feed(self._decoder.feed(audio))
        if words is not None:
            self._fed_at_end = self._fed
            return self._final(words)
        if not self._makes_partials:
            return []
        partial = self._partial()  # also if not wanted: the gate must not depend on the load
        if not self._busy:
            return self._silence(chunk.end - self._source.position(LOOK_AHEAD))
        return partial if partials else []

    def finish(self) -> list[TrackEvent]:
        """Return the words that are not emitted yet, as final texts, and the end of the turn."""
        rest = self._decoder.flush()
        words = self._recognizer.feed(rest) if rest else None
        finals = [*self._final(words or ()), *self._final(self._recognizer.finish())]
        return [*finals, self._end_of_turn()] if self._makes_partials else finals

    def end_turn(self) -> list[TrackEvent]:
        """End the turn here, as was asked for; return its words that are not emitted yet, and its end."""
        return [*self._end_utterance(), self._end_of_turn()]

    def _end_of_turn(self) -> Silence:
        return Silence(self._call_id, self._track, self._source.seconds(self._position), ends_turn=True)

    def _silence(self, position: int) -> list[TrackEvent]:
        """Report that nothing was said up to a position, from time to time until every turn is over."""
        if not self._makes_partials or not self._next_silence <= position <= self._last_silence:
            return []
        self._next_silence = position + self._source.position(SILENCE_SECONDS)
        return [Silence(self._call_id, self._track, self._source.seconds(position))]

    def _partial(self) -> list[TrackEvent]:
        if self._fed < self._next_partial:
            return []
        said = self._recognizer.partial()  # takes longer the longer the utterance is
        self._busy = bool(said)
        text = self._steady.update(said) if said else None
        if text is None:
            return []
        self._next_partial = self._fed + self._source.position(PARTIAL_SECONDS)
        at = self._clock.to_call(self._source.seconds(self._fed))
        return [PartialText(self._call_id, self._track, joined(text.split()), at)]

    def _final(self, words: tuple[Word, ...]) -> list[TrackEvent]:
        self._steady = SteadyText()
        self._busy, self._next_partial = not self._makes_partials, 0
        if not words:
            return []
        said = tuple(self._in_call_time(word) for word in words)
        self._set_checkpoint(min(self._fed_end, self._source.position(said[-1].end + SILENCE_AFTER_WORD)))
        self._clock.discard_before(words[-1].end)
        self._next_silence = 0
        self._last_silence = self._source.position(said[-1].end + MAX_REPORTED_SILENCE)
        text = joined(word.text for word in words)
        return [FinalText(self._call_id, self._track, text, said[0].start, said[-1].end, said)]

    def _on_silence(self) -> list[TrackEvent]:
        """End the utterance, as the gate is closed."""
        position = self._position
        events = self._end_utterance()
        if events or position - self.checkpoint.position > self._source.position(CHECKPOINT_SECONDS):
            self.checkpoint = Checkpoint(position, self._phase(self._fed), copy.deepcopy(self._gate))
        return [*events, *self._silence(position - self._source.position(SOFT_BEGINNING))]

    def _end_utterance(self) -> list[TrackEvent]:
        """End the utterance, if there is one, even where the recognizer would not end it yet."""
        if self._fed_end < 0:
            return []
        events = self._final(
            self._recognizer.finish() if self._recognizer.can_reset else self._recognizer.close()
        )
        if self._recognizer.can_reset and self._fed != self._fed_at_end:  # else there was nothing to flush
            self._fed_at_reset = self._fed
        self._fed_end = -1
        return events

    def _phase(self, fed: int) -> int:
        return (fed - self._fed_at_reset) % self._source.position(PHASE_SECONDS)

    def _set_checkpoint(self, position: int) -> None:
        """Set the checkpoint to `position`, which has been fed and before which all words are emitted."""
        fed = self._fed - (self._fed_end - position)
        self.checkpoint = Checkpoint(position, self._phase(fed), copy.deepcopy(self._gate))

    def _in_call_time(self, word: Word) -> Word:
        start, end = self._clock.to_call(word.start), self._clock.to_call(word.end)
        return Word(word.text, start, end, round(word.confidence, 3))
