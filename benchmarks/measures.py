"""Compute figures from a server's events and their times.  Nothing here touches a process or a clock."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local_stt.core.wer import word_errors

MS = 1000


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event, and the time when its line was read, in seconds of the monotonic clock."""

    at: float
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The percentiles of latencies, in milliseconds."""

    p50: float
    p95: float
    p99: float


@dataclass(slots=True)
class Latencies:
    """Latencies in milliseconds, unsorted."""

    shown: list[float] = field(default_factory=list)
    """Times from the end of each word of a final to the first event that shows it, partial or final"""
    final: list[float] = field(default_factory=list)
    """Times from the end of each final's last word to the final, which is how long a speaker waits"""
    confirmed: list[float] = field(default_factory=list)
    """Times from the end of each word of a final to the final, which are mostly how long people speak"""
    lag: list[float] = field(default_factory=list)
    """Times from the end of the audio that was decoded for each partial to its arrival.  The model's own
    delay is not part of them, so they are near 0 if the server keeps up"""


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie; interpolate between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def percentiles(values: Sequence[float]) -> Percentiles | None:
    """Return the percentiles of values; None if there are no values."""
    if not values:
        return None
    return Percentiles(*(round(percentile(values, share)) for share in (0.50, 0.95, 0.99)))


def latencies(arrivals: Iterable[Arrival], began: Mapping[str, float]) -> Latencies:
    """Match every confirmed word with the events that showed it.

    `began` has the time when each call's clock was at 0, in seconds of the monotonic clock: a word that ends
    at second e of call c was spoken at `began[c] + e`.
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
    """Match the words of a final with the partials since the final before it."""
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
    """Return when each word was first shown, by the word and its count in the utterance (1, 2, …)."""
    first: dict[tuple[str, int], float] = {}
    for partial in partials:
        spoken: Counter[str] = Counter()
        for word in partial.event["text"].split():
            spoken[word] += 1
            first.setdefault((word, spoken[word]), partial.at)
    return first


def error_rate(said: Mapping[tuple[str, str], Sequence[str]], arrivals: Iterable[Arrival]) -> float:
    """Return the wrong words for each word said, over all tracks; `said` is by call and track."""
    heard: dict[tuple[str, str], list[str]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.event["type"] == "final":
            heard[arrival.event["call_id"], arrival.event["track"]] += arrival.event["text"].split()
    wrong = sum(word_errors(words, heard[key]) for key, words in said.items())
    return wrong / max(1, sum(map(len, said.values())))


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Return the slope of the straight line that fits best; None for fewer than two different x."""
    middle_x = sum(x for x, _ in points) / max(1, len(points))
    middle_y = sum(y for _, y in points) / max(1, len(points))
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    if not spread:
        return None
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread


def next_try(carried: int, too_many: int | None) -> int | None:
    """Return the number of calls to try next; None if the capacity is known to 6 %.

    `carried` calls were carried, `too_many` calls were not; None if no number was too large yet.
    """
    if too_many is None:
        return math.ceil(1.25 * carried)
    if too_many - carried <= max(1, 0.06 * too_many):
        return None
    return (carried + too_many) // 2
