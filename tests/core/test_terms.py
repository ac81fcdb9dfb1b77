"""Text and queries, cut into terms."""

import pytest

from local_stt.core.terms import MAX_LETTERS, Phrase, Term, marks, phrase_of, phrases_of, terms
from local_stt.errors import BadQuery


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello, WORLD", ["hello", "world"]),
        ("rendez-vous o'clock it\u2019s", ["rendez", "vous", "o", "clock", "it", "s"]),
        ("नमस्ते", ["नमस्ते"]),
        ("impo\u0302t", ["impôt"]),
        ("İstanbul ISTANBUL \u0131sparta", ["istanbul", "istanbul", "isparta"]),
        ("Straße ΣΊΣΥΦΟΣ", ["strasse", "σίσυφοσ"]),
        ("soft\u00adhyphen क्\u200dष", ["softhyphen", "क्ष"]),
        ("今天天气 issue化", ["今", "天", "天", "气", "issue", "化"]),
        ("買い物に", ["買", "い", "物", "に"]),
        ("น้ำ\u0e49 ກິນ", ["น้", "ำ\u0e49", "ກິ", "ນ"]),
        ("\u0301 - … ?!", []),
        ("x" * 500, ["x" * MAX_LETTERS]),
    ],
)
def test_a_text_is_cut_into_terms(text, found):
    assert [term.text for term in terms(text)] == found


def test_a_term_knows_where_it_stands():
    assert terms("Ü-bung") == [Term("ü", 0, 1), Term("bung", 2, 6)]
    assert terms("u\u0308ber") == [Term("über", 0, 5)]


def test_a_query_is_words_and_phrases():
    assert phrases_of('Hello "good bye" it\'s haus* "press eig*" *') == [
        Phrase(("hello",)),
        Phrase(("good", "bye")),
        Phrase(("it", "s")),
        Phrase(("haus",), is_open=True),
        Phrase(("press", "eig"), is_open=True),
    ]


@pytest.mark.parametrize("query", ["", "  ", '""', "?! *", "\u0301", "a " * 201])
def test_a_query_without_words_or_with_too_many_is_refused(query):
    with pytest.raises(BadQuery):
        phrases_of(query)


def test_marks_are_where_the_phrases_stand_and_do_not_overlap():
    said = "Hello, good bye hello"
    assert marks(said, [Phrase(("hello",)), Phrase(("good", "bye"))]) == ((0, 5), (7, 15), (16, 21))
    assert marks("press eight now", phrases_of('"press eight" "eight now"')) == ((0, 15),)
    assert marks("rendez-vous", [phrase_of("vo*")]) == ((7, 11),)
