"""Recognizers that are used again: a track gets one that an earlier track is done with.

A new recognizer of a model with a dynamic graph expands the graph while it listens, which costs seconds of
processor time; a used one has done that.  No I/O, no threads: whoever owns the pool says when there is time.
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
libvosk's sums of seconds lose a digit now and then"""

SPARE = 2
"""Recognizers kept ready beyond those in use: both tracks of the next call"""

MAX_IDLE_SECONDS = 300.0
"""How long more than the spare ones wait for another track"""

SILENCE = bytes(BYTES_PER_SECOND // 10)


class PooledRecognizer:
    """A recognizer for one track.  Word times are seconds of the track's own audio, as if it were new.

    libvosk flushes only a recognizer in the middle of an utterance, and only a flushed one begins anew.
    So this remembers in which state its recognizer is.
    """

    def __init__(self, recognizer: Recognizer, fed_bytes: int = 0) -> None:
        """`fed_bytes` is how many bytes of audio other tracks have fed to the recognizer."""
        self.inner = recognizer
        self.can_reset = recognizer.can_reset
        self.fed_bytes = fed_bytes
        self._began = fed_bytes / BYTES_PER_SECOND
        self._in_utterance = False
        self._is_reset = True

    def feed(self, pcm: bytes) -> tuple[Word, ...] | None:
        """Take 16 kHz 16-bit PCM; return the words of an utterance if it has just ended."""
        self.fed_bytes += len(pcm)
        words = self.inner.feed(pcm)
        self._in_utterance, self._is_reset = words is None, False
        return None if words is None else self._in_track_time(words)

    def decoder(self, source: Source) -> Decoder:
        """Return what turns a track's audio into what to `feed`."""
        return self.inner.decoder(source)

    def partial(self) -> str:
        """Return the utterance so far."""
        return self.inner.partial()

    def close(self) -> tuple[Word, ...]:
        """End the utterance here; return its words but for those still on their way through."""
        self._in_utterance = False
        return self._in_track_time(self.inner.close())

    def finish(self) -> tuple[Word, ...]:
        """Return all the words not given out yet.  More audio begins anew, but for its times."""
        self._is_reset = self._is_reset or self._in_utterance
        self._in_utterance = False
        return self._in_track_time(self.inner.finish())

    def reset(self) -> Recognizer | None:
        """Forget all that was heard; return the recognizer, or None if it cannot forget."""
        if not self._is_reset:
            if not self._in_utterance:
                self.feed(SILENCE)
            self.finish()
        return self.inner if self._is_reset else None

    def _in_track_time(self, words: tuple[Word, ...]) -> tuple[Word, ...]:
        """Count times from the track's beginning, to the millisecond, as libvosk's sums are not exact."""
        began = self._began
        if not began:
            return words
        return tuple(
            Word(word.text, round(word.start - began, 3), round(word.end - began, 3), word.confidence)
            for word in words
        )


class RecognizerPool:
    """Lends recognizers, and keeps some ready.  Belongs to one thread."""

    def __init__(
        self,
        make: Callable[[], Recognizer],
        warm_up: Callable[[Recognizer], Iterator[None]] = lambda _: iter(()),
        spare: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`warm_up` is what a new recognizer goes through before it is ready, step by step.

        `spare` is how many `maintain` makes ready; 0 leaves that to the first track.
        """
        self._make, self._warm_up, self._spare, self._clock = make, warm_up, spare, clock
        self._ready: list[tuple[Recognizer, int, float]] = []  # bytes heard, when it came back
        self._warming: tuple[PooledRecognizer, Iterator[None]] | None = None  # with the steps that are left
        self._dropped = False  # since memory was last returned

    @property
    def ready(self) -> int:
        """How many recognizers wait for a track."""
        return len(self._ready)

    def acquire(self) -> PooledRecognizer:
        """Return the one that was used last, whose memory is warm, or a new one."""
        if not self._ready:
            return PooledRecognizer(self._make())
        recognizer, fed_bytes, _ = self._ready.pop()
        return PooledRecognizer(recognizer, fed_bytes)

    def release(self, pooled: PooledRecognizer) -> None:
        """Keep a recognizer whose track is over for the next one, unless it has served its time."""
        if pooled.fed_bytes < MAX_FED_BYTES and (recognizer := pooled.reset()):
            self._ready.append((recognizer, pooled.fed_bytes, self._clock()))
        else:
            self._dropped = True

    def maintain(self) -> float | None:
        """Do one step of what is better done between calls; return the seconds until the next.

        A step is to warm a new recognizer with one chunk of speech, to drop one that nobody needs, or to
        return the memory of those that were dropped.  None means that there is nothing to do.
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
        if next(steps, steps) is steps:  # there are none left
            self._warming = None
            self.release(pooled)

    def _begin_to_warm(self) -> tuple[PooledRecognizer, Iterator[None]]:
        pooled = PooledRecognizer(self._make())
        return pooled, self._warm_up(pooled)

    def _drop_unused(self) -> float | None:
        if len(self._ready) <= self._spare:
            return None
        unused = self._clock() - self._ready[0][2]  # the one that came back first
        if unused < MAX_IDLE_SECONDS:
            return MAX_IDLE_SECONDS - unused
        del self._ready[0]
        self._dropped = True
        return 0.0


def _return_memory() -> None:
    """Return freed memory to the system, which glibc keeps for itself otherwise."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
