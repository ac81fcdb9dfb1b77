"""What holds for any words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.privacy import ENGLISH, EVERY, OTHER, spoken
from local_stt.core.privacy import Policy, Substitute, find, held_from, masked, redacted

WORDS = [
    *(
        "a",
        "and",
        "at",
        "b",
        "card",
        "code",
        "come",
        "dollars",
        "dot",
        "double",
        "email",
        "four",
        "fourth",
        "hundred",
    ),
    *(
        "i",
        "in",
        "is",
        "it's",
        "john",
        "main",
        "march",
        "may",
        "my",
        "name",
        "nine",
        "number",
        "oh",
        "okay",
        "old",
    ),
    *(
        "one",
        "p",
        "password",
        "phone",
        "plus",
        "san",
        "seven",
        "six",
        "slash",
        "spell",
        "street",
        "the",
        "to",
    ),
    *("twenty", "uh", "was", "years", "you", "zero", "Zip", "o'clock", "é", "12", "["),
]

TEXTS = st.lists(st.sampled_from(WORDS), max_size=30)
POLICIES = st.one_of(st.just(EVERY), st.frozensets(st.sampled_from(sorted(Policy)), max_size=4))
LANGUAGES = st.sampled_from([ENGLISH, OTHER])


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS, POLICIES, LANGUAGES)
def test_spans_are_in_order_and_in_range_and_of_the_chosen_policies(texts, question, policies, language):
    spans = find(spoken(" ".join(texts)), policies, language, question)
    edges = [edge for span in spans for edge in (span.first, span.last)]
    assert edges == sorted(edges)
    assert all(0 <= span.first < span.last <= len(texts) for span in spans)
    assert {span.policy for span in spans} <= set(policies)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, st.sampled_from(Substitute))
def test_nothing_of_a_span_is_left(texts, question, substitute):
    words = spoken(" ".join(texts))
    spans = find(words, EVERY, ENGLISH, question)
    rest = redacted(words, spans, substitute)
    covered = {at for span in spans for at in range(span.first, span.last)}
    kept = [word for at, word in enumerate(words) if at not in covered]
    assert len(rest) == len(kept) + len(spans)
    assert [word for word in rest if word in kept] == kept
    places = [word for word in rest if word not in kept]
    allowed = (
        {f"[{policy.upper()}]" for policy in Policy} if substitute is Substitute.ENTITY_NAME else {"###"}
    )
    assert {part for word in places for part in word.text.split()} <= allowed


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, POLICIES, LANGUAGES)
def test_partials_have_as_many_words_and_hide_what_is_found(texts, question, policies, language):
    shown = masked(texts, policies, language, question)
    assert len(shown) == len(texts)
    assert all(each in ("#", word) for each, word in zip(shown, texts, strict=True))
    for span in find(spoken(" ".join(texts)), policies, language, question):
        assert set(shown[span.first : span.last]) == {"#"}


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, POLICIES, LANGUAGES)
def test_what_waits_is_at_the_end_and_in_no_span(texts, question, policies, language):
    words = spoken(" ".join(texts))
    held = held_from(words, policies, language, question)
    assert 0 <= held <= len(texts)
    spans = find(words, policies, language, question)
    assert not any(span.first < held < span.last for span in spans)
    assert policies or held == len(texts)
