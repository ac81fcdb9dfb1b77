"""The interface of every engine."""

from contextlib import AbstractContextManager
from typing import Protocol

from ..audio import Source
from ..core.call_session import Emit, TrackSink
from ..core.track_transcriber import BEGINNING, Checkpoint
from ..events import CallStarted
from .ipc import Ready, Work


class Engine(Protocol):
    """Opens a sink for each track and recognizes its audio.  Thread-safe."""

    @property
    def ready(self) -> Ready:
        """Facts about the loaded model."""
        ...

    @property
    def restarts(self) -> int:
        """Number of worker processes that were replaced."""
        ...

    def open(
        self,
        call: CallStarted,
        track: str,
        emit: Emit,
        checkpoint: Checkpoint = BEGINNING,
        source: Source = Source.PHONE,
    ) -> TrackSink:
        """Open a sink for one track of one call, or for the rest of it after a checkpoint.

        `emit` takes the events of the track.
        """
        ...

    def batch(self) -> AbstractContextManager[None]:
        """Collect the audio that sinks take inside the `with` block, so that it may be passed on together."""
        ...

    def lag(self) -> float:
        """Return the lag of the track that is furthest behind, in seconds."""
        ...

    def work(self) -> Work:
        """Return the work that is done so far."""
        ...

    def close(self) -> None:
        """End every recognizer."""
        ...
