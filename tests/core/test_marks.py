"""Where phrases stand in both forms of a line."""

from local_stt.core.call_record import index_terms
from local_stt.core.marks import marks_in_both
from local_stt.core.terms import phrases_of
from local_stt.events import Token

TEXT = "my number is four one five five five five one two one two ok"
TOKENS = (
    Token("My", 0, 1),
    Token("number", 1, 2),
    Token("is", 2, 3),
    Token("415-555-1212,", 3, 13, "phone"),
    Token("OK.", 13, 14),
)
WRITTEN = "My number is 415-555-1212, OK."


def found(query, text=TEXT, tokens=TOKENS):
    spoken, written = marks_in_both(text, tokens, phrases_of(query))
    written_text = " ".join(token.text for token in tokens) or text
    return [text[a:b] for a, b in spoken], [written_text[a:b] for a, b in written]


def test_a_number_is_found_in_both_forms_by_either():
    number = "four one five five five five one two one two"
    assert found("415-555-1212") == ([number], ["415-555-1212"])
    assert found('"four one five"') == (["four one five"], ["415-555-1212,"])


def test_words_are_found_in_both_forms():
    assert found("number") == (["number"], ["number"])
    assert found("ok") == (["ok"], ["OK"])


def test_a_line_without_tokens_has_one_form():
    assert found("number", tokens=()) == (["number"], ["number"])


def test_a_token_whose_last_words_are_in_the_next_line_is_found():
    assert found("415-555-1212", "four one five", (Token("415-555-1212.", 0, 10, "phone"),)) == (
        ["four one five"],
        ["415-555-1212"],
    )


def test_a_script_without_spaces_is_found_in_each_form():
    assert found("天", "今天好", (Token("今天", 0, 1), Token("好", 1, 2)))[0] == ["天"]


def test_a_line_is_indexed_by_both_forms_and_by_the_digits_of_its_numbers():
    terms = index_terms(TEXT, TOKENS)
    assert terms[:3] == ["my", "number", "is"]
    assert "4155551212" in terms
    assert "1212" in terms
    assert index_terms(TEXT, ()) == TEXT.split()
