"""Names that a model finds beside the rules.  A stand-in takes the place of the model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.privacy import ENGLISH, EVERY, OTHER, spoken
from local_stt.core.formatting import language_of
from local_stt.core.privacy import CallRedactor, Policy, RedactionRules, find
from local_stt.core.privacy.names import CONTEXT
from local_stt.events import FinalText

PERSON, PLACE = Policy.PERSON_NAME, Policy.LOCATION
KNOWN = {"zebulon": PERSON, "qwirk": PERSON, "plonsk": PLACE}
NAMES = frozenset((PERSON, PLACE))


class StandIn:
    """A finder that knows few names, and takes all numbers for places."""

    def __init__(self):
        self.asked = []

    def __call__(self, texts):
        self.asked.append(list(texts))
        return [PLACE if text[0].isdigit() else KNOWN.get(text.lower()) for text in texts]


def found(text, policies=NAMES, language=ENGLISH, since=0):
    words = text.split()
    spans = find(spoken(text), policies, language, names=StandIn(), since=since)
    return [(span.policy, " ".join(words[span.first : span.last])) for span in spans]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("zebulon qwirk left plonsk", [(PERSON, "zebulon qwirk"), (PLACE, "plonsk")]),
        ("zebulon plonsk", [(PERSON, "zebulon"), (PLACE, "plonsk")]),
        ("it takes forty two minutes", []),  # a number alone is no place
        ("send it to forty two plonsk", [(PLACE, "forty two plonsk")]),
        ("in plonsk forty two suite nineteen", [(PLACE, "plonsk forty two suite nineteen")]),
        ("from plonsk to plonsk", [(PLACE, "plonsk"), (PLACE, "plonsk")]),
        ("nothing is found here", []),
    ],
)
def test_what_a_model_finds_is_private(text, spans):
    assert found(text) == spans


def test_the_model_reads_numbers_as_they_are_written():
    finder = StandIn()
    find(spoken("flat twenty one plonsk"), NAMES, ENGLISH, names=finder)
    assert finder.asked == [["flat", "21", "plonsk"]]


def test_rules_decide_first():
    said = "my name is zebulon my phone number is four one five five five five one two one two"
    assert found(said, EVERY) == [
        (PERSON, "zebulon"),
        (Policy.PHONE_NUMBER, "four one five five five five one two one two"),
    ]


def test_a_model_is_not_asked_without_need():
    finder = StandIn()
    find(spoken("zebulon"), {Policy.PHONE_NUMBER}, ENGLISH, names=finder)
    find(spoken("zebulon"), NAMES, OTHER, names=finder)
    find(spoken("yes i do"), NAMES, ENGLISH, names=finder)
    assert finder.asked == []


def test_a_model_reads_new_words_and_a_few_before_them():
    finder = StandIn()
    words = [f"word{letter}" for letter in "abcdefghijkl"]
    find(spoken(" ".join([*words, "zebulon"])), NAMES, ENGLISH, names=finder, since=len(words))
    assert finder.asked == [[*words[-CONTEXT:], "zebulon"]]


def test_names_of_a_model_are_redacted_on_a_call():
    finder = StandIn()
    call = CallRedactor(RedactionRules(NAMES, language_of("en-US"), names=finder))
    texts = []
    for at, text in enumerate(("i spoke with zebulon", "qwirk is in plonsk")):
        words = spoken(text, 10.0 * at)
        said = FinalText("CA1", "inbound", text, words[0].start, words[-1].end, words)
        texts += [each.text for each in call.read(said)]
    assert texts == ["i spoke with [PERSON_NAME]", "[PERSON_NAME] is in [LOCATION]"]


WORDS = st.sampled_from(["zebulon", "plonsk", "qwirk", "nine", "forty", "my", "name", "is", "street"])


def covered(spans):
    return {at for span in spans for at in range(span.first, span.last)}


@given(st.lists(WORDS))
def test_spans_are_in_order_and_never_overlap(words):
    spans = find(spoken(" ".join(words)), EVERY, ENGLISH, names=StandIn())
    ends = [0, *(span.last for span in spans)]
    assert all(end <= span.first < span.last for end, span in zip(ends, spans, strict=False))
    assert covered(find(spoken(" ".join(words)), EVERY, ENGLISH)) <= covered(spans)
