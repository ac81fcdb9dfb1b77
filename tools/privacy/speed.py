"""Measure the time that a final takes."""

import time
from collections.abc import Sequence

from local_stt.core.privacy import NameFinder, find, held_from
from local_stt.events import Word

from .cases import ENGLISH, EVERY, Case, spoken

LONG = (100, 200, 400)
"""Words of long turns"""
REPEATS = 5


def print_speed(cases: Sequence[Case], names: NameFinder | None = None) -> None:
    """Print milliseconds of processor time of finals, and of long turns made of them."""
    times = sorted(_milliseconds(spoken(case.words), case.before, names) for case in cases)
    print(
        f"a final: mean {sum(times) / len(times):.2f} ms, 99 % {times[int(len(times) * 0.99)]:.2f}, "
        f"longest {times[-1]:.2f}"
    )
    words = [word for case in cases for word in case.words]
    for length in LONG:
        print(f"{length} words: {_milliseconds(spoken(words[:length]), (), names):.1f} ms")


def _milliseconds(words: Sequence[Word], before: Sequence[str], names: NameFinder | None) -> float:
    """Return the least of some measurements; the others are the machine's."""
    return min(_once(words, before, names) for _ in range(REPEATS)) / 1e6


def _once(words: Sequence[Word], before: Sequence[str], names: NameFinder | None) -> int:
    began = time.process_time_ns()
    find(words, EVERY, ENGLISH, before, names=names)
    held_from(words, EVERY, ENGLISH, before)
    return time.process_time_ns() - began
