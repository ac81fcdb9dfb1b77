import pytest

from helpers.spoken import spoken, written
from local_stt.core.formatting import SENTENCE_PAUSE, Token, language_of, text_of, write


@pytest.mark.parametrize(
    ("code", "chosen"),
    [("en", "en"), ("en-GB", "en-GB"), ("en-US", "en-US"), ("en-AU", "en"), ("es-CL", "es"), ("ko", "ko")],
)
def test_a_language_is_chosen_by_its_code(code, chosen):
    assert language_of(code).code == chosen


def test_a_language_without_rules_leaves_words_as_they_are():
    words = spoken("vier eins eins at gmail dot com")
    assert text_of(write(words, language_of("de"))) == "vier eins eins at gmail dot com"


def test_tokens_say_which_words_they_stand_for():
    assert write(spoken("dial nine one one please"), language_of("en")) == (
        Token("dial", 0, 1),
        Token("911", 1, 4, "number"),
        Token("please", 4, 5),
    )


def test_a_number_goes_on_after_a_pause():
    first = spoken(["four", "one", "five"])
    second = spoken("five five five one two one two", start=3 + 2 * SENTENCE_PAUSE)
    assert text_of(write([*first, *second], language_of("en"))) == "415-555-1212"


def test_one_word_after_a_pause_is_no_part_of_a_number():
    first = spoken("five five five")
    second = spoken("one moment please", start=3 + SENTENCE_PAUSE)
    assert text_of(write([*first, *second], language_of("en"))) == "555 one moment please"


def test_another_sentence_begins_after_a_pause():
    first = spoken(["at", "three"])
    second = spoken(["dollars", "please"], start=2 + SENTENCE_PAUSE)
    assert text_of(write([*first, *second], language_of("en"))) == "at three dollars please"


def test_capital_letters_of_a_model_do_not_matter():
    assert written("THE TOTAL IS Twenty DOLLARS") == "THE TOTAL IS $20"


@pytest.mark.parametrize(
    ("said", "american", "british"),
    [
        ("on march third", "on March 3", "on 3 March"),
        ("may fifth nineteen eighty", "May 5, 1980", "5 May 1980"),
        ("born on twelve oh four nineteen ninety", "born on 12/04/1990", "born on 12/04/1990"),
        ("born on twenty five twelve nineteen ninety", "born on 25121990", "born on 25/12/1990"),
        ("it costs ten pounds", "it costs 10 pounds", "it costs £10"),
        ("ten pounds fifty", "£10.50", "£10.50"),
        ("that will be nineteen ninety nine", "that will be $19.99", "that will be £19.99"),
        ("oh two oh seven nine four six oh nine five eight", "020 7946 0958", "020 7946 0958"),
        ("oh seven seven oh oh nine oh oh one two three", "07700 900123", "07700 900123"),
    ],
)
def test_regions_differ_in_dates_and_money(said, american, british):
    assert written(said, "en-US") == american
    assert written(said, "en-GB") == british
