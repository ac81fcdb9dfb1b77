"""Measure the time that writing takes."""

import time
from collections.abc import Sequence

from local_stt.core.formatting import LANGUAGES, Language, write
from local_stt.events import Word

from .cases import Case, spoken_words

LONG = (100, 200, 400, 800)
"""Words of long turns"""
REPEATS = 5


def print_speed(cases: Sequence[Case]) -> None:
    """Print milliseconds of processor time of these utterances, and of long turns made of them."""
    for language in sorted({case.language for case in cases}):
        utterances = [case.spoken for case in cases if case.language == language]
        print(f"{language}:")
        _print_speed_of(utterances, LANGUAGES[language])


def _print_speed_of(utterances: Sequence[str], language: Language) -> None:
    times = sorted(_milliseconds(spoken_words(text), language) for text in utterances)
    mean = sum(times) / len(times)
    print(
        f"an utterance: mean {mean:.3f} ms, 99 % {times[int(len(times) * 0.99)]:.3f}, longest {times[-1]:.3f}"
    )
    words = " ".join(utterances).split()
    for length in LONG:
        print(f"{length} words: {_milliseconds(spoken_words(' '.join(words[:length])), language):.2f} ms")


def _milliseconds(words: list[Word], language: Language) -> float:
    """Return the least of some measurements; the others are the machine's."""
    return min(_once(words, language) for _ in range(REPEATS)) / 1e6


def _once(words: list[Word], language: Language) -> int:
    began = time.process_time_ns()
    write(words, language)
    return time.process_time_ns() - began
