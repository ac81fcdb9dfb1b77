"""Deepgram's streaming protocol, without a connection."""

import json

import pytest

from helpers.spoken import spoken_final
from local_stt.api.compat.deepgram.session import FINALIZE_SECONDS, DeepgramSession, LiveWanted
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.media_stream import EndTurns, Media, Stop
from local_stt.errors import StrayMessage
from local_stt.events import PartialText
from local_stt.formatters import Formatters

FORMATTER = Formatters(FormattingSettings(), CallSettings()).of_turns("en-US")


@pytest.fixture
def session(clock):
    def make(**wanted):
        chosen = {"encoding": "mulaw", "rate": 8000, "channels": 1} | wanted
        return DeepgramSession("dg1", LiveWanted(**chosen), "m", FORMATTER, clock)

    return make


def messages(texts):
    return [json.loads(text) for text in texts]


def test_packets_have_the_times_of_their_bytes(session):
    talk = session(channels=2, multichannel=True)
    audio = bytes(range(256)) * 5
    packets = [*talk.receive(audio[:401]), *talk.receive(audio[401:]), *talk.end()]
    assert [(packet.track, packet.timestamp_ms, len(packet.mulaw)) for packet in packets] == [
        ("inbound", 0, 200),
        ("outbound", 0, 200),
        ("inbound", 25, 440),
        ("outbound", 25, 440),
    ]
    left = b"".join(packet.mulaw for packet in packets if packet.track == "inbound")
    assert left == audio[::2]


def test_what_is_left_comes_at_the_end_once(session):
    talk = session()
    assert [packet.mulaw for packet in talk.receive(b"\xff" * 204)] == [b"\xff" * 200]
    assert list(talk.receive(b"")) == [Media("inbound", 25, None, b"\xff" * 4), Stop()]
    assert list(talk.end()) == []


def test_a_partial_is_an_interim_result_on_request_alone(session):
    partial = PartialText("dg1", "inbound", "hello there", 2.0)
    assert messages(session().written(partial)) == []
    talk = session(interim_results=True, vad_events=True)
    speech, interim = messages(talk.written(partial))
    assert speech == {"type": "SpeechStarted", "channel": [0], "timestamp": 2.0}
    assert (interim["is_final"], interim["speech_final"], interim["start"], interim["duration"]) == (
        False,
        False,
        0.0,
        2.0,
    )
    (alternative,) = interim["channel"]["alternatives"]
    assert [(word["word"], word["start"], word["end"]) for word in alternative["words"]] == [
        ("hello", 0.0, 1.0),
        ("there", 1.0, 2.0),
    ]
    assert [each["type"] for each in messages(talk.written(partial))] == ["Results"]
    assert list(talk.written(PartialText("dg1", "inbound", "", 2.1))) == []


def test_a_final_begins_where_the_one_before_ended(session):
    talk = session(utterance_end=True, is_formatted=True)
    messages(talk.written(spoken_final("hello", start=1.0)))
    result, end = messages(talk.written(spoken_final("it is five dollars", start=3.0)))
    assert result["start"] == 1.28
    assert result["start"] + result["duration"] == pytest.approx(end["last_word_end"])
    (alternative,) = result["channel"]["alternatives"]
    assert alternative["transcript"] == "It is $5."
    assert [word["word"] for word in alternative["words"]] == ["it", "is", "$5"]
    assert [word["punctuated_word"] for word in alternative["words"]] == ["It", "is", "$5."]


def test_finalize_is_answered_once_by_the_next_final_or_by_an_empty_one(session, clock):
    talk = session()
    assert list(talk.receive('{"type": "Finalize"}')) == [EndTurns()]
    (result,) = messages(talk.written(spoken_final("hello")))
    assert result["from_finalize"]
    clock.now += 2 * FINALIZE_SECONDS
    assert list(talk.replies()) == []
    list(talk.receive('{"type": "Finalize"}'))
    assert list(talk.replies()) == []
    clock.now += 2 * FINALIZE_SECONDS
    (result,) = messages(talk.replies())
    assert (result["from_finalize"], result["channel"]["alternatives"][0]["transcript"]) == (True, "")


def test_finalize_is_answered_on_each_channel(session, clock):
    talk = session(channels=2, multichannel=True)
    list(talk.receive('{"type": "Finalize"}'))
    (said,) = messages(talk.written(spoken_final("hello", track="outbound")))
    clock.now += 2 * FINALIZE_SECONDS
    (empty,) = messages(talk.replies())
    assert [(each["channel_index"], each["from_finalize"]) for each in (said, empty)] == [
        ([1, 2], True),
        ([0, 2], True),
    ]


def test_speech_that_was_never_partial_has_begun_too(session):
    began, _ = messages(session(vad_events=True).written(spoken_final("hello", start=2.5)))
    assert (began["type"], began["timestamp"]) == ("SpeechStarted", 2.5)


@pytest.mark.parametrize("text", ["", "{", "[]", "5", '{"kind": 1}', "[" * 100_000])
def test_text_that_makes_no_sense_is_stray(session, text):
    with pytest.raises(StrayMessage):
        list(session().receive(text))
