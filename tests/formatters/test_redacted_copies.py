"""What must not be heard of a recording that was not redacted is found in its text."""

from dataclasses import replace

import pytest

from helpers.events import final, recording
from local_stt.config.phonebook import Phone, Phonebook
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.audio_redaction import MARGIN
from local_stt.core.call_record import utterance_of
from local_stt.core.privacy import Policy
from local_stt.events import Redaction
from local_stt.formatters import Formatters, RedactedCopies

CALL = replace(recording(), tracks=("inbound", "outbound"))
NUMBER = "call me at four one five five five five one two one two please"


def found(said, policies=frozenset(), names=None, **settings):
    formatters = Formatters(FormattingSettings(**settings), CallSettings())
    phonebook = Phonebook(Phone(redact=policies))
    spans = RedactedCopies(formatters, phonebook, names).spans(CALL, [utterance_of(each) for each in said])
    return [
        (span.track, pytest.approx(span.start + MARGIN), pytest.approx(span.end - MARGIN)) for span in spans
    ]


@pytest.mark.parametrize("format_text", [True, False])
def test_a_number_is_silent_where_it_was_said(format_text):
    said = final(NUMBER, start=1.0)
    expected = [("inbound", said.words[3].start, said.words[12].end)]
    assert found([said], format_text=format_text) == expected


def test_a_number_said_in_pieces_is_found_though_the_other_side_answers():
    first, second = (
        final("it is four one five", start=1.0),
        final("five five five one two one two", start=5.0),
    )
    other = final("okay", track="outbound", start=3.8)
    (span,) = found([first, other, second])
    assert span == ("inbound", first.words[2].start, second.words[-1].end)


def test_the_numbers_own_policies_count_where_there_are_some():
    said = [final(NUMBER, start=1.0), final("it was five dollars", start=20.0)]
    assert len(found(said)) == 2
    (money,) = found(said, frozenset({Policy.MONEY_AMOUNT}))
    assert money == ("inbound", said[1].words[2].start, said[1].words[3].end)


def test_the_names_model_finds_what_the_rules_do_not_know():
    said = [final("the parcel went to zorblat yesterday", start=1.0)]

    def names(texts):
        return [Policy.PERSON_NAME if text.lower() == "zorblat" else None for text in texts]

    policies = frozenset({Policy.PERSON_NAME})
    assert found(said, policies) == []
    (span,) = found(said, policies, names)
    assert span == ("inbound", said[0].words[4].start, said[0].words[4].end)


def test_what_is_redacted_in_the_text_is_silent_too():
    said = replace(final("it is [DATE]", start=1.0), redactions=(Redaction("date", 2.0, 2.4),))
    assert found([said]) == [("inbound", 2.0, 2.4)]
