import pytest

from local_stt.core.formatting.tokens import Token, covers, text_of


def test_text_is_the_tokens_with_spaces_between():
    assert text_of([Token("dial", 0, 1), Token("911", 1, 4, "number")]) == "dial 911"


def test_there_are_no_spaces_between_words_of_scripts_without_them():
    assert text_of([Token("今日", 0, 1), Token("は", 1, 2)]) == "今日は"


@pytest.mark.parametrize(
    ("spans", "number_of_words", "covered"),
    [
        ([], 0, True),
        ([(0, 1), (1, 4)], 4, True),
        ([(0, 1), (2, 4)], 4, False),  # a word is missing
        ([(0, 2), (1, 4)], 4, False),  # a word is there twice
        ([(0, 1)], 2, False),
        ([(0, 0), (0, 1)], 1, False),  # a token without words
        ([(1, 2), (0, 1)], 2, False),
    ],
)
def test_tokens_cover_all_words_in_order_each_once(spans, number_of_words, covered):
    assert covers([Token("x", first, last) for first, last in spans], number_of_words) == covered
