"""The events of a short call, for what shows them."""

from local_stt.events import (
    CallEnded,
    CallStarted,
    EndReason,
    FinalText,
    PartialText,
    Word,
)


def final(text, call_id="CA1", track="inbound", start=3.2, confidence=0.9):
    """Make a final text, all of its words at once."""
    words = tuple(Word(word, start, start + 0.3, confidence) for word in text.split())
    return FinalText(call_id, track, text, start, start + 0.3, words)


STARTED = CallStarted("CA1", ("inbound", "outbound"), "+15551234567", "+15557654321")
ENDED = CallEnded("CA1", EndReason.HUNG_UP, 65.0)
CALL = [
    STARTED,
    PartialText("CA1", "inbound", "hel", 3.0),
    final("hello there"),
    final("hi", track="outbound"),
    ENDED,
]
