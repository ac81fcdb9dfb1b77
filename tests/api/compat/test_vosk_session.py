"""What vosk-server's protocol says in one session, without a server."""

import json

import numpy as np
import pytest

from helpers.clock import Clock
from local_stt.api.compat.vosk_server.session import ANSWER_SECONDS, RESET_SECONDS, VoskSession
from local_stt.core.media_stream import EndTurns, Stop
from local_stt.errors import BadMessage, StrayMessage
from local_stt.events import FinalText, PartialText, Word

TENTH = np.zeros(800, np.int16).tobytes()
"""A tenth of a second at 8 kHz"""

HELLO = FinalText(
    "v", "inbound", "hello there", 0.1, 0.9, (Word("hello", 0.1, 0.4, 0.9), Word("there", 0.5, 0.9, 1))
)
BYE = FinalText("v", "inbound", "bye", 1.1, 1.4, (Word("bye", 1.1, 1.4, 0.8),))
BEGUN = PartialText("v", "inbound", "hello th", 0.6)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def session(clock):
    return VoskSession("v", clock)


def take(session, *messages):
    return [meant for message in messages for meant in session.receive(message)]


def config(**values):
    return json.dumps({"config": values})


def note(session, *events):
    assert [said for event in events for said in session.written(event)] == []


def answers(session):
    return [json.loads(answer) for answer in session.replies()]


def last(session):
    return [json.loads(answer) for answer in session.last_words()]


def test_a_message_is_answered_when_something_was_heard_or_some_time_is_over(session, clock):
    take(session, TENTH)
    assert answers(session) == []
    clock.now += ANSWER_SECONDS
    assert answers(session) == [{"partial": ""}]
    take(session, TENTH)
    note(session, BEGUN)
    assert answers(session) == [{"partial": "hello th"}]
    take(session, TENTH)
    clock.now += ANSWER_SECONDS
    assert answers(session) == [{"partial": "hello th"}]


def test_each_message_has_one_answer_and_an_utterance_is_given_once(session, clock):
    take(session, *[TENTH] * 3)
    note(session, BEGUN, HELLO)
    result = [
        {"conf": 0.9, "end": 0.4, "start": 0.1, "word": "hello"},
        {"conf": 1, "end": 0.9, "start": 0.5, "word": "there"},
    ]
    assert answers(session) == [{"result": result, "text": "hello there"}]
    clock.now += ANSWER_SECONDS
    assert answers(session) == [{"partial": ""}] * 2
    assert answers(session) == []


def test_utterances_that_end_together_are_one_answer(session):
    take(session, TENTH)
    note(session, HELLO, BYE)
    (answer,) = answers(session)
    assert answer["text"] == "hello there bye"
    assert [word["word"] for word in answer["result"]] == ["hello", "there", "bye"]


def test_what_is_final_without_a_message_waits_for_the_next(session):
    note(session, HELLO)
    assert answers(session) == []
    take(session, TENTH)
    assert [each["text"] for each in answers(session)] == ["hello there"]


def test_at_the_end_every_message_is_answered_and_then_all_words_are_given(session):
    meant = take(session, TENTH, TENTH, '{"eof" : 1}')
    assert meant[-1] == Stop()
    note(session, BEGUN, HELLO)
    first, second, final = last(session)
    assert (first, second, final["text"]) == ({"partial": ""}, {"partial": ""}, "hello there")


def test_without_words_the_end_is_an_empty_text(session):
    take(session, '{"eof":1}')
    assert last(session) == [{"text": ""}]


def test_a_config_is_not_answered_and_says_the_rate(session, clock):
    take(session, config(sample_rate=16000.0))
    packets = [*take(session, np.zeros(3200, np.int16).tobytes()), *session.end()]
    assert sum(len(packet.mulaw) for packet in packets) == 1600
    clock.now += ANSWER_SECONDS
    assert answers(session) == [{"partial": ""}]


def test_words_can_be_left_out(session):
    take(session, config(words=0), TENTH)
    note(session, HELLO)
    assert answers(session) == [{"text": "hello there"}]


def test_alternatives_have_their_own_shape(session):
    take(session, config(max_alternatives=3), TENTH)
    note(session, HELLO)
    ((alternative,),) = [each["alternatives"] for each in answers(session)]
    assert (alternative["text"], alternative["confidence"]) == ("hello there", 0.95)
    assert alternative["result"][0] == {"end": 0.4, "start": 0.1, "word": "hello"}
    assert last(session) == [{"alternatives": [{"confidence": 1.0, "text": ""}]}]


def test_reset_is_answered_with_the_words_before_it(session, clock):
    assert take(session, TENTH, '{"reset": 1}')[-1] == EndTurns()
    assert answers(session) == [{"partial": ""}]
    note(session, HELLO)
    assert [each["text"] for each in answers(session)] == ["hello there"]
    take(session, '{"reset": 1}')
    assert answers(session) == []
    clock.now += RESET_SECONDS
    assert answers(session) == [{"text": ""}]


@pytest.mark.parametrize("message", ["nonsense", "[1]", "{}", '{"config": 1}', config(sample_rate="x")])
def test_messages_that_make_no_sense(session, message):
    with pytest.raises(StrayMessage):
        take(session, message)


@pytest.mark.parametrize("rate", [4000, 96000, 0])
def test_a_rate_that_cannot_be_read_ends_the_session(session, rate):
    with pytest.raises(BadMessage, match="sample_rate") as caught:
        take(session, config(sample_rate=rate))
    assert not isinstance(caught.value, StrayMessage)


def test_a_program_is_waited_for_while_it_waits(session, clock):
    assert not session.is_waited_for
    take(session, TENTH)
    assert session.is_waited_for
    clock.now += ANSWER_SECONDS
    answers(session)
    assert session.is_waited_for  # its next message is on the way
    clock.now += 1
    assert not session.is_waited_for
