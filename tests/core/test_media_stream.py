"""Reading Twilio's messages."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import messages
from local_stt.core.media_stream import Digit, Media, Other, Start, Stop, parse
from local_stt.errors import BadDigit, BadMessage


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


def test_a_key_of_the_telephone():
    assert parse(messages.dtmf("*")) == Digit("inbound", "*")
    for nonsense in ("", "12", "x"):
        with pytest.raises(BadMessage):
            parse(messages.dtmf(nonsense))


def test_the_parameters_tell_where_in_the_call_a_stream_begins():
    began = parse(messages.start(direction="outbound", began_ms="90000", heard_ms="85500"))
    assert (began.direction, began.began_ms, began.heard_ms) == ("outbound", 90_000, 85_500)
    plain = parse(messages.start())
    assert (plain.direction, plain.began_ms) == ("inbound", 0)
    for nonsense in ("-1", "soon", str(10**9)):
        with pytest.raises(BadMessage):
            parse(messages.start(began_ms=nonsense))


def test_a_ticket_is_none_of_the_parameters_and_is_not_shown():
    start = parse(messages.start(caller="+1", ticket="sesame"))
    assert (start.ticket, start.parameters) == ("sesame", {"caller": "+1"})
    assert "sesame" not in repr(start)


@pytest.mark.parametrize("call_id", ["RE" + "0a" * 16, "re" + "0A" * 16, "file-" + "0a" * 16])
def test_the_id_of_a_recording_or_a_file_is_no_calls(call_id):
    """They are kept beside calls."""
    with pytest.raises(BadMessage, match="the id of a recording or a file"):
        parse(messages.start(call_id))


@pytest.mark.parametrize("event", ["connected", "mark", "something-new"])
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
        '{"event":"start","start":{"callSid":"CA1","mediaFormat":{"sampleRate":1e999}}}',
        '{"event":"start","start":{"callSid":"CA1","mediaFormat":{"channels":-Infinity}}}',
        '{"event":"start","start":{"callSid":"CA1","mediaFormat":{"sampleRate":NaN}}}',
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


NAMES = ["event", "start", "media", "stop", "callSid", "tracks", "mediaFormat", "encoding", "sampleRate"]
NAMES += ["channels", "customParameters", "caller", "track", "timestamp", "chunk", "payload", "streamSid"]
ODD = [
    *NAMES,
    "connected",
    "inbound",
    "both_tracks",
    "audio/x-mulaw",
    "/w==",
    "0",
    "-1",
    "CA1",
    "\ud800",
    "²",
]
ODD += [0, 1, -1, 8000, 10**400, 1e308, float("inf"), float("-inf"), float("nan"), None, True, "", [], {}]


def trees(values):
    return st.lists(values, max_size=3) | st.dictionaries(st.sampled_from(NAMES), values, max_size=6)


ODDITIES = st.recursive(st.sampled_from(ODD) | st.integers() | st.floats() | st.text(), trees, max_leaves=12)


def spoilt(draw, message):
    """Return a real message in which some values, at any depth, are odd or missing."""
    if not isinstance(message, dict):
        return draw(ODDITIES) if draw(st.integers(0, 5)) == 0 else message
    kept = [key for key in message if draw(st.integers(0, 11))]
    return {
        key: draw(ODDITIES) if draw(st.integers(0, 7)) == 0 else spoilt(draw, message[key]) for key in kept
    }


@given(ODDITIES)
def test_nothing_but_a_bad_message_comes_of_any_json(tree):
    with contextlib.suppress(BadMessage):
        parse(json.dumps(tree))


@given(st.data(), st.sampled_from([messages.start(caller="+1"), messages.media(), messages.STOP]))
def test_nothing_but_a_bad_message_comes_of_a_real_message_spoilt(data, message):
    with contextlib.suppress(BadMessage):
        parse(json.dumps(spoilt(data.draw, json.loads(message))))


def test_a_bad_message_is_told_in_bounded_length():
    with pytest.raises(BadMessage) as caught:
        parse(json.dumps({"event": "start", "start": {"callSid": "x" * 10_000}}))
    assert len(str(caught.value)) < 400


def test_parameters_are_one_line_of_printable_text():
    """They come from a stranger's caller ID and end up on a terminal."""
    parsed = parse(messages.start(caller="\x1b[2J\n\u202eAnna\ud800 \u00e9" + "x" * 900))
    assert parsed.parameters["caller"].startswith("[2JAnna é")
    assert len(parsed.parameters["caller"]) <= 500


@pytest.mark.parametrize(
    "text",
    [
        messages.dtmf("12"),
        messages.dtmf("1", track="sideways"),
        '{"event":"dtmf"}',
        '{"event":"dtmf","dtmf":null}',
        '{"event":"dtmf","dtmf":{"track":"inbound"}}',
    ],
)
def test_an_unreadable_key_is_told_apart(text):
    with pytest.raises(BadDigit, match="unreadable key"):
        parse(text)
