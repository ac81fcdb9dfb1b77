"""Measure the time that writing takes."""

import time
from collections.abc import Callable, Sequence

from local_stt.config.wording import spellings
from local_stt.core.formatting import LANGUAGES, Language, write
from local_stt.core.formatting.custom_spelling import Spellings
from local_stt.core.readable import Formatter
from local_stt.events import Word

from .cases import Case, spoken_words

LONG = (100, 200, 400, 800)
"""Words of long turns"""
REPEATS = 5
SPELLINGS = Spellings(spellings("s t t = STT; acme, ack me = ACME; four one five = 415"))


def print_speed(cases: Sequence[Case]) -> None:
    """Print milliseconds of processor time of these utterances, and of long turns made of them."""
    for language in sorted({case.language for case in cases}):
        utterances = [case.spoken for case in cases if case.language == language]
        print(f"{language}:")
        _print_speed_of(utterances, LANGUAGES[language])


def _print_speed_of(utterances: Sequence[str], language: Language) -> None:
    def plain(words: list[Word]) -> object:
        return write(words, language)

    said = [spoken_words(text) for text in utterances]
    print_times("an utterance", [milliseconds(plain, words) for words in said])
    formatter = Formatter(language, masks_profanity=True, spellings=SPELLINGS)
    print_times(
        "its fillers, profanities and spellings",
        [
            milliseconds(lambda words: formatter.tokens(words, ends=True), words) - milliseconds(plain, words)
            for words in said
        ],
    )
    words = " ".join(utterances).split()
    for length in LONG:
        print(f"{length} words: {milliseconds(plain, spoken_words(' '.join(words[:length]))):.2f} ms")


def print_times(name: str, times: Sequence[float]) -> None:
    """Print the mean, the 99th percentile and the longest of times in milliseconds."""
    ordered = sorted(times)
    mean, most = sum(ordered) / len(ordered), ordered[int(len(ordered) * 0.99)]
    print(f"{name}: mean {mean:.3f} ms, 99 % {most:.3f}, longest {ordered[-1]:.3f}")


def milliseconds(function: Callable[[list[Word]], object], words: list[Word]) -> float:
    """Return the least processor time of some calls; the rest is the machine's."""
    return min(_once(function, words) for _ in range(REPEATS)) / 1e6


def _once(function: Callable[[list[Word]], object], words: list[Word]) -> int:
    began = time.process_time_ns()
    function(words)
    return time.process_time_ns() - began
