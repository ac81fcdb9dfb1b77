"""What every engine can do."""

from contextlib import AbstractContextManager
from typing import Protocol

from ..audio import Source
from ..core.call_session import Emit, TrackSink
from ..core.track_transcriber import BEGINNING, Checkpoint
from ..events import CallStarted
from .ipc import Ready, Work


class Engine(Protocol):
    """Opens sinks.  Safe to share between threads."""

    @property
    def ready(self) -> Ready:
        """What is known of the model since it is loaded."""
        ...

    @property
    def restarts(self) -> int:
        """How many recognizer processes were replaced."""
        ...

    def open(
        self,
        call: CallStarted,
        track: str,
        emit: Emit,
        checkpoint: Checkpoint = BEGINNING,
        source: Source = Source.PHONE,
    ) -> TrackSink:
        """Open a listener for one track of one call, or for what comes after a place in it.

        `emit` takes what it hears.
        """
        ...

    def batch(self) -> AbstractContextManager[None]:
        """What many sinks take in the block of a `with` may be passed on together, at its end."""
        ...

    def lag(self) -> float:
        """Seconds by which the track furthest behind is behind."""
        ...

    def work(self) -> Work:
        """What was done so far."""
        ...

    def close(self) -> None:
        """End every recognizer."""
        ...
