"""Several engines as one: which of them hears a call depends on the number that was called."""

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
    """An engine for all numbers, and others for some."""

    def __init__(self, default: Engine, by_number: Mapping[str, Engine]) -> None:
        self._default, self._by_number = default, dict(by_number)
        self._all = list(dict.fromkeys([default, *by_number.values()]))

    @property
    def ready(self) -> Ready:
        """What is known of the model that most calls get."""
        return self._default.ready

    @property
    def restarts(self) -> int:
        """How many recognizer processes were replaced."""
        return sum(engine.restarts for engine in self._all)

    def model_of(self, call: CallStarted) -> str:
        """The name of the model that hears a call."""
        return self._engine_for(call).ready.folder.name

    def open(
        self,
        call: CallStarted,
        track: str,
        emit: Emit,
        checkpoint: Checkpoint = BEGINNING,
        source: Source = Source.PHONE,
    ) -> TrackSink:
        """Open a listener for one track of one call, or for what comes after a place in it."""
        return self._engine_for(call).open(call, track, emit, checkpoint, source)

    @contextmanager
    def batch(self) -> Iterator[None]:
        """What many sinks take in the block of a `with` may be passed on together, at its end."""
        with ExitStack() as stack:
            for engine in self._all:
                stack.enter_context(engine.batch())
            yield

    def lag(self) -> float:
        """Seconds by which the track furthest behind is behind."""
        return max(engine.lag() for engine in self._all)

    def work(self) -> Work:
        """What was done so far."""
        done = [engine.work() for engine in self._all]
        return Work(sum(each.audio for each in done), sum(each.cpu for each in done))

    def measurements(self) -> Iterable[Measurement]:
        """List how far behind the engines are, and what they have done."""
        return (
            Measurement("lag_seconds", "How far the track furthest behind is behind", self.lag),
            Measurement("engine_restarts", "Recognizer processes that were replaced", lambda: self.restarts),
            Measurement(
                "engine_cpu_seconds", "CPU time of recognizers", lambda: self.work().cpu, only_grows=True
            ),
            Measurement(
                "engine_audio_seconds", "Audio they were given", lambda: self.work().audio, only_grows=True
            ),
            Measurement(
                "real_time_factor",
                "CPU seconds for a second of one track's audio, since the program began",
                lambda: self.work().real_time_factor,
            ),
        )

    def close(self) -> None:
        """End every recognizer."""
        for engine in self._all:
            engine.close()

    def _engine_for(self, call: CallStarted) -> Engine:
        return self._by_number.get(call.number, self._default)
