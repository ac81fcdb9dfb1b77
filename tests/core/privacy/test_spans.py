"""Words without those that are private."""

import pytest

from helpers.privacy import EVERY, spoken
from local_stt.core.privacy import Policy, Span, Substitute, redacted
from local_stt.core.privacy.values import Value, spans_of

WORDS = spoken("call me at four one five now")
PHONE = Span(Policy.PHONE_NUMBER, 3, 6)


@pytest.mark.parametrize(
    ("substitute", "text"),
    [
        (Substitute.ENTITY_NAME, "call me at [PHONE_NUMBER] now"),
        (Substitute.HASH, "call me at ### ### ### now"),
    ],
)
def test_one_word_takes_the_place_of_a_span(substitute, text):
    rest = redacted(WORDS, [PHONE], substitute)
    assert " ".join(word.text for word in rest) == text
    place = rest[3]
    assert (place.start, place.end) == (WORDS[3].start, WORDS[5].end)
    assert place.confidence == WORDS[5].confidence
    assert (*rest[:3], *rest[4:]) == (*WORDS[:3], WORDS[6])


def test_without_spans_words_stay():
    assert redacted(WORDS, [], Substitute.HASH) == WORDS


def test_a_word_belongs_to_the_first_value_and_values_beside_each_other_stay_apart():
    values = [
        Value((Policy.URL, Policy.DATE), 2, 3),
        Value((Policy.DATE,), 0, 5),
        Value((Policy.DATE,), 5, 6),
    ]
    assert spans_of(values, EVERY) == (
        Span(Policy.DATE, 0, 2),
        Span(Policy.URL, 2, 3),
        Span(Policy.DATE, 3, 5),
        Span(Policy.DATE, 5, 6),
    )
    assert spans_of(values, {Policy.DATE}) == (
        Span(Policy.DATE, 0, 2),
        Span(Policy.DATE, 2, 3),
        Span(Policy.DATE, 3, 5),
        Span(Policy.DATE, 5, 6),
    )
