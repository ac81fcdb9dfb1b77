"""What is kept of a call is read from its events, also from their form on the wire."""

import json

import pytest

from local_stt.core.call_record import transcript_event
from local_stt.events import (
    AudioSetAside,
    CallEnded,
    DigitPressed,
    EndReason,
    FinalText,
    Gap,
    Redaction,
    Word,
    to_dict,
)

WORDS = (Word("my", 1.0, 1.2, 0.9), Word("#", 1.2, 2.0, 0.8))


@pytest.mark.parametrize(
    "event",
    [
        FinalText("CA1", "inbound", "my number", 1.0, 2.0, WORDS, (Redaction("p", 1.2, 2.0),)),
        Gap("CA1", 1.0, 2.0),
        DigitPressed("CA1", "inbound", "5", 1.0),
        AudioSetAside("CA1", "outbound", 1.0, 2.0),
    ],
)
def test_a_line_is_read_from_its_form_on_the_wire(event):
    assert transcript_event(json.loads(json.dumps(to_dict(event)))) == event


def test_what_makes_no_line_is_not_read():
    assert transcript_event(to_dict(CallEnded("CA1", EndReason.HUNG_UP, 1.0))) is None
