"""Recognizers in this process, in the one thread that brings all calls' audio: for one core, few
calls, and platforms without fork."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from ..audio import Source
from ..ear import BEGINNING, Checkpoint, Ear, Recognizer
from ..session import Tell
from ..timeline import Stretch
from .messages import Ready

NOTHING_KNOWN = Ready(Path(), [], 0.0)
"""Of recognizers that come from elsewhere"""


class InProcessListener:
    """Listens at once, in the thread that brings the audio."""

    ready = True
    """There is no backlog that could grow"""

    def __init__(self, ear: Ear, tell: Tell) -> None:
        self._ear, self._tell = ear, tell

    def hear(self, piece: Stretch) -> None:
        """Take the next piece of the track."""
        self._tell(self._ear.hear(piece))

    def finish(self) -> None:
        """No more will come."""
        self._tell(self._ear.finish())

    def wait(self, seconds: float | None = None) -> bool:  # noqa: ARG002  (nothing to wait for)
        """Everything has been told already."""
        return True


class InProcessEngine:
    """Opens a recognizer for each track, here."""

    restarts = 0
    """If a recognizer dies here, everything does"""

    def __init__(
        self, open_recognizer: Callable[[], Recognizer], ready: Ready = NOTHING_KNOWN, *, gated: bool = True
    ) -> None:
        self.ready = ready
        self._open_recognizer = open_recognizer
        self._gated = gated

    def open(
        self,
        call_id: str,
        track: str,
        tell: Tell,
        checkpoint: Checkpoint = BEGINNING,
        source: Source = Source.PHONE,
    ) -> InProcessListener:
        """A listener for one track of one call, or for what comes after a place in it."""
        ear = Ear(call_id, track, self._open_recognizer(), checkpoint, source, gated=self._gated)
        return InProcessListener(ear, tell)

    def burst(self) -> AbstractContextManager[None]:
        """Nothing is sent anywhere."""
        return nullcontext()

    def lag(self) -> float:
        """None that is known: audio that comes too fast waits in its connection."""
        return 0.0

    def close(self) -> None:
        """Nothing is left to end."""
