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
from .recognizer_pool import Lent, RecognizerPool

NOTHING_KNOWN = Ready(Path(), [], 0.0)
"""Of recognizers that come from elsewhere"""


class InProcessListener:
    """Listens at once, in the thread that brings the audio."""

    ready = True
    """There is no spool that could grow"""

    def __init__(
        self, engine: "InProcessEngine", recognizer: Lent, ear: TrackTranscriber, source: Source, emit: Emit
    ) -> None:
        self._engine, self._recognizer = engine, recognizer
        self._ear, self._source, self._emit = ear, source, emit

    def hear(self, piece: AudioChunk) -> None:
        """Take the next piece of the track."""
        with self._engine.counted(self._source.seconds(len(piece.audio))):
            events = self._ear.hear(piece)
        self._emit(events)

    def finish(self) -> None:
        """No more will come."""
        events = self._ear.finish()
        self._engine.recognizers.take_back(self._recognizer)
        self._emit(events)

    def wait(self, seconds: float | None = None) -> bool:  # noqa: ARG002  (nothing to wait for)
        """Everything has been told already."""
        return True


class InProcessEngine:
    """Has a recognizer for each track, here."""

    restarts = 0
    """If a recognizer dies here, everything does"""

    def __init__(
        self, open_recognizer: Callable[[], Recognizer], ready: Ready = NOTHING_KNOWN, *, gated: bool = True
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
    ) -> InProcessListener:
        """Open a listener for one track of one call, or for what comes after a place in it."""
        recognizer = self.recognizers.lend()
        ear = TrackTranscriber(call.call_id, track, recognizer, checkpoint, source, gated=self._gated)
        return InProcessListener(self, recognizer, ear, source, emit)

    @contextmanager
    def counted(self, seconds: float) -> Iterator[None]:
        """What is done in the block of a `with` is work on so much audio."""
        began = time.thread_time()
        yield
        self._audio += seconds
        self._cpu += time.thread_time() - began

    def burst(self) -> AbstractContextManager[None]:
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
