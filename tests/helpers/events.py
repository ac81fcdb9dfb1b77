"""Events and calls for tests, and their way into a store."""

from local_stt.core.call_record import RECORDING, CallRecord, CallState
from local_stt.events import (
    CallEnded,
    CallStarted,
    EndReason,
    FinalText,
    TrackSummary,
    Word,
)
from local_stt.store import EventWriter

SUMMARY = TrackSummary("inbound", 9.5, 475, 2, 1, 0.04)


def writer(store, **options):
    """Make a writer of events to a store, and start it."""
    made = EventWriter(store, server="s1", model_of=lambda _: "demo-en", **options)
    made.start()
    return made


def started(call_id="CA1", caller="+15550001", callee="+15550002"):
    """Make the start of a call."""
    return CallStarted(call_id, ("inbound", "outbound"), caller, callee)


def final(text, *, call_id="CA1", track="inbound", start=1.0):
    """Make a final text whose words follow each other every half second."""
    words = tuple(
        Word(word, start + 0.5 * number, start + 0.5 * number + 0.4, 0.9)
        for number, word in enumerate(text.split())
    )
    return FinalText(call_id, track, text, words[0].start, words[-1].end, words)


def spoken(*said, start=1.0, confidence=0.95):
    """Return words that follow each other every second."""
    return tuple(Word(word, start + at, start + at + 0.5, confidence) for at, word in enumerate(said))


def save_call(store, call_id="CA1", *said, at=1000, reason=EndReason.HUNG_UP, **numbers):
    """Put a call that has ended into a store, with what was said."""
    store.start_call(started(call_id, **numbers), at=at, server="s1", model="demo-en")
    for number, text in enumerate(said):
        store.add_event(final(text, call_id=call_id, start=1.0 + 10 * number), at=at)
    store.end_call(CallEnded(call_id, reason, 9.5, (SUMMARY,)), at=at + 9500)


def recording(call_id="file-1", caller="talk.wav"):
    """Make the record of a file that was transcribed."""
    return CallRecord(
        call_id=call_id,
        state=CallState.ENDED,
        direction=RECORDING,
        caller=caller,
        callee="",
        started_at=1000,
        ended_at=1000,
        seconds=9.5,
        reason=RECORDING,
        model="demo-en",
        tracks=("speaker",),
    )
