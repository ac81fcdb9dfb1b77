"""Alerts of a call while it goes on."""

from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.analysis import AlertFinder, AlertRule
from local_stt.core.call_alerts import CallAlerts
from local_stt.core.call_turns import CallTurns
from local_stt.events import Alert, CallEnded, EndReason, FinalText, Silence, Turn, Word
from local_stt.formatters import Formatters

ENGLISH = Formatters(FormattingSettings(), CallSettings()).of_turns("en-US")
FINDER = AlertFinder(
    [AlertRule("leaving", "cancel my account"), AlertRule("money", "refund*"), AlertRule("number", "415")]
)


def final(text, start=0.0, track="inbound"):
    words = tuple(
        Word(word, start + at * 0.3, start + at * 0.3 + 0.25, 1.0) for at, word in enumerate(text.split())
    )
    return FinalText("CA1", track, text, words[0].start, words[-1].end, words)


def read(*events):
    turns, alerts = CallTurns(ENGLISH), CallAlerts(FINDER)
    return [found for event in events for each in turns.read(event) for found in alerts.read(each)]


def alerts_of(*events):
    return [each for each in read(*events) if isinstance(each, Alert)]


ENDED = CallEnded("CA1", EndReason.HUNG_UP, 60.0)


def test_an_alert_follows_the_turn_that_has_its_phrase_and_comes_once():
    events = read(final("i want a refund please"), ENDED)
    assert [type(each) for each in events] == [FinalText, Turn, Alert, Turn, CallEnded]
    alert = events[2]
    assert (alert.call_id, alert.track, alert.topic, alert.phrase) == ("CA1", "inbound", "money", "refund*")
    assert (round(alert.start, 2), round(alert.end, 2)) == (0.9, 1.15)


def test_a_phrase_that_spans_two_finals_of_a_turn_is_found_once():
    first = final("i would like to cancel my")
    found = alerts_of(first, final("account today", first.end + 0.6), final("okay", first.end + 1.5), ENDED)
    assert [(each.phrase, round(each.start, 2)) for each in found] == [("cancel my account", 1.2)]
    assert found[0].end > first.end


def test_a_phrase_that_is_said_again_is_reported_again():
    first = final("a refund i said a refund")
    found = alerts_of(first, final("two refunds", first.end + 9.0), ENDED)
    assert [each.topic for each in found] == ["money"] * 3


def test_a_phrase_is_found_as_it_is_written_and_once_while_its_number_grows():
    first = final("call four one five")
    found = alerts_of(first, final("five five five one two one two", first.end + 0.6), ENDED)
    assert [each.topic for each in found] == ["number"]


def test_each_speaker_has_turns_of_their_own():
    found = alerts_of(final("cancel my"), final("refund", 0.2, "outbound"), final("account", 1.2), ENDED)
    assert [(each.track, each.topic) for each in found] == [("outbound", "money"), ("inbound", "leaving")]


def test_turns_that_are_over_are_forgotten():
    alerts, turns = CallAlerts(FINDER), CallTurns(ENGLISH)
    for event in (final("a refund"), Silence("CA1", "inbound", 9.0), final("hello", 10.0), ENDED):
        for each in turns.read(event):
            list(alerts.read(each))
    assert alerts._reported == {}
