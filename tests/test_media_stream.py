"""Reading Twilio's messages."""

import contextlib
import json

import messages
import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_stt.errors import BadMessage
from local_stt.media_stream import Media, Other, Start, Stop, parse


def test_a_start_says_whose_call_it_is():
    assert parse(messages.start("CA9", caller="+15551234567")) == Start(
        "CA9", ("inbound", "outbound"), {"caller": "+15551234567"}
    )


def test_a_media_message_carries_audio_and_its_place_in_the_call():
    assert parse(messages.media(b"\x01\x02", track="outbound", chunk=7, at_ms=142)) == Media(
        "outbound", 142, 7, b"\x01\x02"
    )


def test_numbers_may_be_strings_or_numbers_and_chunk_may_be_absent():
    text = '{"event":"media","media":{"track":"inbound_track","timestamp":20,"payload":"/w=="}}'
    assert parse(text) == Media("inbound", 20, None, b"\xff")


def test_a_stop_is_a_stop():
    assert parse(messages.STOP) == Stop()


@pytest.mark.parametrize("event", ["connected", "mark", "dtmf", "something-new"])
def test_messages_with_nothing_to_transcribe_are_let_pass(event):
    assert parse(json.dumps({"event": event, event: {"digit": "5"}})) == Other(event)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '{"event": 5}',
        '{"event": null}',
        "{}",
        '{"event":"media"}',
        '{"event":"media","media":null}',
        '{"event":"start","start":{}}',
        '{"event":"start","start":{"callSid":"../../etc/passwd"}}',
        '{"event":"start","start":{"callSid":"CA1","tracks":"inbound"}}',
        '{"event":"start","start":{"callSid":"CA1","customParameters":[1]}}',
        '{"event":"start","start":{"callSid":"CA1","mediaFormat":{"encoding":"audio/l16"}}}',
        '{"event":"start","start":{"callSid":"CA1","mediaFormat":{"sampleRate":16000}}}',
        '{"event":"media","media":{"track":"sideways","timestamp":"0","payload":""}}',
        '{"event":"media","media":{"track":"inbound","timestamp":"0","payload":"***"}}',
        '{"event":"media","media":{"track":"inbound","timestamp":"0","payload":"é"}}',
        '{"event":"media","media":{"track":"inbound","timestamp":"0","payload":5}}',
        '{"event":"media","media":{"track":"inbound","timestamp":"-20","payload":""}}',
        '{"event":"media","media":{"track":"inbound","timestamp":"soon","payload":""}}',
        '{"event":"media","media":{"track":"inbound","timestamp":"٣","payload":""}}',
        '{"event":"media","media":{"track":"inbound","timestamp":true,"payload":""}}',
        '{"event":"media","media":{"track":"inbound","timestamp":1e300,"payload":""}}',
        '{"event":"media","media":{"track":"inbound","timestamp":"99999999999","payload":""}}',
        '{"event":"media","media":{"track":"inbound","timestamp":"0","chunk":"x","payload":""}}',
        "[" * 50_000,
        '{"event":' + "9" * 10_000 + "}",
        b"\xff\xfe\xfa",
    ],
)
def test_rubbish_is_a_bad_message(text):
    with pytest.raises(BadMessage):
        parse(text)


@given(st.text() | st.binary())
def test_nothing_but_a_bad_message_comes_of_noise(text):
    with contextlib.suppress(BadMessage):
        parse(text)


def test_a_bad_message_is_told_in_bounded_length():
    with pytest.raises(BadMessage) as caught:
        parse(json.dumps({"event": "start", "start": {"callSid": "x" * 10_000}}))
    assert len(str(caught.value)) < 400


def test_parameters_are_one_line_of_printable_text():
    """They come from a stranger's caller ID and end up on a terminal."""
    parsed = parse(messages.start(caller="\x1b[2J\n\u202eAnna\ud800 \u00e9" + "x" * 900))
    assert parsed.parameters["caller"].startswith("[2JAnna é")
    assert len(parsed.parameters["caller"]) <= 500
