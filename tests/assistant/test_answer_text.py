"""What a model wrote becomes plain text."""

import pytest

from local_stt.assistant.answer_text import MAX_LETTERS, answer_text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("  A leak.\r\nIn the hose.\u2028Today. ", "A leak.\nIn the hose.\nToday."),
        ("<think>\nThe caller says\n</think>\n\nA leak.", "A leak."),
        ("<think> I never come to an end", ""),
        ("It says <think> here", "It says <think> here"),
        ("\x1b[31mred\x07 \u202etxet\u200b\ufeff\ue000", "[31mred txet"),
        ("<b>bold</b> & **bold**", "<b>bold</b> & **bold**"),
        ("क्\u200dष 👩\u200d🔧", "क्\u200dष 👩\u200d🔧"),
        ("\ud800", ""),
    ],
)
def test_an_answer_is_plain_text(written, text):
    assert answer_text(written) == text


def test_a_long_answer_is_cut():
    assert answer_text("a" * (MAX_LETTERS + 1)) == "a" * MAX_LETTERS + "…"
    assert answer_text("a" * MAX_LETTERS) == "a" * MAX_LETTERS
