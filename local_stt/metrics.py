"""Count events and measurements for Prometheus, with prometheus-client."""

import time
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from . import __version__
from .events import Alert, AnyEvent, AudioSetAside, CallEnded, CallLeft, CallStarted, FinalText
from .system.parts import Measurement

LATENCIES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)
"""Upper bounds of the histogram's buckets, in seconds"""


class Metrics:
    """A listener of the hub that counts events.  Thread-safe."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._registry = CollectorRegistry()
        self._began: dict[str, float] = {}
        self._started = self._counter("calls_started", "Calls that began")
        self._ended = self._counter("calls_ended", "Calls that are over, by the reason of the end", "reason")
        self._left = self._counter("calls_left", "Calls that another host follows from there on")
        self._utterances = self._counter("utterances", "Utterances with a final text")
        self._words = self._counter("words", "Words in final texts")
        self._audio = self._counter("audio_seconds", "Seconds of audio of calls that are over, all tracks")
        self._packets = self._counter("packets", "Packets that arrived, of calls that are over")
        self._lost = self._counter("packets_lost", "Packets that never arrived")
        self._repeated = self._counter("packets_late", "Packets that arrived twice, or too late to be used")
        self._set_aside = self._counter("audio_set_aside", "Parts of audio that ended two workers")
        self._alerts = self._counter("alerts", "Phrases of the user's topics that were said", "topic")
        self._latency = Histogram(
            "local_stt_final_latency_seconds",
            "Seconds from the end of an utterance's last word to its final text",
            buckets=LATENCIES,
            registry=self._registry,
        )

    def name_host(self, host: str) -> None:
        """Say which host this is, and which version runs on it."""
        info = self._info("host", "1, with this host's name and its program's version", "host", "version")
        info.labels(host, __version__).set(1)

    def watch(self, measurements: Iterable[Measurement]) -> None:
        """Add measurements that are taken whenever `text` is called."""
        for each in measurements:
            name = f"local_stt_{each.name}"
            if each.only_grows:
                self._registry.register(_Total(name, each.description, each.value))
            else:
                Gauge(name, each.description, registry=self._registry).set_function(each.value)

    def __call__(self, event: AnyEvent) -> None:
        """Count an event."""
        match event:
            case CallStarted():
                if event.call_id not in self._began:  # else its stream was started again
                    self._began[event.call_id] = self._clock()
                    self._started.inc()
            case FinalText():
                self._utterances.inc()
                self._words.inc(len(event.words))
                if began := self._began.get(event.call_id):
                    self._latency.observe(max(0.0, self._clock() - began - event.end))
            case Alert():
                self._alerts.labels(event.topic).inc()
            case AudioSetAside():
                self._set_aside.inc()
            case CallLeft():
                self._began.pop(event.call_id, None)
                self._left.inc()
            case CallEnded():
                self._began.pop(event.call_id, None)
                self._ended.labels(str(event.reason)).inc()
                for track in event.tracks:
                    self._audio.inc(track.seconds)
                    self._packets.inc(track.packets)
                    self._lost.inc(track.lost)
                    self._repeated.inc(track.repeated)

    def text(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self._registry)

    def _counter(self, name: str, description: str, *labels: str) -> Counter:
        return Counter(f"local_stt_{name}", description, labels, registry=self._registry)

    def _info(self, name: str, description: str, *labels: str) -> Gauge:
        return Gauge(f"local_stt_{name}_info", description, labels, registry=self._registry)


class _Total(Collector):
    """A counter whose value is looked up, which prometheus-client's own counters cannot be."""

    def __init__(self, name: str, description: str, value: Callable[[], float]) -> None:
        self._name, self._description, self._value = name, description, value

    def collect(self) -> Iterator[CounterMetricFamily]:
        yield CounterMetricFamily(self._name, self._description, self._value())
