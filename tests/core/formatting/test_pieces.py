"""Words are cut into the pieces of a vocabulary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_stt.core.formatting.pieces import Pieces

LINES = [
    "<unk> 0",
    "<s> 0",
    "</s> 0",
    "▁\t-3",
    "h -4",
    "e -4",
    "l -4",
    "o -4",
    "lo -3",
    "▁hel -3",
    "▁hell -9",
]
PIECES = Pieces.of(LINES)


def cut(word):
    return [LINES[number].split()[0] for number in PIECES.cut(word)]


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("hello", ["▁hel", "lo"]),
        ("hell", ["▁hel", "l"]),
        ("lo", ["▁", "lo"]),
        ("hex", ["▁", "h", "e", "<unk>"]),
        ("xyz", ["▁", "<unk>"]),
        ("", ["▁"]),
    ],
)
def test_the_likeliest_pieces_are_chosen(word, pieces):
    assert cut(word) == pieces


@given(st.text("helo▁", max_size=40))
def test_pieces_cover_all_letters(word):
    assert "".join(cut(word)).replace("▁", "", 1) == word or "▁" in word


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (["<unk> 0", "<s> 0"], "</s> is not in it"),
        (["a"], "not enough values"),
        (["a b c"], "too many values"),
        (["a b"], "could not convert"),
    ],
)
def test_another_file_is_refused(lines, fault):
    with pytest.raises(ValueError, match=fault):
        Pieces.of(lines)
