"""Which formatter the text of a call gets."""

import pytest

from helpers.settings import settings_of
from local_stt.core.formatting import text_of
from local_stt.core.formatting.custom_spelling import Spelling
from local_stt.events import Word
from local_stt.formatters import Formatters, notice_of
from local_stt.telephony.call_flow import load_phonebook


def formatters(**values):
    settings = settings_of(**values)
    return Formatters(settings.formatting, settings.calls, load_phonebook(settings))


def written(formatter, text):
    words = [Word(word, at * 0.35, at * 0.35 + 0.3, 0.7) for at, word in enumerate(text.split())]
    return text_of(formatter.tokens(words, ends=True))


NUMBERS = """
["+15551110001"]
spelling = ["acme = ACME"]
key_terms = ["Lipitor", "Nguyen ~ win"]
fillers = "keep"
filter_profanity = true

["+15551110002"]
format_text = false

["+15551110003"]
"""


def test_a_number_has_settings_of_its_own_and_those_of_all_as_defaults(tmp_path):
    (tmp_path / "phones.toml").write_text(NUMBERS)
    chosen = formatters(phones=tmp_path / "phones.toml", spelling=(Spelling(("acme",), "Acme Inc."),))
    text = "um acme has the shit lip it or"
    own = chosen.for_model("demo-en", "+15551110001")
    assert written(own, text) == "Um ACME has the s*** Lipitor."
    assert chosen.for_language("en-US", "+15551110001").key_terms is own.key_terms
    assert chosen.for_model("demo-en", "+15551110002") is None
    others = [chosen.for_model("demo-en", number) for number in ("+15551110003", "", "+15559999999")]
    assert {written(each, text) for each in others} == {"Acme Inc. has the shit Lip it or."}


@pytest.mark.parametrize("model", ["vosk-model-small-en-us-0.15", "demo-en", "clinic"])
def test_english_is_written_with_marks(model):
    formatter = formatters().for_model(model)
    assert formatter.language.code.startswith("en")
    assert formatter.punctuation


def test_a_language_without_rules_is_left_as_it_is():
    formatter = formatters().for_model("vosk-model-small-ko-0.22")
    assert formatter.language.code == "ko"
    assert formatter.punctuation is None


def test_a_model_of_an_unknown_language_is_taken_for_that_of_calls():
    assert formatters(language="de-DE").for_model("clinic").language.code.startswith("de")


def test_text_is_not_formatted_where_that_is_switched_off():
    assert formatters(format_text=False).for_model("demo-en") is None


def test_the_region_is_that_of_calls():
    assert formatters(language="en-GB").for_model("vosk-model-small-en-us-0.15").language.region == "GB"
    assert formatters(language="de-DE").for_model("vosk-model-small-en-us-0.15").language.region == "US"


def test_spanish_numbers_are_written_without_marks():
    formatter = formatters(language="es-MX").for_model("vosk-model-small-es-0.42")
    assert formatter.language.region == "MX"
    assert formatter.punctuation is None


@pytest.mark.parametrize(
    ("language", "model", "unwritten"),
    [
        ("en-US", "demo-en", set()),
        ("es-CO", "vosk-model-small-es-0.42", set()),
        ("ko-KR", "vosk-model-small-ko-0.22", {"ko"}),
        ("ko-KR", "clinic", {"ko"}),
        ("en-US", "vosk-model-small-ko-0.22", {"ko"}),
        ("de-DE", "vosk-model-small-ko-0.22", {"de", "ko"}),
    ],
)
def test_the_languages_whose_numbers_stay_in_words(language, model, unwritten):
    assert formatters(language=language).unwritten(model) == unwritten
    assert formatters(language=language, format_text=False).unwritten(model) == set()


def test_the_notice_names_languages():
    assert notice_of({"ko"}) == (
        "Numbers stay in words in Korean (ko): they are written in digits in English (en) and Spanish (es)."
    )
