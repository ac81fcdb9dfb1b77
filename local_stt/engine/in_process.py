"""Recognizers in this process, in the one thread that brings all calls' audio: for one core, few
calls, and platforms without fork."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from ..audio import Source
from ..core.call_session import Emit
from ..core.jitter_buffer import AudioChunk
from ..core.track_transcriber import BEGINNING, Checkpoint, Recognizer, TrackTranscriber
from ..events import CallStarted
from .ipc import Ready, Work
from .recognizer_pool import PooledRecognizer, RecognizerPool

UNKNOWN_MODEL = Ready(Path(), [], 0.0)
"""Of recognizers that come from elsewhere"""


class InProcessSink:
    """Listens at once, in the thread that brings the audio."""

    ready = True
    """There is no spool that could grow"""

    def __init__(
        self,
        engine: "InProcessEngine",
        recognizer: PooledRecognizer,
        transcriber: TrackTranscriber,
        source: Source,
        emit: Emit,
    ) -> None:
        self._engine, self._recognizer = engine, recognizer
        self._transcriber, self._source, self._emit = transcriber, source, emit

    def push(self, chunk: AudioChunk) -> None:
        """Take the next chunk of the track."""
        with self._engine.measured(self._source.seconds(len(chunk.audio))):
            events = self._transcriber.push(chunk)
        self._emit(events)

    def finish(self) -> None:
        """No more will come."""
        events = self._transcriber.finish()
        self._engine.recognizers.release(self._recognizer)
        self._emit(events)

    def wait(self, seconds: float | None = None) -> bool:  # noqa: ARG002  (nothing to wait for)
        """Everything has been told already."""
        return True


class InProcessEngine:
    """Has a recognizer for each track, here."""

    restarts = 0
    """If a recognizer dies here, everything does"""

    def __init__(
        self, open_recognizer: Callable[[], Recognizer], ready: Ready = UNKNOWN_MODEL, *, gated: bool = True
    ) -> None:
        self.ready = ready
        self.recognizers = RecognizerPool(open_recognizer)
        self._gated = gated
        self._audio = self._cpu = 0.0  # seconds

    def open(
        self,
        call: CallStarted,
        track: str,
        emit: Emit,
        checkpoint: Checkpoint = BEGINNING,
        source: Source = Source.PHONE,
    ) -> InProcessSink:
        """Open a listener for one track of one call, or for what comes after a place in it."""
        recognizer = self.recognizers.acquire()
        transcriber = TrackTranscriber(call.call_id, track, recognizer, checkpoint, source, gated=self._gated)
        return InProcessSink(self, recognizer, transcriber, source, emit)

    @contextmanager
    def measured(self, seconds: float) -> Iterator[None]:
        """What is done in the block of a `with` is work on so much audio."""
        began = time.thread_time()
        yield
        self._audio += seconds
        self._cpu += time.thread_time() - began

    def batch(self) -> AbstractContextManager[None]:
        """Nothing is sent anywhere."""
        return nullcontext()

    def lag(self) -> float:
        """None that is known: audio that comes too fast waits in its connection."""
        return 0.0

    def work(self) -> Work:
        """What was done so far."""
        return Work(self._audio, self._cpu)

    def close(self) -> None:
        """Nothing is left to end."""
