"""Words that were said come out, where recognition is restricted to phrases."""

import csv
import io
import shutil
import subprocess
import unicodedata

import numpy as np
import pytest
import soundfile
import soxr

from helpers import DATA
from helpers.models import DEMO_MODEL, copy_demo_model
from helpers.recognizers import recognized
from local_stt.audio import RECOGNIZER_RATE, to_16_bit
from local_stt.errors import SettingError
from local_stt.recognizer import SpeechModel

pytestmark = pytest.mark.model

KOREAN = DATA / "korean.flac"

needs_espeak = pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
DIGITS = ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
OTHER_LETTERS = {
    "one": "één",
    "two": "twëe",
    "three": "drië",
    "four": "viër",
    "five": "fünf",
    "seven": "일곱",
}


def pcm(samples, rate):
    """Audio for a recognizer, with silence around it."""
    heard = soxr.resample(samples, rate, RECOGNIZER_RATE)
    return to_16_bit(np.concatenate([np.zeros(4000), heard, np.zeros(8000)])).astype("<i2").tobytes()


def spoken(text, voice="en-us", speed=130):
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "--stdout", text]
    wav = subprocess.run(command, capture_output=True, check=True).stdout
    return pcm(*soundfile.read(io.BytesIO(wav)))


@pytest.fixture
def changed_model(tmp_path):
    """The embedded model with its words written otherwise."""

    def change(rewrite):
        folder = tmp_path / "changed"
        copy_demo_model(folder)
        table = folder / "graph" / "words.txt"
        lines = [line.split() for line in table.read_text(encoding="utf-8").splitlines()]
        rewritten = "".join(f"{rewrite(word)} {number}\n" for word, number in lines)
        table.write_text(rewritten, encoding="utf-8")
        return folder

    return change


def in_capitals(word):
    return word if word[0] in "<[!#" else word.upper()


@needs_espeak
@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("yes", ("yes", "no")),
        ("no", ("yes", "no")),
        ("thank you very much", ("thank you very much", "goodbye")),
        ("goodbye", ("thank you very much", "goodbye")),
        ("friday", DAYS),
        ("tuesday", DAYS),
        ("monday", DAYS),
        ("one", ("one", "two", "three")),
        ("two", ("one", "two", "three")),
        ("three", ("one", "two", "three")),
        ("call me back", ("call me back", "yes", "no")),
        ("nine oh two one oh", DIGITS),
        ("four two seven three five one", DIGITS),
    ],
)
def test_what_was_said_is_heard_among_the_phrases(text, phrases):
    assert recognized(SpeechModel(DEMO_MODEL, phrases), spoken(text))[0] == text


@needs_espeak
def test_speech_that_is_none_of_the_phrases_is_left_out():
    model = SpeechModel(DEMO_MODEL, ["yes", "no"])
    audio = spoken("purple elephants dancing wildly with marvelous umbrellas")
    assert recognized(model, audio) == ("", set())


@needs_espeak
@pytest.mark.parametrize("typed", ["NFC", "NFD"])
@pytest.mark.parametrize("listed", ["NFC", "NFD"])
def test_letters_beyond_ascii_are_heard_however_they_are_composed(changed_model, typed, listed):
    def other(word):
        return unicodedata.normalize(listed, OTHER_LETTERS.get(word, word))

    phrases = [unicodedata.normalize(typed, word) for word in OTHER_LETTERS.values()]
    model = SpeechModel(changed_model(other), phrases)
    assert model.unknown_words == []
    assert recognized(model, spoken("four two seven three five one"))[0] == "viër twëe 일곱 drië fünf één"


@needs_espeak
@pytest.mark.parametrize("phrase", ["call me back", "CALL ME BACK", "Call me back"])
def test_a_vocabulary_in_capitals_takes_phrases_in_any_case_and_keeps_its_own(changed_model, phrase):
    model = SpeechModel(changed_model(in_capitals), [phrase, "yes"])
    text, partials = recognized(model, spoken("call me back"))
    assert text == "CALL ME BACK"
    assert partials <= {"CALL", "ME", "BACK", "YES"}


@needs_espeak
@pytest.mark.parametrize("symbol", ["<UNK>", "<unk>"])
@pytest.mark.parametrize("phrases", [(), ("yes", "no")])
def test_an_unknown_word_of_any_name_is_in_no_text(changed_model, symbol, phrases):
    folder = changed_model(lambda word: symbol if word == "[unk]" else word)
    text, partials = recognized(
        SpeechModel(folder, phrases), spoken("purple elephants with marvelous umbrellas")
    )
    assert symbol not in {*text.split(), *partials}
    assert not phrases or text == ""


def test_symbols_among_the_phrases_are_refused_and_do_not_end_the_program():
    with pytest.raises(SettingError, match="does not know <eps>, #0"):
        SpeechModel(DEMO_MODEL, ["<eps>", "#0"])
    assert SpeechModel(DEMO_MODEL, ["yes", "[unk]"]).unknown_words == []


@pytest.mark.korean_model
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_korean_phrases_are_heard_by_a_model_that_calls_the_unknown_word_otherwise(korean_model_folder, form):
    phrases = ["감사합니다", "좋은 하루 되세요", "네", "안녕히 계세요", *"영일이삼사오육칠팔구"]
    model = SpeechModel(korean_model_folder, [unicodedata.normalize(form, phrase) for phrase in phrases])
    assert model.unknown_words == []
    assert model._grammar.endswith(', "<UNK>"]')
    samples, rate = soundfile.read(KOREAN)
    with KOREAN.with_suffix(".tsv").open(encoding="utf-8", newline="") as table:
        utterances = list(csv.DictReader(table, delimiter="\t"))[:4]
    for one in utterances:
        start, end = (int(float(one[edge]) * rate) for edge in ("start", "end"))
        assert recognized(model, pcm(samples[start:end], rate))[0] == one["text"]
