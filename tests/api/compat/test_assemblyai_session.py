"""AssemblyAI's streaming protocol, without a connection."""

import json

import pytest

from helpers.spoken import spoken_final
from local_stt.api.compat.assemblyai.session import AssemblyaiSession, SessionWanted
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.config.wording import as_key_terms
from local_stt.core.call_turns import CallTurns
from local_stt.core.formatting import language_of
from local_stt.core.media_stream import EndTurns, Media, Stop
from local_stt.core.privacy import CallRedactor, Policy, RedactionRules
from local_stt.errors import BadMessage, StrayMessage
from local_stt.events import PartialText, Silence
from local_stt.formatters import Formatters, TextOptions

FORMATTERS = Formatters(FormattingSettings(), CallSettings())


@pytest.fixture
def session(clock):
    def make(formatters=FORMATTERS, **wanted):
        chosen = SessionWanted(**{"encoding": "mulaw", "rate": 8000} | wanted)
        return AssemblyaiSession(
            "assemblyai-1",
            chosen,
            lambda terms: formatters.for_language("en-US", options=TextOptions(tuple(terms))),
            1_800_000_000.7,
            clock,
        )

    return make


@pytest.fixture
def turns():
    """Follow a call: events in, its turns among them."""
    return CallTurns(FORMATTERS.of_turns("en-US"))


def said(texts):
    return [json.loads(text) for text in texts]


def heard(talk, events):
    """List the messages for events."""
    return [message for event in events for message in said(talk.written(event))]


def update(talk, **configuration):
    return list(talk.receive(json.dumps({"type": "UpdateConfiguration", **configuration})))


def warnings(talk):
    return [each["warning"] for each in said(talk.replies()) if each["type"] == "Warning"]


END = Silence("CA1", "inbound", 900.0, ends_turn=True)


def test_a_session_begins_at_once_and_the_program_is_waited_for_until_then(session):
    talk = session(max_seconds=60)
    assert talk.is_waited_for
    assert said(talk.replies()) == [{"type": "Begin", "id": "assemblyai-1", "expires_at": 1_800_000_060}]
    assert not talk.is_waited_for
    assert list(talk.replies()) == []


def test_a_turn_grows_by_words_that_are_pending_and_then_final(session, turns):
    talk = session()
    partial = PartialText("CA1", "inbound", "hello there", 2.0)
    started, pending = heard(talk, turns.read(partial))
    assert started == {"type": "SpeechStarted", "timestamp": 2000}
    assert pending == {
        "type": "Turn",
        "turn_order": 0,
        "turn_is_formatted": False,
        "end_of_turn": False,
        "end_of_turn_confidence": 0.0,
        "transcript": "",
        "words": [
            {"text": "hello", "start": 0, "end": 1000, "confidence": 0.0, "word_is_final": False},
            {"text": "there", "start": 1000, "end": 2000, "confidence": 0.0, "word_is_final": False},
        ],
    }
    (final,) = heard(talk, turns.read(spoken_final("hello there", start=1.0)))
    assert (final["transcript"], final["end_of_turn"]) == ("hello there", False)
    assert final["words"][1] == {
        "text": "there",
        "start": 1300,
        "end": 1580,
        "confidence": 1.0,
        "word_is_final": True,
    }
    (longer,) = heard(talk, turns.read(PartialText("CA1", "inbound", "you", 2.5)))
    assert longer["transcript"] == "hello there"
    assert [(word["text"], word["word_is_final"]) for word in longer["words"]] == [
        ("hello", True),
        ("there", True),
        ("you", False),
    ]
    assert longer["words"][2]["start"] == 1580
    assert list(talk.written(PartialText("CA1", "inbound", "", 2.6))) == []


def test_turns_are_counted_and_end_once_as_words(session, turns):
    talk = session()
    events = [
        *turns.read(spoken_final("hello")),
        *turns.read(END),
        *turns.read(spoken_final("goodbye", start=100.0)),
        *turns.read(Silence("CA1", "inbound", 110.0)),
    ]
    messages = [each for each in heard(talk, events) if each["type"] == "Turn"]
    assert [(each["turn_order"], each["end_of_turn"], each["transcript"]) for each in messages] == [
        (0, False, "hello"),
        (0, True, "hello"),
        (1, False, "goodbye"),
        (1, True, "goodbye"),
    ]
    assert not any(each["turn_is_formatted"] for each in messages)


def test_a_formatted_turn_comes_again_as_people_write_it(session, turns):
    talk = session(is_formatted=True)
    events = [*turns.read(spoken_final("it is five dollars")), *turns.read(END)]
    *_, raw, formatted = heard(talk, events)
    assert (raw["transcript"], raw["turn_is_formatted"]) == ("it is five dollars", False)
    assert formatted["transcript"] == "It is $5."
    assert (formatted["turn_order"], formatted["end_of_turn"], formatted["turn_is_formatted"]) == (
        0,
        True,
        True,
    )
    assert formatted["words"][2] == {
        "text": "$5.",
        "start": 600,
        "end": 1180,
        "confidence": 1.0,
        "word_is_final": True,
    }


def test_key_terms_are_written_and_can_change(session, turns):
    talk = session(is_formatted=True, key_terms=as_key_terms(["Siobhan ~ shivon"]))
    events = [*turns.read(spoken_final("this is shivon")), *turns.read(END)]
    assert heard(talk, events)[-1]["transcript"] == "This is Siobhan."
    update(talk, keyterms_prompt=["Chivonne ~ shivon"])
    assert heard(talk, events)[-1]["transcript"] == "This is Chivonne."
    assert warnings(talk) == []


def test_what_cannot_be_changed_is_named(session):
    talk = session(ignored=["vad_threshold"])
    assert warnings(talk) == ["Not done here: vad_threshold."]
    update(talk, max_turn_silence=400, keyterms_prompt="no list", format_turns=True)
    assert warnings(talk) == ["Not done here: max_turn_silence, keyterms_prompt."]


def test_formatting_can_be_switched_on_and_off(session, turns):
    talk = session()
    for at, wanted in enumerate([True, False]):
        update(talk, format_turns=wanted)
        events = [*turns.read(spoken_final("hello", start=100.0 * at)), *turns.read(END)]
        assert heard(talk, events)[-1]["turn_is_formatted"] is wanted


def test_where_text_is_not_formatted_the_program_learns_it(session, turns):
    plain = Formatters(FormattingSettings(format_text=False), CallSettings())
    talk = session(plain, is_formatted=True)
    assert warnings(talk) == ["Not done here: format_turns."]
    events = [*turns.read(spoken_final("hello")), *turns.read(END)]
    assert not any(each.get("turn_is_formatted") for each in heard(talk, events))
    update(talk, format_turns=True)
    assert warnings(talk) == ["Not done here: format_turns."]


def test_no_message_has_a_private_value(session, turns):
    redactor = CallRedactor(RedactionRules(frozenset({Policy.PHONE_NUMBER}), language_of("en-US")))
    talk = session(is_formatted=True)
    number = "four one five five five five one two one two"
    events = [
        PartialText("CA1", "inbound", "my number is four one five", 2.0),
        PartialText("CA1", "inbound", f"my number is {number}", 4.0),
        spoken_final(f"my number is {number}"),
        PartialText("CA1", "inbound", "thanks", 6.0),
        END,
    ]
    messages = heard(
        talk, [turn for event in events for each in redactor.read(event) for turn in turns.read(each)]
    )
    spoken = " ".join(
        [each.get("transcript", "") for each in messages]
        + [word["text"] for each in messages for word in each.get("words", ())]
    )
    assert not set(spoken.lower().split()) & set(number.split())
    assert not any(letter.isdigit() for letter in spoken)
    assert "[PHONE_NUMBER]" in messages[-1]["transcript"]


def test_messages_of_a_program(session):
    talk = session()
    assert [each.mulaw for each in talk.receive(b"\xff" * 12)] == [b"\xff" * 8]
    assert list(talk.receive(b"")) == []
    assert list(talk.receive('{"type": "KeepAlive"}')) == []
    assert list(talk.receive('{"type": "ForceEndpoint"}')) == [EndTurns()]
    assert list(talk.receive('{"type": "Terminate"}')) == [Media("inbound", 1, None, b"\xff" * 4), Stop()]


def test_durations_are_whole_seconds(session, clock):
    talk = session()
    list(talk.receive(b"\xff" * 12_800))
    clock.now += 7.6
    assert said(talk.last_words()) == [
        {"type": "Termination", "audio_duration_seconds": 2, "session_duration_seconds": 8}
    ]


def test_a_session_that_lasts_too_long_says_so(session, clock):
    talk = session(max_seconds=60)
    clock.now += 60
    assert list(talk.receive('{"type": "KeepAlive"}')) == []
    clock.now += 0.1
    with pytest.raises(BadMessage) as caught:
        list(talk.receive(b"\xff" * 8))
    assert talk.failed(caught.value) == 3008
    (error,) = said(talk.last_words())
    assert (error["type"], error["error_code"]) == ("Error", 3008)
    assert "60 seconds" in error["error"]


def test_a_session_without_messages_ends_by_the_time_it_may_last(session):
    assert session(idle_timeout=600, max_seconds=60).idle_timeout == 60
    assert session(idle_timeout=30).idle_timeout == 30


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "5", '{"kind": 1}', '{"type": "Nonsense"}', '{"type": []}', "[" * 100_000]
)
def test_text_that_makes_no_sense_is_stray_and_an_error_if_there_is_much(session, text):
    talk = session()
    with pytest.raises(StrayMessage) as caught:
        list(talk.receive(text))
    assert talk.failed(caught.value) == 3006
    assert said(talk.last_words())[0]["error_code"] == 3006
