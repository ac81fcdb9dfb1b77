"""What holds for any words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.spoken import spoken
from local_stt.core.formatting import LANGUAGES, SENTENCE_PAUSE, Token, covers, write

SAID = """
zero oh o one two three five eight ten eleven twelve nineteen twenty thirty forty fifty ninety
hundred thousand million billion first second third fifth twentieth hundredth point minus negative
plus and a double triple half quarter past to till of at dot dash slash underscore colon com org w h
t p m i d u s am pm o'clock dollar dollars cents bucks euros pounds percent per cent miles hour
degrees foot january may march june the on in nineties eighties hundreds street avenue main
apartment room press flight number is my account code area box extension for or hello please john
gmail email http www born expires social phone minutes b c
"""
"""Words that written forms consist of, and some others"""
UTTERANCES = st.lists(st.sampled_from(SAID.split()) | st.text(max_size=4), max_size=25)
CODES = st.sampled_from(sorted(LANGUAGES))
QUICK = settings(max_examples=200, deadline=None, derandomize=True)


def written(words, code):
    return write(words, LANGUAGES[code])


@QUICK
@given(UTTERANCES, CODES)
def test_tokens_cover_any_words(said, code):
    words = spoken(said)
    tokens = written(words, code)
    assert covers(tokens, len(words))
    assert all(token.text == said[token.first] for token in tokens if token.kind == "word")


@QUICK
@given(UTTERANCES, UTTERANCES, CODES)
def test_sentences_with_a_pause_between_are_written_as_each_alone(before, after, code):
    first = spoken(before)
    second = spoken(["so", *after], start=len(before) + SENTENCE_PAUSE)
    later = [Token(t.text, t.first + len(first), t.last + len(first), t.kind) for t in written(second, code)]
    assert written([*first, *second], code) == (*written(first, code), *later)
