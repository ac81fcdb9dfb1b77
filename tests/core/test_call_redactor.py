"""A call without its private values, whatever its speakers say, and however they pause."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.spoken import spoken_final as final
from local_stt.core.call_record import LineKind, Utterance, utterance_of
from local_stt.core.formatting import language_of
from local_stt.core.privacy import (
    CallRedactor,
    Policy,
    RedactedPartials,
    RedactionRules,
    Substitute,
    policies_of,
    redacted_lines,
)
from local_stt.core.privacy.call_redactor import MAX_HELD
from local_stt.events import (
    CallEnded,
    DigitPressed,
    EndReason,
    FinalText,
    PartialText,
    Redaction,
    Silence,
    Word,
)

RULES = RedactionRules(policies_of("numbers"), language_of("en-US"))
PHONES = replace(RULES, policies=frozenset([Policy.PHONE_NUMBER]))
END = CallEnded("CA1", EndReason.HUNG_UP, 99.0)


def read(redactor, *events):
    return [each for event in events for each in redactor.read(event)]


def texts(events):
    return [each.text for each in events if isinstance(each, FinalText)]


def test_a_number_said_in_groups_is_held_until_it_is_whole():
    call, at, passed = CallRedactor(PHONES), 0.0, []
    for group in ("my number is four one five", "five five five", "one two one two"):
        said = final(group, at)
        passed.append(texts(read(call, said, Silence("CA1", "inbound", said.end + 0.5))))
        at = said.end + 0.6
    passed.append(texts(read(call, final("thanks", at))))
    assert passed == [["my number is"], [], [], ["[PHONE_NUMBER] thanks"]]


def test_what_is_held_comes_with_its_times_after_the_longest_silence_and_before_the_silence():
    call = CallRedactor(PHONES)
    said = final("call me on four one five five five five one two one two")
    before, after = Silence("CA1", "inbound", said.end + 2.3), Silence("CA1", "inbound", said.end + 2.5)
    first, number, silence = read(call, said, before, after)
    assert (first.text, silence) == ("call me on", after)
    assert number.text == "[PHONE_NUMBER]"
    assert (number.start, number.end) == (said.words[3].start, said.end)
    assert number.redactions == (Redaction("phone_number", said.words[3].start, said.end),)
    assert number.words == (Word("[PHONE_NUMBER]", said.words[3].start, said.end, 1.0),)


@pytest.mark.parametrize("end", [END, Silence("CA1", "inbound", 3.5, ends_turn=True)])
def test_nothing_stays_held_when_the_call_or_the_turn_ends(end):
    events = read(CallRedactor(PHONES), final("call four one five five five five one two one two"), end)
    assert texts(events) == ["call", "[PHONE_NUMBER]"]
    assert events[-1] == end


def test_a_number_that_is_none_is_passed_on_as_it_was_said():
    assert " ".join(texts(read(CallRedactor(PHONES), final("i have four one"), END))) == "i have four one"


def test_the_other_speaker_asks_for_a_value():
    call = CallRedactor(RULES)
    events = read(
        call,
        final("what is the password", track="outbound"),
        final("monkey", 5.0),
        Silence("CA1", "inbound", 9.0),
    )
    assert "monkey" not in " ".join(texts(events))


def test_partials_are_masked_also_by_what_is_held_or_hidden():
    call = CallRedactor(RULES)
    read(call, final("it is four one five"))
    (partial,) = read(call, PartialText("CA1", "inbound", "five five okay", 4.0))
    assert partial.text == "# # # # # okay"
    hiding = CallRedactor(replace(RULES, partials=RedactedPartials.HIDE))
    assert read(hiding, PartialText("CA1", "inbound", "hello", 1.0)) == []


def test_a_key_is_masked_where_numbers_are_redacted():
    pressed = DigitPressed("CA1", "inbound", "5", 1.0)
    assert read(CallRedactor(RULES), pressed) == [replace(pressed, digit="#")]
    names = replace(RULES, policies=frozenset([Policy.PERSON_NAME]))
    assert read(CallRedactor(names), pressed) == [pressed]


def test_a_speaker_who_counts_for_ever_does_not_fill_the_memory():
    call = CallRedactor(RULES)
    for minute in range(100):
        read(call, final("one two three four five six seven eight nine " * 3, minute * 9.0))
    speech = call._speech["inbound"]
    assert len(speech.words) - speech.passed <= MAX_HELD
    assert len(speech.words) < 300


def test_hash_does_not_say_what_was_there():
    call = CallRedactor(replace(PHONES, substitute=Substitute.HASH))
    assert texts(read(call, final("four one five five five five one two one two"), END)) == [
        " ".join(["###"] * 10)
    ]


def test_the_lines_of_a_whole_call_are_redacted():
    lines = [
        utterance_of(final("my number is four one five five five five one two one two")),
        utterance_of(final("okay", 4.0, "outbound")),
        utterance_of(DigitPressed("CA1", "inbound", "5", 6.0)),
        Utterance("", 7.0, 8.0, "1.0 s of the call were not heard", 0.0, kind=LineKind.GAP),
    ]
    found = redacted_lines(lines, RULES)
    assert [each.text for each in found] == [
        "my number is",
        "[PHONE_NUMBER]",
        "okay",
        "pressed #",
        "1.0 s of the call were not heard",
    ]
    assert redacted_lines(found, RULES) == found


DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["inbound", "outbound"]),
            st.lists(st.sampled_from([*DIGITS, "my", "is"]), min_size=1),
        ),
        max_size=12,
    )
)
def test_every_word_is_passed_on_once_or_redacted(said):
    call, at, events = CallRedactor(RULES), 0.0, []
    for track, words in said:
        spoken = final(" ".join(words), at, track)
        events += read(call, spoken)
        at = spoken.end + 0.6
    events += read(call, END)
    for track in ("inbound", "outbound"):
        passed = [each for each in events if isinstance(each, FinalText) and each.track == track]
        spans = [each for final_ in passed for each in final_.redactions]
        shown = [w for each in passed for w in each.words if not w.text.startswith("[")]
        words = [w for t, ws in said if t == track for w in ws]
        assert len(shown) <= len(words)
        assert bool(spans) == any(w.text.startswith("[") for each in passed for w in each.words)
        assert [each.start for each in passed] == sorted(each.start for each in passed)
