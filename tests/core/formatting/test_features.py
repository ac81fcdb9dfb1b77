"""What the models look at."""

import numpy as np

from local_stt.core.formatting import features
from local_stt.core.formatting.features import BREAKS, ENDS, keys_of, number_of, opening_and_end, windows

WORDS = ["hello", "my", "name", "is", "john"]

FIRST_BREAK_KEYS = [15682176, 8458912, 1273290, 15594019]
FIRST_END_KEYS = [2904116, 14597543, 7275686, 5852162]


def test_keys_are_the_same_at_any_time():
    """The weights of a model belong to these keys: if they change, build the model anew."""
    assert keys_of(windows(WORDS), BREAKS)[0, :4].tolist() == FIRST_BREAK_KEYS
    assert keys_of(opening_and_end(WORDS), ENDS)[0, :4].tolist() == FIRST_END_KEYS


def test_numbers_are_one_word():
    assert number_of("seven") == number_of("forty") == number_of("1999") == number_of("3rd")
    assert number_of("one") != number_of("seven")  # "one of them"
    assert number_of("p.m.") == number_of("pm")


def test_a_window_depends_on_words_near_it_only():
    far = ["and", "that", "is", "where", "it", "all", "began", *WORDS]
    near, farther = windows(far)[-1], windows(["so", *far])[-1]
    assert np.array_equal(near, farther)


def test_there_is_a_row_for_each_word():
    for count in range(6):
        rows = windows(WORDS[:count])
        assert keys_of(rows, BREAKS).shape == (count, len(BREAKS.names))


def test_an_opening_and_an_end_of_few_words_are_padded():
    assert opening_and_end([]).shape == opening_and_end(WORDS).shape == (1, features._LAST_ENDING + 2)
    assert not opening_and_end([]).any()


def test_templates_of_one_name_share_their_keys():
    shared = np.flatnonzero(features.QUESTIONS.names == features.QUESTIONS.names[-1])
    keys = keys_of(opening_and_end(["no"] * 20), features.QUESTIONS)[0, shared]
    assert len(shared) > 1
    assert len(set(keys.tolist())) == 1
