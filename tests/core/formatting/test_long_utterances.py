"""The work for a long turn grows as its length does, for any words.  It is counted, not timed."""

import pytest

from helpers.spoken import spoken
from local_stt.core.formatting import LANGUAGES, covers, write
from local_stt.core.formatting.matching import Said

HARD = [
    "one",
    "o",
    "twenty",
    "a",
    "dot",
    "x dot",
    "x dash",
    "one dash",
    "a dot at",
    "x at x dot",
    "minus",
    "plus one",
    "point one",
    "double",
    "one hundred",
    "one thousand and",
    "first",
    "may",
    "number is",
    "w w w dot",
    "one slash",
    "j at",
    "colon slash slash",
    "my number is four one five five five five one two one two and it is twenty dollars",
]


def look_ups(words, monkeypatch):
    """How often words are looked at while they are written."""
    count = 0
    look_up = Said.__getitem__

    def counted(self, at):
        nonlocal count
        count += 1
        return look_up(self, at)

    with monkeypatch.context() as patch:
        patch.setattr(Said, "__getitem__", counted)
        write(spoken(words), LANGUAGES["en"])
    return count


@pytest.mark.parametrize("phrase", HARD)
def test_twice_the_words_are_twice_the_work(phrase, monkeypatch):
    words = phrase.split()
    short, long = (look_ups((words * 400)[:length], monkeypatch) for length in (200, 400))
    assert long < 2.3 * short + 1000


@pytest.mark.parametrize("phrase", HARD)
def test_a_turn_of_thousands_of_words_is_written(phrase):
    words = spoken((phrase.split() * 3000)[:3000])
    assert covers(write(words, LANGUAGES["en"]), 3000)
