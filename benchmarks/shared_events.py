"""Measure what it costs to share live events with other hosts through Redis.

    python -m benchmarks.shared_events [--events 20000] [--rate 500] redis://127.0.0.1:6379/9

One process publishes and another one follows, as two hosts do; the Redis must be empty.  First events are
published as fast as possible, and then at the rate of many calls.  An event is a partial text, or each fifth
one a turn with twenty words.  Prints a table for Markdown.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from local_stt.cluster import Client, connect
from local_stt.cluster.link import Link
from local_stt.cluster.shared_events import SharedEvents
from local_stt.events import Event, PartialText, Turn, Word
from local_stt.web.event_log import EventLog, Position

from .measures import percentile

TIMEOUT = 300.0


def events(count: int) -> Iterator[Event]:
    """Yield events that say when they were made."""
    words = tuple(Word("international", 0.5 * at, 0.5 * at + 0.4, 0.95) for at in range(20))
    said = " ".join(word.text for word in words)
    for number in range(count):
        now = repr(time.monotonic())
        if number % 5:
            yield PartialText("CA1", now, said[:80], 1.0)
        else:
            yield Turn("CA1", now, number, True, False, 0.9, said, said, 0.0, 10.0, words, ())


class Host:
    """A host that does nothing but share events."""

    def __init__(self, url: str) -> None:
        self.log = EventLog()
        self._client = connect(url)
        self.shared = SharedEvents(self._client, Link(), self.log, lambda _: False, lambda: None)

    def __enter__(self) -> "Host":
        self.shared.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shared.close()
        self._client.close()

    def follow(self, after: Position, count: int) -> list[float]:
        """Wait for events; return how many milliseconds after it was made each came."""
        latencies: list[float] = []
        deadline = time.monotonic() + TIMEOUT
        while len(latencies) < count and time.monotonic() < deadline:
            self.log.wait_for_more(after, 1.0)
            now = time.monotonic()
            for entry in self.log.after(after, count) or ():
                latencies.append(1000 * (now - float(json.loads(entry.json)["track"])))
                after = Position(after.epoch, entry.number)
        return latencies


def follow(url: str, count: int) -> None:
    """Follow events in this process, and print what was measured as JSON."""
    with Host(url) as host:
        newest = host.log.newest
        print("ready", flush=True)
        began = time.process_time()
        latencies = host.follow(newest, count)
        print(json.dumps({"latencies": latencies, "cpu": time.process_time() - began}))


def publish(url: str, client: Client, count: int, rate: float) -> dict[str, float]:
    """Publish events while another process follows them; return what was measured."""
    command = [sys.executable, "-m", "benchmarks.shared_events", "--follow", str(count), url]
    with Host(url) as host, subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        other.stdout.readline()
        redis_cpu, cpu, began = _redis_cpu(client), time.process_time(), time.monotonic()
        publishing = 0.0
        for number, event in enumerate(events(count)):
            before = time.perf_counter()
            host.shared(event)
            publishing = max(publishing, time.perf_counter() - before)
            if rate and number % 10 == 0:
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
        found = json.loads(other.stdout.readline())
        took = time.monotonic() - began
        latencies = found["latencies"]
        if len(latencies) < count:
            raise SystemExit(f"Only {len(latencies)} of {count} events came.")
        microseconds = 1e6 / count
        return {
            "events a second": count / took,
            "publishing host, µs of CPU an event": (time.process_time() - cpu) * microseconds,
            "following host, µs of CPU an event": found["cpu"] * microseconds,
            "Redis, µs of CPU an event": (_redis_cpu(client) - redis_cpu) * microseconds,
            "latency, median, ms": percentile(latencies, 0.5),
            "latency, 95 %, ms": percentile(latencies, 0.95),
            "latency, 99 %, ms": percentile(latencies, 0.99),
            "longest time that a call's thread was held, ms": 1000 * publishing,
        }


def alone(count: int) -> float:
    """Return the microseconds of CPU that an event costs a host that is alone."""
    log = EventLog()
    began = time.process_time()
    for event in events(count):
        log(event)
    return (time.process_time() - began) * 1e6 / count


def _redis_cpu(client: Client) -> float:
    info: Any = client.info("cpu")
    return float(info["used_cpu_user"] + info["used_cpu_sys"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=500.0)
    parser.add_argument("--follow", type=int, help=argparse.SUPPRESS)
    parser.add_argument("url")
    arguments = parser.parse_args()
    if arguments.follow:
        follow(arguments.url, arguments.follow)
        return
    with connect(arguments.url) as client:
        if client.dbsize():
            sys.exit("This Redis is not empty: name one that is, as its data would be in the way.")
        fast = publish(arguments.url, client, arguments.events, 0.0)
        paced = publish(arguments.url, client, arguments.events, arguments.rate)
        client.flushdb()
    print(f"| | as fast as possible | {arguments.rate:g} events a second |")
    print("|---|---|---|")
    for name in fast:
        print(f"| {name} | {fast[name]:,.1f} | {paced[name]:,.1f} |")
    print(f"\nA host that is alone: {alone(arguments.events):.1f} µs of CPU an event.")


if __name__ == "__main__":
    main()
