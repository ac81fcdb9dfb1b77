"""How words are divided into the pieces that the names model knows."""

import pytest

from local_stt.names.wordpiece import WordPieces

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
VOCABULARY = [*SPECIAL, "ann", "##a", "##ab", "jose", "smith", "'", "-", "2", "##12", "中"]
PIECES = WordPieces(VOCABULARY)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Anna", ["ann", "##a"]),
        ("annab", ["ann", "##ab"]),
        ("annaa", ["ann", "##a", "##a"]),
        ("José", ["jose"]),
        ("smith-anna's", ["smith", "-", "ann", "##a", "'", "[UNK]"]),
        ("212", ["2", "##12"]),
        ("smith中smith", ["smith", "中", "smith"]),
        ("annx smith", ["[UNK]", "smith"]),
        ("ann" + "a" * 98, ["[UNK]"]),
        ("", []),
    ],
)
def test_a_text_is_divided_into_the_longest_pieces_that_are_known(text, pieces):
    assert [VOCABULARY[number] for number in PIECES.of(text)] == pieces


def test_the_ends_of_a_text_have_pieces_of_their_own():
    assert (PIECES.start, PIECES.end) == (2, 3)
