"""Correcting words of an utterance: what becomes of its words, their times and its tokens."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_stt.core.call_record import Utterance, mean_confidence
from local_stt.core.corrections import corrected, is_redacted, place_of, written_in
from local_stt.core.formats import milliseconds
from local_stt.core.formatting.tokens import covers, one_each
from local_stt.core.spacing import joined
from local_stt.events import Redaction, Token, Word


def line(text, tokens=None, **values):
    """Make an utterance whose words follow each other every half second."""
    words = tuple(Word(word, 1 + 0.5 * at, 1.4 + 0.5 * at, 0.5) for at, word in enumerate(text.split()))
    made = Utterance("inbound", 1.0, words[-1].end, text, 0.5, words, tokens=tokens or (), **values)
    return made if tokens else replace(made, tokens=one_each(words))


NUMBER = line(
    "call four one five please",
    (Token("Call", 0, 1), Token("415,", 1, 4, "number"), Token("please.", 4, 5)),
)


def test_a_word_is_replaced_by_what_somebody_wrote():
    found = corrected(line("my name is hansen"), 3, 4, "Hanssen.")
    assert (found.text, found.formatted) == ("my name is Hanssen", "my name is Hanssen.")
    assert found.words[3] == Word("Hanssen", 2.5, 2.9, 1.0)
    assert found.words[:3] == line("my name is hansen").words[:3]


def test_several_words_share_the_time_by_their_letters():
    found = corrected(line("a b c"), 1, 3, "hello you")
    assert [(word.text, word.start, word.end) for word in found.words[1:]] == [
        ("hello", 1.5, 2.062),
        ("you", 2.062, 2.4),
    ]


def test_words_are_removed_and_the_line_keeps_its_times():
    found = corrected(line("yes well no"), 0, 2, "")
    assert (found.text, found.formatted, found.start, found.end) == ("no", "no", 1.0, 2.4)
    assert corrected(found, 0, 1, "  ").words == ()


def test_a_token_with_other_words_too_is_written_in_words():
    found = corrected(NUMBER, 2, 3, "two")
    assert [token.text for token in found.tokens] == ["Call", "four", "two", "five", "please."]
    assert written_in(NUMBER, 2, 3) == "one"


def test_a_written_form_is_replaced_as_a_whole():
    found = corrected(NUMBER, 1, 4, "416,")
    assert (found.text, found.formatted) == ("call 416 please", "Call 416, please.")
    assert written_in(NUMBER, 1, 4) == "415,"


@pytest.mark.parametrize(
    ("text", "words", "written"),
    [
        ("“Hello - you” ?", ["Hello", "you"], "“Hello - you” ?"),
        ("… so", ["so"], "… so"),
        ("?!", ["?!"], "?!"),
        ("C# and 50%", ["C#", "and", "50%"], "C# and 50%"),
    ],
)
def test_marks_are_no_part_of_words(text, words, written):
    found = corrected(line("x"), 0, 1, text)
    assert ([word.text for word in found.words], found.formatted) == (words, written)


def test_a_line_that_was_not_formatted_has_a_token_for_each_word():
    plain = replace(line("my name is hansen"), tokens=())
    assert corrected(plain, 3, 4, "Hanssen.").formatted == "my name is Hanssen."


def test_words_are_found_by_their_times():
    said = line("one two three")
    assert place_of(said, 1500, 2400) == (1, 3)
    assert place_of(said, 1500, 1900) == (1, 2)
    assert place_of(said, 1500, 1400) is None
    assert place_of(said, 1501, 1900) is None


def test_redacted_words_are_known_by_their_place_and_by_their_look():
    said = line("my name is [NAME] yes", redactions=(Redaction("person_name", 2.4, 2.95),))
    assert [is_redacted(said, at, at + 1) for at in range(5)] == [False, False, False, True, False]
    assert is_redacted(replace(said, redactions=()), 2, 4)


texts = st.text(st.sampled_from("ab é你,.?-—'5#  "), max_size=30)


@st.composite
def lines(draw):
    """Draw a line with words of any times in order, and tokens that cover them."""
    moments = sorted(draw(st.lists(st.integers(0, 5000), min_size=2, max_size=16)))
    words = tuple(
        Word(draw(st.sampled_from(["a", "bcd", "你"])), start / 1000, end / 1000, draw(st.floats(0, 1)))
        for start, end in zip(moments[::2], moments[1::2], strict=False)
    )
    edges = sorted({0, len(words), *draw(st.lists(st.integers(0, len(words)), max_size=8))})
    tokens = tuple(Token("x", *pair) for pair in pairwise(edges))
    text = joined(word.text for word in words)
    return Utterance(
        "inbound",
        words[0].start,
        words[-1].end,
        text,
        mean_confidence(words),
        words,
        tokens=draw(st.sampled_from([tokens, ()])),
    )


@given(lines(), st.data(), texts)
def test_tokens_cover_all_words_and_times_are_in_order(before, data, text):
    first = data.draw(st.integers(0, len(before.words) - 1))
    last = data.draw(st.integers(first + 1, len(before.words)))
    after = corrected(before, first, last, text)
    assert covers(after.tokens, len(after.words)) or not after.words
    assert after.text == joined(word.text for word in after.words)
    moments = [moment for word in after.words for moment in (word.start, word.end)]
    assert moments == sorted(moments)
    added = len(after.words) - len(before.words) + (last - first)
    assert after.words[:first] == before.words[:first]
    assert after.words[first + added :] == before.words[last:]
    if added:
        new = after.words[first : first + added]
        assert (new[0].start, new[-1].end) == (before.words[first].start, before.words[last - 1].end)
        place = place_of(after, milliseconds(new[0].start), milliseconds(new[-1].end))
        assert place is not None
    assert (after.start, after.end, after.track) == (before.start, before.end, before.track)
