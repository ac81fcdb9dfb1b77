"""The wire form."""

import io
import json

import pytest
from rich.console import Console

from helpers.metrics import figures
from local_stt.console.terminal import JsonView, LiveView, PlainView
from local_stt.events import (
    NAMES,
    Alert,
    CallDeleted,
    CallEnded,
    CallStarted,
    EndReason,
    FinalText,
    PartialText,
    Redaction,
    TrackSummary,
    Word,
    to_dict,
)
from local_stt.metrics import Metrics


def test_every_event_has_one_wire_form():
    ended = CallEnded("CA1", EndReason.HUNG_UP, 2.5, (TrackSummary("inbound", 2.5, 125, 1, 0, 0.02),))
    events = [
        CallStarted("CA1", ("inbound",), "+1555", "+1666"),
        PartialText("CA1", "inbound", "hel", 0.2),
        FinalText(
            "CA1",
            "inbound",
            "hello",
            0.1,
            0.4,
            (Word("hello", 0.1, 0.4, 0.93),),
            (Redaction("person_name", 0.2, 0.4),),
        ),
        Alert("CA1", "inbound", "leaving", "cancel*", 0.1, 0.4),
        ended,
    ]
    assert [json.loads(json.dumps(to_dict(event))) for event in events] == [
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
            "redactions": [{"policy": "person_name", "start": 0.2, "end": 0.4}],
        },
        {
            "type": "alert",
            "call_id": "CA1",
            "track": "inbound",
            "topic": "leaving",
            "phrase": "cancel*",
            "start": 0.1,
            "end": 0.4,
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


@pytest.mark.parametrize("view", [JsonView, PlainView, lambda output: LiveView(Console(file=output))])
def test_a_deletion_is_shown_by_no_view(view):
    output = io.StringIO()
    view(output)(CallDeleted("CA1"))
    assert output.getvalue() == ""


def test_a_deletion_has_no_wire_form_and_is_not_counted():
    metrics = Metrics()
    before = figures(metrics)
    metrics(CallDeleted("CA1"))
    assert figures(metrics) == before
    assert CallDeleted not in NAMES
