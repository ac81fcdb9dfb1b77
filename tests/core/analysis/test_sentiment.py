"""The heuristic of sentiment."""

import pytest

from helpers.talk import written
from local_stt.core.analysis.sentences import sentences
from local_stt.core.analysis.sentiment import Mood, sentiment
from local_stt.core.formatting import language_of

ENGLISH = language_of("en-US")


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("i was charged twice and i am very frustrated", Mood.NEGATIVE),
        ("this is unacceptable", Mood.NEGATIVE),
        ("i am not happy with this", Mood.NEGATIVE),
        ("you were so helpful and i am very happy", Mood.POSITIVE),
        ("great can i have your date of birth please", Mood.NEUTRAL),
        ("good morning how can i help you", Mood.NEUTRAL),
        ("have a nice day goodbye", Mood.NEUTRAL),
        ("the train leaves at nine", Mood.NEUTRAL),
    ],
)
def test_clear_sentences_are_found_and_politeness_is_not(text, mood):
    found = sentiment(sentences(written(text)), ENGLISH)
    assert [each.mood for each in found.sentences] == ([mood] if mood is not Mood.NEUTRAL else [])
    assert found.speakers[0].mood is mood


def test_the_scores_of_speakers_are_those_of_their_sentences():
    found = sentiment(sentences(written("i am angry", "i am glad", "this is terrible")), ENGLISH)
    caller, callee = found.speakers
    assert caller.score == pytest.approx(sum(each.score for each in found.sentences[::2]) / 2, abs=0.001)
    assert (callee.mood, callee.score) == (Mood.POSITIVE, found.sentences[1].score)
    assert [each.start for each in found.sentences] == [0, 2000, 4000]


def test_other_languages_have_none():
    assert sentiment(sentences(written("estoy contento")), language_of("es")) is None
