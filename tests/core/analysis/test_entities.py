"""Entities of a call, and that nothing redacted is in its analysis."""

import json

import pytest

from helpers.talk import ENGLISH, conversation, utterance, written
from local_stt.core.analysis import AlertFinder, AlertRule, analysis_to_dict, analyze
from local_stt.core.analysis.entities import entities
from local_stt.core.call_record import CallRecord, CallState
from local_stt.core.formatting import language_of
from local_stt.core.privacy import Policy, RedactionRules, Substitute, redacted_lines
from local_stt.core.readable import formatted

US = language_of("en-US")

PRIVATE = (
    "can i have your phone number please",
    "it is four one five five five five one two one two and my name is peter brown",
    "and your date of birth",
    "march third nineteen eighty four my password is blue elephant",
)

SECRETS = ("415", "four one", "1212", "peter", "brown", "1984", "eighty", "blue", "elephant")


def call_of(said):
    return CallRecord(
        call_id="CA1",
        state=CallState.ENDED,
        direction="inbound",
        caller="",
        callee="",
        started_at=0,
        ended_at=1000,
        seconds=said[-1].end,
        reason="hung-up",
        model="demo-en",
        tracks=("inbound", "outbound"),
    )


def test_entities_are_found_by_policy_with_their_times():
    found = entities(written(*PRIVATE), US)
    phone, *_ = found
    assert (phone.policy, phone.text, phone.speaker) == ("phone_number", "415-555-1212", "callee")
    assert (phone.start, phone.end, phone.is_redacted) == (4000, 7333, False)
    assert {"person_name", "date_of_birth", "password"} <= {each.policy for each in found}
    assert [each.start for each in found] == sorted(each.start for each in found)


def test_entities_of_text_that_is_not_formatted_are_its_words():
    phone, *_ = entities(conversation(*PRIVATE), US)
    assert phone.text == "four one five five five five one two one two"


@pytest.mark.parametrize("substitute", Substitute)
def test_nothing_that_is_redacted_appears_in_an_analysis(substitute):
    rules = RedactionRules(frozenset(Policy), US, substitute)
    lines = formatted(redacted_lines(conversation(*PRIVATE), rules), ENGLISH)
    finder = AlertFinder([AlertRule("secret", secret) for secret in (*SECRETS, "password")])
    found = analyze(call_of(lines), lines, US, finder, with_sentiment=True)
    text = json.dumps(analysis_to_dict(found)).lower()
    for rule in SECRETS:
        assert rule not in text
    assert {each.policy for each in found.entities} >= {"phone_number", "person_name", "password"}
    assert all(each.is_redacted and not each.text for each in found.entities)
    assert all(each.start < each.end for each in found.entities)
    assert [each.phrase for each in found.alerts] == ["password"]  # the word before the value


def test_a_redacted_value_is_listed_once():
    rules = RedactionRules(frozenset({Policy.PASSWORD}), US)
    lines = redacted_lines([utterance("inbound", 0.0, 4.0, "my password is blue elephant")], rules)
    assert [(each.policy, each.text) for each in entities(lines, US)] == [("password", "")]


def test_an_analysis_has_each_part():
    said = written(*PRIVATE)
    found = analysis_to_dict(analyze(call_of(said), said, US, AlertFinder(())))
    assert list(found) == [
        "statistics",
        "key_phrases",
        "key_sentences",
        "entities",
        "sentiment",
        "alerts",
    ]
    assert found["sentiment"] is None
    assert json.loads(json.dumps(found))["entities"][0]["policy"] == "phone_number"
