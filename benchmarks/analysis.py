"""Measure how long the analysis of a call of half an hour takes.

python -m benchmarks.analysis
"""

import time
from collections.abc import Callable
from itertools import cycle

from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.analysis.entities import entities
from local_stt.core.analysis.phrases import key_phrases
from local_stt.core.analysis.sentences import sentences
from local_stt.core.analysis.statistics import statistics
from local_stt.core.analysis.summary import key_sentences
from local_stt.core.call_record import Utterance
from local_stt.core.formatting import language_of
from local_stt.core.readable import formatted
from local_stt.events import Word
from local_stt.formatters import Formatters

from .script import TURNS, words

LANGUAGE = "en-US"
SECONDS = 1800.0
WORD_SECONDS = 0.35
PAUSE = 0.7
REPEATS = 9


def call() -> list[Utterance]:
    """Return what is said on a call of half an hour, formatted."""
    said: list[Utterance] = []
    at = 0.0
    for track, sentence in cycle(TURNS):
        spoken = tuple(
            Word(word, at + WORD_SECONDS * place, at + WORD_SECONDS * (place + 1), 0.9)
            for place, word in enumerate(words(sentence))
        )
        said.append(Utterance(track, at, spoken[-1].end, " ".join(words(sentence)), 0.9, spoken))
        at = spoken[-1].end + PAUSE
        if at > SECONDS:
            break
    return formatted(said, Formatters(FormattingSettings(), CallSettings()).of_turns(LANGUAGE))


def milliseconds(work: Callable[[], object]) -> float:
    """Return the least processor time of some repetitions; the rest is the machine's."""
    times = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return 1000 * min(times)


def main() -> None:
    said, language = call(), language_of(LANGUAGE)
    cut = sentences(said)
    ways: dict[str, Callable[[], object]] = {
        "sentences": lambda: sentences(said),
        "key phrases": lambda: key_phrases(cut, language),
        "key sentences": lambda: key_sentences(cut, language),
        "statistics": lambda: statistics((), said),
        "entities": lambda: entities(said, language),
    }
    print(f"{len(said)} utterances, {sum(len(each.words) for each in said)} words, {len(cut)} sentences")
    print("| | CPU ms |")
    print("|---|---|")
    for name, work in ways.items():
        print(f"| {name} | {milliseconds(work):.1f} |")


if __name__ == "__main__":
    main()
