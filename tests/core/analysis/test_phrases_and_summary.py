"""Key phrases and key sentences."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from helpers.talk import conversation, utterance, written
from local_stt.core.analysis.phrases import MAX_PHRASES, MAX_WORDS, key_phrases
from local_stt.core.analysis.sentences import sentences
from local_stt.core.analysis.summary import MAX_SENTENCES, key_sentences
from local_stt.core.formatting import language_of

ENGLISH = language_of("en-US")

TALK = (
    "hello my name is anna miller i am calling about my washing machine",
    "hello how can i help you with your washing machine",
    "the washing machine leaks and there is water on the kitchen floor",
    "i am sorry about that did you check the water hose of the machine",
    "yes the water hose is fine but the door seal of the washing machine is torn",
    "okay i will send you a new door seal it will be there on friday",
    "thank you that is great",
    "you are welcome goodbye",
)


def texts(found):
    return [each.text for each in found]


def test_sentences_end_at_marks_and_may_go_on_after_a_pause():
    said = written("could you call me back tomorrow at three p m then we will see", "yes")
    assert texts(sentences(said)) == [
        "Could you call me back tomorrow at 3 p.m.?",
        "Then we will see.",
        "Yes.",
    ]
    first, *_ = sentences(said)
    assert (first.speaker, first.start, first.end) == ("caller", 0, 3333)


def test_each_utterance_is_a_sentence_where_there_are_no_marks():
    said = conversation("hello there", "good morning")
    assert texts(sentences(said)) == ["hello there", "good morning"]


def test_key_phrases_say_what_a_call_is_about():
    found = key_phrases(sentences(written(*TALK)), ENGLISH)
    assert texts(found)[0] == "washing machine"
    assert {"water hose", "door seal"} <= set(texts(found))
    assert found[0].rank == 1.0
    assert [each.rank for each in found] == sorted((each.rank for each in found), reverse=True)


def test_key_phrases_have_the_places_where_they_were_said():
    first = key_phrases(sentences(written(*TALK)), ENGLISH)[0]
    assert [each.speaker for each in first.places] == ["caller", "callee", "caller"]
    assert (first.start, first.end) == (first.places[0].start, first.places[0].end) == (3667, 4333)


def test_key_phrases_are_the_same_without_marks_and_capitals():
    found = key_phrases(sentences(conversation(*TALK)), ENGLISH)
    assert texts(found)[0] == "washing machine"


def test_numbers_letters_and_fillers_are_in_no_key_phrase():
    said = "um my number is four one five five five five one two one two and my code is b"
    for talk in (conversation(said), written(said)):
        assert texts(key_phrases(sentences(talk), ENGLISH)) in ([], ["code"], ["number", "code"])


def test_a_long_run_of_words_is_no_key_phrase():
    said = conversation("apple banana cherry lemon orange peach")
    assert key_phrases(sentences(said), ENGLISH) == []


def test_a_language_without_a_list_of_function_words_has_no_key_phrases_but_key_sentences():
    said = sentences(conversation("das wasser ist kalt", "das kalte wasser ist gut"))
    assert key_phrases(said, language_of("de")) == []
    assert key_sentences(said, language_of("de"))


def test_spanish_has_key_phrases():
    said = sentences(
        conversation("la factura de mi lavadora es incorrecta", "una factura incorrecta lo siento")
    )
    assert "lavadora" in texts(key_phrases(said, language_of("es-MX")))


def test_key_sentences_are_what_speakers_said_in_order():
    said = written(*TALK)
    found = key_sentences(sentences(said), ENGLISH)
    assert 1 <= len(found) <= MAX_SENTENCES
    assert set(texts(found)) <= set(texts(sentences(said)))
    assert [each.start for each in found] == sorted(each.start for each in found)
    assert max(each.rank for each in found) == 1.0
    assert any("washing machine" in each.text for each in found)
    assert not any("goodbye" in each.text for each in found)


def test_what_is_said_twice_is_one_key_sentence():
    said = sentences(conversation(*["the train leaves for boston", "the ticket is for monday"] * 5))
    assert sorted(texts(key_sentences(said, ENGLISH))) == [
        "the ticket is for monday",
        "the train leaves for boston",
    ]


def test_nothing_is_found_where_nothing_is_said():
    assert sentences([]) == []
    assert key_phrases([], ENGLISH) == []
    assert key_sentences([], ENGLISH) == []
    assert key_sentences(sentences(conversation("yes", "no")), ENGLISH) == []


def test_redacted_words_are_in_no_key_phrase_and_count_for_no_key_sentence():
    redacted = ["the password [PASSWORD] opens the garden gate"] * 3 + ["### ### painted the garden gate"]
    said = sentences([utterance("inbound", at * 9.0, at * 9.0 + 3, text) for at, text in enumerate(redacted)])
    found = key_phrases(said, ENGLISH)
    assert "garden gate" in texts(found)
    assert not any("[" in text or "#" in text for text in texts(found))
    other = [replace(each, pieces=tuple(p for p in each.pieces if not p.is_redacted)) for each in said]
    assert [e.rank for e in key_sentences(said, ENGLISH)] == [e.rank for e in key_sentences(other, ENGLISH)]


SAID = (
    "the",
    "a",
    "is",
    "water",
    "hose",
    "machine",
    "four",
    "b",
    "don't",
    "[DATE]",
    "###",
    "Zoë",
    "7",
    "u.s.",
)
WORDS = st.lists(st.sampled_from(SAID), min_size=1, max_size=12)


@given(st.lists(WORDS, max_size=12))
def test_any_talk_is_analyzed_and_the_same_each_time(talk):
    said = sentences(conversation(*(" ".join(words) for words in talk)))
    phrases, chosen = key_phrases(said, ENGLISH), key_sentences(said, ENGLISH)
    assert (phrases, chosen) == (key_phrases(said, ENGLISH), key_sentences(said, ENGLISH))
    assert len(phrases) <= MAX_PHRASES
    assert all(len(each.text.split()) <= MAX_WORDS for each in phrases)
    assert all(0 <= each.rank <= 1 for each in (*phrases, *chosen))
    assert all(each.start < each.end for each in (*phrases, *chosen))
