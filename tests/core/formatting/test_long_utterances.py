"""The work for a long turn grows as its length does, for any words.  It is counted, not timed."""

import pytest

from helpers.spoken import spoken
from local_stt.core.formatting import LANGUAGES, covers, write
from local_stt.core.formatting.matching import Said

HARD = [
    ("en", "one"),
    ("en", "o"),
    ("en", "twenty"),
    ("en", "a"),
    ("en", "dot"),
    ("en", "x dot"),
    ("en", "x dash"),
    ("en", "one dash"),
    ("en", "a dot at"),
    ("en", "x at x dot"),
    ("en", "minus"),
    ("en", "plus one"),
    ("en", "point one"),
    ("en", "double"),
    ("en", "one hundred"),
    ("en", "one thousand and"),
    ("en", "first"),
    ("en", "may"),
    ("en", "number is"),
    ("en", "w w w dot"),
    ("en", "one slash"),
    ("en", "j at"),
    ("en", "colon slash slash"),
    ("en", "my number is four one five five five five one two one two and it is twenty dollars"),
    ("es", "uno"),
    ("es", "veinte"),
    ("es", "treinta y"),
    ("es", "a"),
    ("es", "punto"),
    ("es", "x punto"),
    ("es", "x guion"),
    ("es", "uno guion"),
    ("es", "a punto arroba"),
    ("es", "x arroba x punto"),
    ("es", "menos"),
    ("es", "más uno"),
    ("es", "punto uno"),
    ("es", "doble"),
    ("es", "cien"),
    ("es", "mil"),
    ("es", "mil y"),
    ("es", "mil millones"),
    ("es", "décimo"),
    ("es", "centésimo décimo"),
    ("es", "primero de"),
    ("es", "uno del"),
    ("es", "marque uno o"),
    ("es", "número es"),
    ("es", "doble ve punto"),
    ("es", "uve doble punto"),
    ("es", "uno barra"),
    ("es", "jota arroba"),
    ("es", "dos puntos barra barra"),
    ("es", "cuarto para las"),
    ("es", "las dos y"),
    ("es", "i be tres"),
    ("es", "be a"),
    ("es", "uno coma dos"),
    ("es", "un metro"),
    ("es", "dos y medio"),
    ("es", "uno punto"),
    ("es", "mi número es seis uno dos tres cuatro cinco seis siete ocho y son veinte dólares"),
]


def look_ups(words, code, monkeypatch):
    """How often words are looked at while they are written."""
    count = 0
    look_up = Said.__getitem__

    def counted(self, at):
        nonlocal count
        count += 1
        return look_up(self, at)

    with monkeypatch.context() as patch:
        patch.setattr(Said, "__getitem__", counted)
        write(spoken(words), LANGUAGES[code])
    return count


@pytest.mark.parametrize(("code", "phrase"), HARD)
def test_twice_the_words_are_twice_the_work(code, phrase, monkeypatch):
    words = phrase.split()
    short, long = (look_ups((words * 400)[:length], code, monkeypatch) for length in (200, 400))
    assert long < 2.3 * short + 1000


@pytest.mark.parametrize(("code", "phrase"), HARD)
def test_a_turn_of_thousands_of_words_is_written(code, phrase):
    words = spoken((phrase.split() * 3000)[:3000])
    assert covers(write(words, LANGUAGES[code]), 3000)
