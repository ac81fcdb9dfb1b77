"""Which formatter the text of a call gets."""

import pytest

from helpers.settings import settings_of
from local_stt.formatters import Formatters


def formatters(**values):
    settings = settings_of(**values)
    return Formatters(settings.formatting, settings.calls)


@pytest.mark.parametrize("model", ["vosk-model-small-en-us-0.15", "demo-en", "clinic"])
def test_english_is_written_with_marks(model):
    formatter = formatters().for_model(model)
    assert formatter.language.code.startswith("en")
    assert formatter.model


def test_a_language_without_rules_is_left_as_it_is():
    formatter = formatters().for_model("vosk-model-small-ko-0.22")
    assert formatter.language.code == "ko"
    assert formatter.model is None


def test_a_model_of_an_unknown_language_is_taken_for_that_of_calls():
    assert formatters(language="de-DE").for_model("clinic").language.code.startswith("de")


def test_text_is_not_formatted_where_that_is_switched_off():
    assert formatters(format_text=False).for_model("demo-en") is None


def test_the_region_is_that_of_calls():
    assert formatters(language="en-GB").for_model("vosk-model-small-en-us-0.15").language.region == "GB"
    assert formatters(language="de-DE").for_model("vosk-model-small-en-us-0.15").language.region == "US"
