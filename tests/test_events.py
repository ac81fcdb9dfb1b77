"""The wire form."""

import json

from local_stt.events import (
    CallEnded,
    CallStarted,
    EndReason,
    FinalText,
    PartialText,
    TrackSummary,
    Word,
    to_dict,
)


def test_every_event_has_one_wire_form():
    ended = CallEnded("CA1", EndReason.HUNG_UP, 2.5, (TrackSummary("inbound", 2.5, 125, 1, 0, 0.02),))
    told = [
        CallStarted("CA1", ("inbound",), "+1555", "+1666"),
        PartialText("CA1", "inbound", "hel", 0.2),
        FinalText("CA1", "inbound", "hello", 0.1, 0.4, (Word("hello", 0.1, 0.4, 0.93),)),
        ended,
    ]
    assert [json.loads(json.dumps(to_dict(event))) for event in told] == [
        {
            "type": "call-started",
            "call_id": "CA1",
            "tracks": ["inbound"],
            "caller": "+1555",
            "callee": "+1666",
            "direction": "inbound",
        },
        {"type": "partial", "call_id": "CA1", "track": "inbound", "text": "hel", "at": 0.2},
        {
            "type": "final",
            "call_id": "CA1",
            "track": "inbound",
            "text": "hello",
            "start": 0.1,
            "end": 0.4,
            "words": [{"text": "hello", "start": 0.1, "end": 0.4, "confidence": 0.93}],
        },
        {
            "type": "call-ended",
            "call_id": "CA1",
            "reason": "hung-up",
            "seconds": 2.5,
            "tracks": [
                {"track": "inbound", "seconds": 2.5, "packets": 125, "lost": 1, "repeated": 0, "filled": 0.02}
            ],
        },
    ]
