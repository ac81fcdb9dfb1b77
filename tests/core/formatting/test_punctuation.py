"""Marks, capitals and ends of turns, by the model that comes with the program."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_stt.core.formatting.punctuation import end_of_turn, punctuated
from local_stt.core.formatting.tokens import Token, text_of
from local_stt.events import Word
from local_stt.formatters.model_file import load

MODEL = load()


def words_of(text):
    """Make words 0.05 s apart; a number in brackets is a longer pause."""
    words, now = [], 0.0
    for each in text.split():
        if each.startswith("["):
            now += float(each.strip("[]"))
        else:
            words.append(Word(each, now, now + 0.3, 1.0))
            now += 0.35
    return tuple(words)


def tokens_of(words):
    return tuple(Token(word.text, at, at + 1, "word") for at, word in enumerate(words))


def written(text, *, ends=True):
    words = words_of(text)
    return text_of(punctuated(tokens_of(words), words, MODEL, ends=ends))


def spoken(text):
    """Return written text as a recognizer writes it."""
    return text.lower().translate(str.maketrans("", "", ",.?"))


@pytest.mark.parametrize(
    "text",
    [
        "Hello. My name is John Smith. I am calling about my order. Can you help me?",
        "Good morning, this is Linda from the garage. How can I help you?",
        "What time do you open tomorrow?",
        "Can you tell me when the doctor is in?",
        "I want to know why my bill is so high.",
        "Thank you very much for your help.",
        "No, that's all. Thank you.",
        "Is there anything else I can do for you?",
        "We are flying from Boston to Chicago on Tuesday.",
        "Do you want me to call you back?",
    ],
)
def test_what_people_say_on_the_phone_is_written_as_people_write(text):
    assert written(spoken(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my wife was born in may", "My wife was born in May."),
        ("it may take a while", "It may take a while."),
        ("is mister baker there", "Is Mister Baker there?"),
        ("i think i'll call you on friday", "I think I'll call you on Friday."),
        ("she speaks french and german", "She speaks French and German."),
        ("my iphone is broken", "My iPhone is broken."),
        ("see you at ten p m", "See you at ten p m."),
        ("my name is hope", "My name is Hope."),
        ("i hope you are well", "I hope you are well."),
        ("my teacher is missus o'connor", "My teacher is Missus O'Connor."),
    ],
)
def test_names_months_and_words_of_their_own_have_capitals(text, expected):
    assert written(text) == expected


def test_a_pause_makes_a_mark_where_the_words_allow_one():
    text = "i bought it last week [{}] it broke yesterday"
    assert written(text.format(0.05)) == "I bought it last week it broke yesterday."
    assert written(text.format(0.9)) == "I bought it last week. It broke yesterday."


@pytest.mark.parametrize("word", ["the", "to", "my", "with", "is"])
def test_a_pause_after_a_function_word_makes_none(word):
    longer = written(f"i would like to talk about {word} [5] refund please")
    assert longer == written(f"i would like to talk about {word} [0.2] refund please")


def test_a_text_that_goes_on_has_no_mark_at_its_end():
    assert written("hello can you hear", ends=False)[-1] == "r"
    assert written("hello can you hear", ends=True)[-1] in ".?"


def test_no_words_have_no_marks():
    assert punctuated((), (), MODEL, ends=True) == ()
    assert end_of_turn((), MODEL) == 0


def test_tokens_of_other_kinds_keep_their_text_but_have_a_mark():
    words = words_of("my number is four one five [0.1] can you call me at three p m")
    tokens = (
        *tokens_of(words)[:3],
        Token("415", 3, 6, "number"),
        *tokens_of(words)[6:11],
        Token("3 p.m.", 11, 14, "time"),
    )
    texts = [token.text for token in punctuated(tokens, words, MODEL, ends=True)]
    assert texts[0] == "My"
    assert texts[3].startswith("415")
    assert texts[-1] in ("3 p.m.", "3 p.m.?")


def test_months_in_dates_have_capitals():
    words = words_of("it is on march third")
    tokens = (*tokens_of(words)[:3], Token("march 3rd", 3, 5, "date"))
    assert text_of(punctuated(tokens, words, MODEL, ends=True)) == "It is on March 3rd."


def test_words_and_kinds_are_left_alone():
    words = words_of("hello this is john")
    tokens = tokens_of(words)
    marked = punctuated(tokens, words, MODEL, ends=True)
    assert [(token.first, token.last, token.kind) for token in marked] == [
        (token.first, token.last, token.kind) for token in tokens
    ]


WORDS = st.lists(
    st.one_of(
        st.sampled_from(["i", "a", "p", "m", "may", "o'clock", "doctor", "ten", "[unk]", "é", "don't", "15"]),
        st.text("abcxyz'", min_size=1, max_size=8),
    ),
    min_size=1,
    max_size=30,
)


@settings(deadline=None, max_examples=100)
@given(texts=WORDS, pauses=st.lists(st.floats(-1, 3), min_size=30, max_size=30), ends=st.booleans())
def test_only_marks_and_capitals_change(texts, pauses, ends):
    words, now = [], 0.0
    for text, pause in zip(texts, pauses, strict=False):
        words.append(Word(text, now, now + 0.3, 1.0))
        now += 0.3 + pause
    marked = punctuated(tokens_of(words), words, MODEL, ends=ends)
    assert [token.text.lower().rstrip(",.?") for token in marked] == [text.lower() for text in texts]
    assert 0 <= end_of_turn(words, MODEL) <= 1


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        ("can you help me with my order", "can you help me with my"),
        ("i'd like to book a table for two people", "i'd like to book a table for"),
        ("my name is john smith", "my name is"),
        ("thank you very much", "thank you for"),
        ("what time do you close", "what time do"),
        ("that's all thank you", "that's all i"),
    ],
)
def test_a_whole_turn_is_more_likely_to_have_ended_than_a_cut_one(whole, cut):
    assert end_of_turn(words_of(whole), MODEL) > 0.7 > end_of_turn(words_of(cut), MODEL)
