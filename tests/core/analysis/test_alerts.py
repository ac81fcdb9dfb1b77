"""Words and phrases of topics in what was said."""

from helpers.talk import conversation, utterance, written
from local_stt.core.analysis.alerts import AlertFinder, AlertRule, found_alerts


def found(text, *phrases, talk=written):
    finder = AlertFinder(AlertRule("topic", phrase) for phrase in phrases)
    (turn,) = talk(text)
    return [(each.rule.phrase, each.first, each.last) for each in finder.find(turn.words, turn.tokens)]


def test_words_and_phrases_are_found_whole_and_whatever_their_case():
    assert found("i want to cancel my account", "Cancel my account", "cancel", "can", "want two") == [
        ("cancel", 3, 4),
        ("Cancel my account", 3, 6),
    ]


def test_an_open_phrase_finds_longer_words():
    assert found("two refunds and a refunding policy", "refund*", "refunding pol*") == [
        ("refund*", 1, 2),
        ("refund*", 4, 5),
        ("refunding pol*", 4, 6),
    ]


def test_phrases_are_found_by_words_and_as_they_are_written_once():
    text = "call four one five five five five one two one two"
    assert found(text, "415", "four one five", "415-555-1212") == [
        ("four one five", 1, 4),
        ("415", 1, 11),
        ("415-555-1212", 1, 11),
    ]
    assert found("i want a refund", "refund") == [("refund", 3, 4)]
    assert found("i want a refund", "refund", talk=conversation) == [("refund", 3, 4)]


def test_redacted_words_are_no_phrase_and_end_one():
    (turn,) = [utterance("inbound", 0.0, 5.0, "my password is [PASSWORD] call [LOCATION] ### now")]
    finder = AlertFinder(AlertRule("t", each) for each in ("password", "location", "is call", "call now"))
    assert [(each.rule.phrase, each.first) for each in finder.find(turn.words)] == [("password", 1)]


def test_a_kept_call_is_searched_by_turns_of_its_speakers():
    finder = AlertFinder([AlertRule("leaving", "cancel my account"), AlertRule("money", "refund")])
    said = [
        utterance("inbound", 0.0, 2.0, "i want to cancel my"),
        utterance("outbound", 2.0, 2.4, "a refund"),
        utterance("inbound", 2.5, 3.5, "account"),
    ]
    alerts = found_alerts(said, finder)
    assert [(each.topic, each.speaker, each.start, each.end) for each in alerts] == [
        ("leaving", "caller", 1200, 3500),
        ("money", "callee", 2200, 2400),
    ]
