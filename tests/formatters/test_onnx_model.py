"""A punctuation model that onnxruntime runs, and the setting that names it."""

import importlib.util

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.punctuation_model import LABELS, make_punctuation_model
from helpers.settings import settings_of
from helpers.spoken import spoken
from local_stt.core.formatting import LANGUAGES, covers, text_of, write
from local_stt.core.formatting.punctuation import punctuated
from local_stt.errors import SettingError
from local_stt.events import Word
from local_stt.formatters import Formatters, onnx_model, punctuation_named
from local_stt.telephony.call_flow import load_phonebook

SETTING = "LOCAL_STT_PUNCTUATION"


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return make_punctuation_model(tmp_path_factory.mktemp("models") / "punct-en")


@pytest.fixture
def model(folder):
    return onnx_model.load(folder)


def marked(text, model, *, ends=True):
    words = spoken(text)
    return text_of(punctuated(write(words, LANGUAGES["en-US"]), words, model, ends=ends))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("hello well zorba yes who", "Hello well, Zorba yes. Who?"),
        ("hello nasa", "Hello NASA."),
        ("nasa hello", "NASA hello."),
        ("lo ello xyz", "Lo ello xyz."),
        ("zorba yes four one five five five five one two one two", "Zorba yes. 415-555-1212."),
        ("the", "The."),
    ],
)
def test_marks_and_capitals_are_those_of_the_model(model, said, written):
    assert marked(said, model) == written


def test_the_last_word_of_a_turn_that_goes_on_has_no_mark(model):
    assert marked("hello yes", model, ends=False) == "Hello yes"


def test_pauses_count(model):
    def written(pause, text="hello zorba hello"):
        first, second, third = text.split()
        words = [Word(first, 0, 1, 1), Word(second, 1, 2, 1), Word(third, 2 + pause, 3 + pause, 1)]
        return text_of(punctuated(write(words, LANGUAGES["en-US"]), words, model, ends=True))

    assert written(0.3) == written(1.0) == "Hello Zorba hello."  # the model is sure of no mark
    assert written(0.3, "hello maybe hello") == "Hello maybe hello."
    assert written(0.8, "hello maybe hello") == "Hello maybe. Hello."


def test_every_word_of_a_long_turn_is_looked_at(model):
    words = ["hello", "zorba", "lo", "who", "x" * 30, "well"] * 100
    scores = model.scores(words)
    once = model.scores(words[:6])
    assert np.array_equal(scores.marks, np.tile(once.marks, (100, 1)))
    assert np.array_equal(scores.cases, np.tile(once.cases, (100, 1)))


def test_a_word_longer_than_the_model_can_take_is_cut(model):
    assert len(model.scores(["hello", "lo" * 1000, "helo" * 300, "well"]).marks) == 4


@given(
    st.lists(
        st.sampled_from(["well", "yes", "who", "nasa", "four", "five", "[unk]", "é", "a.b"]), max_size=30
    )
)
def test_tokens_cover_all_words_in_order(folder, said):
    words = spoken(said)
    tokens = punctuated(write(words, LANGUAGES["en-US"]), words, onnx_model.load(folder), ends=True)
    assert covers(tokens, len(words))


def test_windows_cover_all_words_once_and_overlap():
    found = list(onnx_model._windows([3] * 500))
    assert [begin for _, begin, _ in found[1:]] == [last - 10 for _, _, last in found[:-1]]
    assert (found[0][1], found[-1][2]) == (0, 500)
    assert all(first <= begin < last for first, begin, last in found)
    assert list(onnx_model._windows([])) == []


def formatters(folder, **values):
    settings = settings_of(folder=folder, **values)
    return Formatters(settings.formatting, settings.calls, load_phonebook(settings), folder)


def test_the_setting_names_what_decides(folder, tmp_path):
    (tmp_path / "phones.toml").write_text(
        '["+15551110001"]\npunctuation = "none"\n["+15551110002"]\npunctuation = "Rules"\n["+15551110003"]\n'
    )
    chosen = formatters(folder.parent, punctuation="punct-en", phones=tmp_path / "phones.toml")
    words = spoken("hello nasa well four one five five five five one two one two")
    texts = [
        text_of(chosen.for_model("demo-en", f"+1555111000{number}").tokens(words, ends=True))
        for number in (1, 2, 3)
    ]
    assert texts[0] == "hello nasa well 415-555-1212"
    assert texts[1].endswith("415-555-1212.")
    assert texts[2] == "Hello NASA well, 415-555-1212."


@pytest.mark.parametrize("punctuation", ["none", "punct-en", "rules"])
def test_ends_of_turns_stay_with_the_rules(folder, punctuation):
    words = spoken("can you help me")
    usual = Formatters(settings_of().formatting, settings_of().calls).of_turns("en").end_of_turn(words)
    assert formatters(folder.parent, punctuation=punctuation).of_turns("en").end_of_turn(words) == usual > 0


def test_other_languages_have_no_marks(folder):
    assert formatters(folder.parent, punctuation="punct-en").for_language("es").punctuation is None


def refusal(name, models_dir):
    with pytest.raises(SettingError) as raised:
        punctuation_named(str(name), models_dir, SETTING)
    return str(raised.value)


def test_a_model_that_is_not_there_is_answered_with_the_way_to_get_it(tmp_path):
    assert refusal("punct-en", tmp_path) == (
        "LOCAL_STT_PUNCTUATION: there is no punctuation model 'punct-en': run "
        "`make download-model MODEL=punct-en` and name punct-en, or name a folder, `rules` or `none`."
    )
    assert "is not the path of a file" in refusal("", tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path):
    (tmp_path / "bpe.vocab").touch()
    assert refusal(tmp_path, tmp_path) == (
        f"LOCAL_STT_PUNCTUATION: {tmp_path} is not a punctuation model, as model.int8.onnx is missing: run "
        "`make download-model MODEL=punct-en` and name punct-en."
    )


def test_without_onnxruntime_the_way_to_install_it_is_named(folder, monkeypatch):
    monkeypatch.setattr(onnx_model, "load", onnx_model.OnnxPunctuation.load)
    monkeypatch.setattr(onnx_model, "find_spec", lambda name: None)
    assert refusal("punct-en", folder.parent) == (
        "LOCAL_STT_PUNCTUATION: punct-en needs onnxruntime, which is not installed: "
        "run `pip install -r requirements-punctuation.txt`."
    )
    assert importlib.util.find_spec("onnxruntime")


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("model.int8.onnx", b"no model", "cannot be loaded ("),
        ("model.int8.onnx", b"", "cannot be loaded ("),
        ("bpe.vocab", b"hello\n", "not enough values"),
        ("bpe.vocab", b"\xff\xfe", "cannot be loaded ("),
        ("bpe.vocab", b"", "</s> is not in it"),
    ],
)
def test_a_damaged_model_is_refused(tmp_path, file, content, reason):
    folder = make_punctuation_model(tmp_path / "own")
    (folder / file).write_bytes(content)
    sentence = refusal(folder, tmp_path)
    assert reason in sentence
    assert sentence.startswith(f"LOCAL_STT_PUNCTUATION: {folder} cannot be loaded")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"labels": LABELS | {"COMMA": "2"}}, "its labels are not those of Edge-Punct-Casing"),
        ({"labels": {}}, "its labels are not"),
        ({"classes": 3}, "its scores have another shape"),
    ],
)
def test_another_model_is_refused(tmp_path, options, reason):
    assert reason in refusal(make_punctuation_model(tmp_path / "own", **options), tmp_path)


def test_a_number_with_a_wrong_model_is_named(tmp_path):
    phones = tmp_path / "phones.toml"
    phones.write_text('["+15551110001"]\npunctuation = "nowhere"\n')
    with pytest.raises(SettingError, match=r'\["\+15551110001"\]: punctuation: there is no .* \'nowhere\''):
        formatters(tmp_path, phones=phones)
