"""Capitals, without a model."""

import pytest

from local_stt.core.formatting.casing import capital_places, capitalized, date_capitals


def capitals(text, log_odds=-5.0):
    """Write the words that have a capital; a mark may follow a word."""
    words = [word.rstrip(",.?") for word in text.split()]
    marks = [word[len(word.rstrip(",.?")) :] for word in text.split()]
    places = capital_places(words, marks, [log_odds] * len(words))
    return [word for word, capital in zip(words, places, strict=True) if capital]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("so i did. and i'm glad, you know", ["so", "i", "and", "i'm"]),
        ("well we met on monday in january", ["well", "monday", "january"]),
        ("see you in march", ["see", "march"]),
        ("the 3 march protesters may march", ["the", "march"]),
        ("it may be may 5th", ["it", "may"]),
        ("but my name is mark, and hers is not", ["but", "mark"]),
        ("this is will speaking", ["this", "will"]),
        ("this is fine", ["this"]),
        ("please ask for doctor king", ["please", "doctor", "king"]),
        ("the doctor is in", ["the"]),
        ("yes john baker called", ["yes", "john", "baker"]),
        ("at 12 elm street they said", ["at", "elm", "street"]),
        ("at 12 they cross the street", ["at"]),
        ("it is b as in boy", ["it", "b"]),
        ("at 10 a m or at 2 p m", ["at"]),
        ("susan's car is a toyota", ["susan's", "toyota"]),
    ],
)
def test_capitals_by_rules_and_lists(text, expected):
    assert capitals(text) == expected


def test_the_model_has_a_say_but_not_about_numbers_and_halves_of_the_day():
    assert capitals("we see the gazebo at ten p m in may", log_odds=5.0) == [
        *("we", "see", "the", "gazebo", "at", "in", "may")
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("john", "John"),
        ("i've", "I've"),
        ("o'brien", "O'Brien"),
        ("o'clock", "O'clock"),
        ("mcdonald", "McDonald"),
        ("usa", "USA"),
        ("iphone", "iPhone"),
        ("élodie", "Élodie"),
        ("", ""),
    ],
)
def test_a_word_with_its_capitals(word, expected):
    assert capitalized(word) == expected


def test_dates_have_capitals_in_the_names_of_months_and_days_alone():
    assert date_capitals("friday the 3rd of may, 2026") == "Friday the 3rd of May, 2026"
    assert date_capitals("the mayor") == "the mayor"
