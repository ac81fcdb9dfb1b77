"""Run recognizers in this process, in the one thread that brings the audio of all calls.

It is for one core, for few calls, and for platforms without fork.
"""

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
"""Facts about the model where the recognizers come from elsewhere"""


class InProcessSink:
    """Recognizes chunks at once, in the thread that brings them."""

    ready = True
    """Always, as there is no spool that could grow"""

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
        self._is_finished = False

    def push(self, chunk: AudioChunk) -> None:
        """Take the next chunk of the track."""
        with self._engine.measured(self._source.seconds(len(chunk.audio))):
            events = self._transcriber.push(chunk)
        self._emit(events)

    def end_turn(self) -> None:
        """End the turn after the audio so far."""
        self._emit(self._transcriber.end_turn())

    def finish(self) -> None:
        """Note that the track has no more audio, and emit its last words."""
        events = self._transcriber.finish()
        self._engine.recognizers.release(self._recognizer)
        self._emit(events)
        self._is_finished = True

    @property
    def is_complete(self) -> bool:
        """Whether all words are emitted."""
        return self._is_finished

    def wait(self, seconds: float | None = None) -> bool:  # noqa: ARG002  (nothing to wait for)
        """Return True, as every word is emitted already."""
        return True


class InProcessEngine:
    """Has a recognizer for each track in this process."""

    restarts = 0
    """Always 0: a recognizer that dies here ends the program"""

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
        """Open a sink for one track of one call, or for the rest of it after a checkpoint."""
        recognizer = self.recognizers.acquire()
        transcriber = TrackTranscriber(call.call_id, track, recognizer, checkpoint, source, gated=self._gated)
        return InProcessSink(self, recognizer, transcriber, source, emit)

    @contextmanager
    def measured(self, seconds: float) -> Iterator[None]:
        """Count the `with` block as work on `seconds` of audio."""
        began = time.thread_time()
        yield
        self._audio += seconds
        self._cpu += time.thread_time() - began

    def batch(self) -> AbstractContextManager[None]:
        """Return a context that does nothing, as nothing is sent to other processes."""
        return nullcontext()

    def lag(self) -> float:
        """Return 0: audio that comes too fast waits in its connection, where it cannot be counted."""
        return 0.0

    def work(self) -> Work:
        """Return the work that is done so far."""
        return Work(self._audio, self._cpu)

    def close(self) -> None:
        """Do nothing, as the recognizers end with the program."""
