"""Fill a data folder with calls: `python benchmarks/page_material.py FOLDER CALLS LINES`.

It keeps to what all revisions of the store have, because it also runs with the code of an earlier one.
"""

import random
import sys
from pathlib import Path

from local_stt.events import CallEnded, CallStarted, EndReason, FinalText, TrackSummary, Word
from local_stt.store import Store, open_store

TALK = """
    hello this is about the appointment on tuesday could you please call me back before noon thank you the
    invoice has a wrong address we will send another one the delivery came too late but it is fine now
"""
WORDS = TALK.split()

LONG_CALL = "CAlong"
LONG_NUMBER = "+4930555000"
NEWEST = 1_764_000_000_000  # milliseconds since 1970
APART = 11 * 60 * 1000  # milliseconds between two calls


def final(call_id: str, number: int, chance: random.Random) -> FinalText:
    """Make an utterance of ten words, the speakers in turns, six seconds after the one before."""
    start = 1.0 + 6 * number
    said = [chance.choice(WORDS) for _ in range(10)]
    words = tuple(Word(word, start + 0.5 * at, start + 0.5 * at + 0.4, 0.9) for at, word in enumerate(said))
    track = ("inbound", "outbound")[number % 2]
    return FinalText(call_id, track, " ".join(said), words[0].start, words[-1].end, words)


def keep(store: Store, call_id: str, caller: str, at: int, lines: int) -> None:
    """Keep a call that has ended, with a number of utterances."""
    chance = random.Random(call_id)  # noqa: S311
    store.start_call(
        CallStarted(call_id, ("inbound", "outbound"), caller, "+12025550100"),
        at=at,
        server="s1",
        model="demo-en",
    )
    for number in range(lines):
        store.add_event(final(call_id, number, chance), at=at)
    summary = TrackSummary("inbound", 6.0 * lines, lines, 2, 1, 0.04)
    store.end_call(CallEnded(call_id, EndReason.HUNG_UP, 6.0 * lines, (summary,)), at=at + 6000 * lines)


def fill(folder: Path, calls: int, lines: int) -> None:
    """Keep calls of one utterance each, and a newer one of many."""
    store = open_store(folder)
    for number in range(calls):
        keep(store, f"CA{number:05}", f"+1202555{number:05}", NEWEST - APART * (calls - number), 1)
    if lines:
        keep(store, LONG_CALL, LONG_NUMBER, NEWEST, lines)
    store.close()


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
