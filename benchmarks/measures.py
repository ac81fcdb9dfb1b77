"""From what a server said, and when, to figures.  Nothing here touches a process or a clock."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_stt.core.wer import word_errors

MS = 1000


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event and when its line was read, in seconds of the monotonic clock."""

    at: float
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Of latencies, in milliseconds."""

    p50: float
    p95: float
    p99: float


@dataclass(slots=True)
class Latencies:
    """In milliseconds, unsorted."""

    shown: list[float] = field(default_factory=list)
    """For each word of a final: from its end to the first event that shows it, partial or final"""
    final: list[float] = field(default_factory=list)
    """For each final: from the end of its last word, which is what a speaker waits"""
    confirmed: list[float] = field(default_factory=list)
    """For each word of a final: from its end to the final; mostly how long people speak"""
    lag: list[float] = field(default_factory=list)
    """For each partial: from the end of the audio it has listened to, to its arrival.  It has
    nothing in it of the model's own delay, so it is near 0 where the server keeps up"""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of them lie, between neighbours in proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def percentiles(values: Sequence[float]) -> Percentiles | None:
    """None where there is nothing to measure."""
    if not values:
        return None
    return Percentiles(*(round(percentile(values, share)) for share in (0.50, 0.95, 0.99)))


def latencies(arrivals: Iterable[Arrival], began: Mapping[str, float]) -> Latencies:
    """Match every confirmed word with the events that showed it.

    `began` says when each call's clock was at 0, in seconds of the monotonic clock: a word that
    ends at second e of call c was spoken out at `began[c] + e`.
    """
    found = Latencies()
    partials: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        event = arrival.event
        if event["type"] == "partial":
            partials[event["call_id"], event["track"]].append(arrival)
            found.lag.append(MS * (arrival.at - began[event["call_id"]] - event["at"]))
        elif event["type"] == "final":
            shown_by = partials.pop((event["call_id"], event["track"]), [])
            _match(arrival, shown_by, began[event["call_id"]], found)
    return found


def _match(final: Arrival, partials: Sequence[Arrival], began: float, found: Latencies) -> None:
    """The words of a final with the partials since the final before it."""
    first = _first_shown(partials)
    spoken: Counter[str] = Counter()
    for word in final.event["words"]:
        spoken[word["text"]] += 1
        ended = began + word["end"]
        shown = first.get((word["text"], spoken[word["text"]]), final.at)
        found.shown.append(MS * (shown - ended))
        found.confirmed.append(MS * (final.at - ended))
    found.final.append(MS * (final.at - began - final.event["end"]))


def _first_shown(partials: Sequence[Arrival]) -> dict[tuple[str, int], float]:
    """When a word was first shown for the first, second, … time in the same utterance."""
    first: dict[tuple[str, int], float] = {}
    for partial in partials:
        spoken: Counter[str] = Counter()
        for word in partial.event["text"].split():
            spoken[word] += 1
            first.setdefault((word, spoken[word]), partial.at)
    return first


def error_rate(said: Mapping[tuple[str, str], Sequence[str]], arrivals: Iterable[Arrival]) -> float:
    """Wrong words per word said, over all tracks; `said` is by call and track."""
    heard: dict[tuple[str, str], list[str]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.event["type"] == "final":
            heard[arrival.event["call_id"], arrival.event["track"]] += arrival.event["text"].split()
    wrong = sum(word_errors(words, heard[key]) for key, words in said.items())
    return wrong / max(1, sum(map(len, said.values())))


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Of the straight line that fits best; None for fewer than two different x."""
    middle_x = sum(x for x, _ in points) / max(1, len(points))
    middle_y = sum(y for _, y in points) / max(1, len(points))
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    if not spread:
        return None
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread


def next_try(carried: int, too_many: int | None) -> int | None:
    """How many calls to try when so many were carried and so many were not; None when that is known
    to 6 %."""
    if too_many is None:
        return math.ceil(1.25 * carried)
    if too_many - carried <= max(1, 0.06 * too_many):
        return None
    return (carried + too_many) // 2
