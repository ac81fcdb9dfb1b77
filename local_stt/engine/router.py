"""Use several engines as one: the number that was called decides which of them gets a call."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

from ..audio import Source
from ..core.call_session import Emit, TrackSink
from ..core.track_transcriber import BEGINNING, Checkpoint
from ..events import CallStarted
from ..system.parts import Measurement, Part
from .base import Engine
from .ipc import Ready, Work


class EngineRouter(Part):
    """A default engine, and others for some numbers."""

    def __init__(self, default: Engine, by_number: Mapping[str, Engine]) -> None:
        self._default, self._by_number = default, dict(by_number)
        self._all = list(dict.fromkeys([default, *by_number.values()]))

    @property
    def ready(self) -> Ready:
        """Facts about the default engine's model."""
        return self._default.ready

    @property
    def restarts(self) -> int:
        """Number of worker processes that were replaced."""
        return sum(engine.restarts for engine in self._all)

    def model_of(self, call: CallStarted) -> str:
        """Return the name of the model that recognizes a call."""
        return self._engine_for(call).ready.folder.name

    def open(
        self,
        call: CallStarted,
        track: str,
        emit: Emit,
        checkpoint: Checkpoint = BEGINNING,
        source: Source = Source.PHONE,
    ) -> TrackSink:
        """Open a sink for one track of one call, or for the rest of it after a checkpoint."""
        return self._engine_for(call).open(call, track, emit, checkpoint, source)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Collect the audio that sinks take inside the `with` block, so that it may be passed on together."""
        with ExitStack() as stack:
            for engine in self._all:
                stack.enter_context(engine.batch())
            yield

    def lag(self) -> float:
        """Return the lag of the track that is furthest behind, in seconds."""
        return max(engine.lag() for engine in self._all)

    def work(self) -> Work:
        """Return the work of all engines so far."""
        done = [engine.work() for engine in self._all]
        return Work(sum(each.audio for each in done), sum(each.cpu for each in done))

    def measurements(self) -> Iterable[Measurement]:
        """List the measurements of lag, replaced workers and work."""
        return (
            Measurement(
                "lag_seconds",
                "Seconds of audio not yet recognized, on the track that is furthest behind",
                self.lag,
            ),
            Measurement("engine_restarts", "Workers that were replaced", lambda: self.restarts),
            Measurement(
                "engine_cpu_seconds",
                "Processor time of recognizers, in seconds",
                lambda: self.work().cpu,
                only_grows=True,
            ),
            Measurement(
                "engine_audio_seconds",
                "Seconds of audio that recognizers got",
                lambda: self.work().audio,
                only_grows=True,
            ),
            Measurement(
                "real_time_factor",
                "Processor time for one second of a track's audio, in seconds, since the start",
                lambda: self.work().real_time_factor,
            ),
        )

    def close(self) -> None:
        """End every recognizer."""
        for engine in self._all:
            engine.close()

    def _engine_for(self, call: CallStarted) -> Engine:
        return self._by_number.get(call.number, self._default)
