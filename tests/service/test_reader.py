"""What the reader publishes of calls, from several threads."""

import threading

from helpers.servers import Witness
from helpers.views import CALL, ENDED, STARTED, final
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.analysis import AlertFinder, AlertRule
from local_stt.core.call_alerts import CallAlerts
from local_stt.core.call_turns import CallTurns
from local_stt.core.formatting import language_of
from local_stt.core.privacy import CallRedactor, RedactionRules, policies_of
from local_stt.events import Alert, CallStarted, FinalText, Silence, Turn
from local_stt.formatters import Formatters
from local_stt.hub import Hub
from local_stt.service.reader import MAX_ENDED, Reader

ENGLISH = Formatters(FormattingSettings(), CallSettings()).of_turns("en")


def reader_and_witness():
    witness = Witness()
    return Reader(Hub([witness]), lambda _: CallTurns(ENGLISH)), witness


def test_events_are_published_in_order_and_turns_with_them():
    reader, witness = reader_and_witness()
    reader.publish(CALL)
    assert [each for each in witness.events if not isinstance(each, Turn)] == CALL
    assert [each.formatted for each in witness.of(Turn) if each.end_of_turn] == ["Hello there.", "Hi."]


def test_private_values_never_reach_the_hub_and_their_token_says_what_they_are():
    witness = Witness()
    rules = RedactionRules(policies_of("phone_number"), language_of("en-US"))
    reader = Reader(Hub([witness]), lambda _: CallTurns(ENGLISH), lambda _: CallRedactor(rules))
    reader.publish([STARTED, final("call four one five five five five one two one two"), ENDED])
    assert "four" not in str(witness.events)
    (turn,) = (each for each in witness.of(Turn) if each.end_of_turn)
    assert turn.formatted == "Call [PHONE_NUMBER]."
    assert turn.tokens[-1].kind == "redacted"


def test_alerts_are_published_after_redaction():
    witness = Witness()
    rules = RedactionRules(policies_of("phone_number"), language_of("en-US"))
    finder = AlertFinder([AlertRule("calls", "call"), AlertRule("secret", "four one five")])
    reader = Reader(
        Hub([witness]),
        lambda _: CallTurns(ENGLISH),
        lambda _: CallRedactor(rules),
        lambda _: CallAlerts(finder),
    )
    reader.publish([STARTED, final("call four one five five five five one two one two"), ENDED])
    assert [each.topic for each in witness.of(Alert)] == ["calls"]


def test_an_event_that_cannot_be_read_is_left_out(caplog):
    class Broken:
        def read(self, event):
            raise ValueError(event.text)

    witness = Witness()
    reader = Reader(Hub([witness]), lambda _: CallTurns(ENGLISH), lambda _: Broken())
    reader.publish([final("four one five")])
    assert witness.events == []
    assert "A FinalText of call CA1 is lost" in caplog.text


def test_the_end_of_a_call_is_published_though_its_last_words_cannot_be_read():
    class Broken:
        def read(self, event):
            raise ValueError("four one five")

    witness = Witness()
    reader = Reader(Hub([witness]), lambda _: CallTurns(ENGLISH), lambda _: Broken())
    reader.publish([final("four one five"), ENDED])
    assert witness.events == [ENDED]


def test_silence_never_leaves_the_reader():
    reader, witness = reader_and_witness()
    reader.publish([STARTED, final("hello there"), Silence("CA1", "inbound", 20.0)])
    assert not witness.of(Silence)
    assert [each.end_of_turn for each in witness.of(Turn)] == [False, True]


def test_a_word_that_comes_after_the_end_of_its_call_is_a_turn_too():
    reader, witness = reader_and_witness()
    reader.publish([STARTED, ENDED, final("bye")])
    assert witness.events[-1].formatted == "Bye"


def test_the_turns_of_a_call_that_goes_on_after_its_end_are_numbered_on():
    reader, witness = reader_and_witness()
    reader.publish([STARTED, final("hello"), ENDED, STARTED, final("hello", start=9.0)])
    assert [each.turn_order for each in witness.of(Turn)] == [0, 0, 1]


def test_calls_that_are_over_are_forgotten_at_last():
    reader, _ = reader_and_witness()
    for number in range(MAX_ENDED + 10):
        call = CallStarted(f"CA{number}", ("inbound",))
        reader.publish([call, ENDED.__class__(call.call_id, ENDED.reason, 1.0)])
    assert len(reader._ended) == MAX_ENDED
    assert not reader._calls


def test_tracks_may_publish_at_the_same_time():
    reader, witness = reader_and_witness()
    reader.publish([STARTED])

    def speak(track):
        for number in range(200):
            reader.publish([final("hello there", track=track, start=3.0 * number)])

    threads = [threading.Thread(target=speak, args=(track,)) for track in ("inbound", "outbound")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(witness.of(FinalText)) == 400
    ended = [each.turn_order for each in witness.of(Turn) if each.end_of_turn]
    assert len(ended) == len(set(ended)) == 398
