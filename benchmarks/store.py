"""Measure how long lists and searches take in a store of a hundred thousand utterances.

    python -m benchmarks.store [DATABASE_URL]

Without a URL it uses SQLite in a temporary folder.  An empty database is filled; nothing is deleted.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from local_stt.events import CallEnded, CallStarted, EndReason, FinalText, Word
from local_stt.store import CallFilter, Store, open_store

from .script import TURNS, words

CALLS = 2500
UTTERANCES = 40
"""Utterances of each call"""

TIMES = 101
"""Number of times that each query is measured"""


def fill(store: Store) -> None:
    """Fill a store with calls of the script's sentences, repeated, as real calls would be kept."""
    for call in range(CALLS):
        call_id = f"CA{call:032x}"
        began = 1_700_000_000_000 + call * 60_000
        started = CallStarted(call_id, ("inbound", "outbound"), f"+1555{call % 700:07}", "+15550000000")
        store.start_call(started, at=began, server="benchmark", model="none")
        for number in range(UTTERANCES):
            track, sentence = TURNS[(7 * call + number) % len(TURNS)]
            spoken = tuple(Word(word, number, number + 0.5, 0.9) for word in words(sentence))
            final = FinalText(call_id, track, " ".join(words(sentence)), number, number + 1, spoken)
            store.add_event(final, at=began + (number + 1) * 1000)
        store.end_call(CallEnded(call_id, EndReason.HUNG_UP, UTTERANCES), at=began + UTTERANCES * 1000)
        print(f"{call + 1} of {CALLS} calls", end="\r", file=sys.stderr, flush=True)


def milliseconds(ask: Callable[[], object]) -> list[float]:
    """Measure a query `TIMES` times; return the milliseconds of each."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        took.append(1000 * (time.perf_counter() - began))
    return took


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder), *sys.argv[1:])
        fill(store)
        middle = f"CA{CALLS // 2:032x}"
        page_before = (store.call(middle).started_at, 0)
        questions: dict[str, Callable[[], object]] = {
            "the newest 50 calls": store.page,
            "50 calls from the middle": lambda: store.page(before=page_before),
            "the calls of one number": lambda: store.page(CallFilter(number="+15550000005")),
            "one call's utterances": lambda: store.utterances(middle),
            "a common word": lambda: store.search("the"),
            "two words": lambda: store.search("meeting tuesday"),
            "a phrase": lambda: store.search('"twenty fifth of april"'),
            "the beginning of a word": lambda: store.search("meet*"),
            "a word that nobody said": lambda: store.search("xylophone"),
        }
        print("| question | median ms | 95 % ms |")
        print("|---|---|---|")
        for name, ask in questions.items():
            took = sorted(milliseconds(ask))
            print(f"| {name} | {statistics.median(took):.1f} | {took[int(0.95 * len(took))]:.1f} |")
        store.close()


if __name__ == "__main__":
    main()
