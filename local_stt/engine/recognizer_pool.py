"""Use recognizers again: a track gets one that an earlier track has finished with.

A new recognizer of a model with a dynamic graph expands the graph while it decodes.  That costs seconds of
processor time, which a used one has spent already.  No I/O, no threads: the owner of the pool says when there
is time for maintenance.
"""

import ctypes
import sys
import time
from collections.abc import Callable, Iterator

from ..audio import RECOGNIZER_RATE, Decoder, Source
from ..core.track_transcriber import Recognizer
from ..events import Word

BYTES_PER_SECOND = 2 * RECOGNIZER_RATE

MAX_FED_BYTES = 60 * BYTES_PER_SECOND
"""Bytes of audio after which a recognizer is dropped: a dynamic graph grows by a megabyte a second, and
libvosk's sums of seconds lose precision"""

SPARE = 2
"""Recognizers that are kept ready beside those in use: for both tracks of the next call"""

MAX_IDLE_SECONDS = 300.0
"""Seconds after which an unused recognizer is dropped, if there are more than the spare ones"""

SILENCE = bytes(BYTES_PER_SECOND // 10)


class PooledRecognizer:
    """A recognizer for one track.  Times of words count from the track's beginning, as with a new one.

    libvosk flushes a recognizer only in the middle of an utterance, and resets it only when it flushes.
    So this keeps track of its recognizer's state.
    """

    def __init__(self, recognizer: Recognizer, fed_bytes: int = 0) -> None:
        """`fed_bytes` is the number of bytes of audio that other tracks have fed to the recognizer."""
        self.inner = recognizer
        self.can_reset = recognizer.can_reset
        self.fed_bytes = fed_bytes
        self._began = fed_bytes / BYTES_PER_SECOND
        self._in_utterance = False
        self._is_reset = True

    def feed(self, pcm: bytes) -> tuple[Word, ...] | None:
        """Take 16 kHz 16-bit PCM; return the words of an utterance if it has just ended, else None."""
        self.fed_bytes += len(pcm)
        words = self.inner.feed(pcm)
        self._in_utterance, self._is_reset = words is None, False
        return None if words is None else self._in_track_time(words)

    def decoder(self, source: Source) -> Decoder:
        """Return a decoder from a track's audio to the PCM that `feed` takes."""
        return self.inner.decoder(source)

    def partial(self) -> str:
        """Return the text of the utterance so far."""
        return self.inner.partial()

    def close(self) -> tuple[Word, ...]:
        """End the utterance here; return its words, without those still in the pipeline."""
        self._in_utterance = False
        return self._in_track_time(self.inner.close())

    def finish(self) -> tuple[Word, ...]:
        """Return all words not returned yet, and reset for more audio, whose times go on."""
        self._is_reset = self._is_reset or self._in_utterance
        self._in_utterance = False
        return self._in_track_time(self.inner.finish())

    def reset(self) -> Recognizer | None:
        """Reset the recognizer for another track; return it, or None if it cannot be reset."""
        if not self._is_reset:
            if not self._in_utterance:
                self.feed(SILENCE)
            self.finish()
        return self.inner if self._is_reset else None

    def _in_track_time(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Make times count from the track's beginning, rounded to ms as libvosk's sums are not exact."""
        began = self._began
        if not began:
            return words
        return tuple(
            Word(word.text, round(word.start - began, 3), round(word.end - began, 3), word.confidence)
            for word in words
        )


class RecognizerPool:
    """Gives recognizers to tracks, takes them back, and keeps some ready.  For use by one thread."""

    def __init__(
        self,
        make: Callable[[], Recognizer],
        warm_up: Callable[[Recognizer], Iterator[None]] = lambda _: iter(()),
        spare: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`warm_up` prepares a new recognizer, step by step.

        `spare` is how many recognizers `maintain` keeps ready; with 0 the first track gets a cold one.
        """
        self._make, self._warm_up, self._spare, self._clock = make, warm_up, spare, clock
        self._ready: list[tuple[Recognizer, int, float]] = []  # bytes fed, time of release
        self._warming: tuple[PooledRecognizer, Iterator[None]] | None = None  # with the steps that are left
        self._dropped = False  # since memory was last returned

    @property
    def ready(self) -> int:
        """Number of recognizers that wait for a track."""
        return len(self._ready)

    def acquire(self) -> PooledRecognizer:
        """Return the recognizer that was used last, whose memory is in the cache, or else a new one."""
        if not self._ready:
            return PooledRecognizer(self._make())
        recognizer, fed_bytes, _ = self._ready.pop()
        return PooledRecognizer(recognizer, fed_bytes)

    def release(self, pooled: PooledRecognizer) -> None:
        """Keep the recognizer of a track that is over for another one, unless it was fed `MAX_FED_BYTES`."""
        if pooled.fed_bytes < MAX_FED_BYTES and (recognizer := pooled.reset()):
            self._ready.append((recognizer, pooled.fed_bytes, self._clock()))
        else:
            self._dropped = True

    def maintain(self) -> float | None:
        """Do one step of maintenance, best between calls; return the seconds until the next.

        A step warms a new recognizer with one chunk of speech, drops an unused one, or returns the memory of
        dropped ones to the system.  None means that there is nothing to do.
        """
        if self._dropped:
            self._dropped = False
            _return_memory()
            return 0.0
        if self._warming or len(self._ready) < self._spare:
            self._warm()
            return 0.0
        return self._drop_unused()

    def _warm(self) -> None:
        pooled, steps = self._warming or self._begin_to_warm()
        self._warming = (pooled, steps)
        if next(steps, steps) is steps:  # no steps are left
            self._warming = None
            self.release(pooled)

    def _begin_to_warm(self) -> tuple[PooledRecognizer, Iterator[None]]:
        pooled = PooledRecognizer(self._make())
        return pooled, self._warm_up(pooled)

    def _drop_unused(self) -> float | None:
        if len(self._ready) <= self._spare:
            return None
        unused = self._clock() - self._ready[0][2]  # the one that was released first
        if unused < MAX_IDLE_SECONDS:
            return MAX_IDLE_SECONDS - unused
        del self._ready[0]
        self._dropped = True
        return 0.0


def _return_memory() -> None:
    """Return freed memory to the system.  Otherwise glibc keeps it."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
