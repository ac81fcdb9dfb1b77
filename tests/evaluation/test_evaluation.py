"""`models evaluate`, and what the upper band does for a wideband model."""

import csv
import json
import subprocess
import sys

import pytest
import soundfile
import soxr
from click.testing import CliRunner

from helpers import DATA
from helpers.models import DEMO_MODEL
from helpers.project import PROJECT
from local_stt.audio import to_16_bit
from local_stt.bandwidth_extension.upper_band import UpperBand
from local_stt.cli import main
from local_stt.core.wer import word_errors
from local_stt.demo import RECORDING, TRANSCRIPT
from local_stt.evaluation import SPEECH, TEXT, evaluate, read_speech
from local_stt.recognizer import SpeechModel

pytestmark = pytest.mark.model

KOREAN = DATA / "korean-sentences.flac"
with KOREAN.with_suffix(".tsv").open(encoding="utf-8") as lines:
    KOREAN_TEXT = "\n".join(line["text"] for line in csv.DictReader(lines, delimiter="\t"))


@pytest.fixture
def call_text(tmp_path):
    """What is said on the bundled call, without who says it."""
    path = tmp_path / "said.txt"
    lines = TRANSCRIPT.read_text().splitlines()
    path.write_text("\n".join(line.partition(": ")[2] for line in lines))
    return path


def typed(*arguments, status=0):
    """Return what is printed by `models evaluate` with these arguments."""
    result = CliRunner().invoke(main, ["models", "evaluate", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result.output


def test_each_way_is_measured_and_the_one_of_calls_is_marked(call_text):
    rows = typed(DEMO_MODEL, "--audio", RECORDING, "--text", call_text).splitlines()
    marked = [row for row in rows if row.startswith("* phone")]
    assert len(marked) == 1
    assert marked[0].startswith("* phone, clean, silence left out")
    assert float(marked[0].split()[-3].rstrip("%")) < 2  # words wrong
    assert [row[2:].split("  ")[0] for row in rows if row[2:].startswith(("phone", "16"))] == [
        "phone, linear interpolation",
        *(
            f"phone, {band}{gate}"
            for band in ("clean", "image", "learned")
            for gate in ("", ", silence left out")
        ),
    ]


def test_what_is_set_is_what_is_marked(call_text):
    said = typed(
        *(DEMO_MODEL, "--audio", RECORDING, "--text", call_text), "--upper-band", "image", "--no-gate"
    )
    assert "* phone, image  " in said


def test_the_speech_that_comes_with_the_program_is_read_with_its_text():
    speech = read_speech(SPEECH, TEXT)
    assert len(speech.wide[0]) == pytest.approx(4 * len(speech.phone[0]), abs=8)
    assert 30 < speech.seconds < 40
    assert len(speech.text.splitlines()) == 6


def test_a_model_for_another_language_needs_speech_of_its_own(tmp_path):
    model = tmp_path / "vosk-model-small-ko-9.9"
    model.symlink_to(DEMO_MODEL, target_is_directory=True)
    assert "is for Korean (ko): give --audio and --text" in typed(model, status=2)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (None, "There is no text file"),
        ("folder", "said.txt cannot be read (Is a directory)"),
        (b"\xff\xfe", "said.txt is not UTF-8 text"),
        (b" . ", "has no words"),
    ],
)
def test_a_text_that_is_none_is_named(tmp_path, written, sentence):
    text = tmp_path / "said.txt"
    if written == "folder":
        text.mkdir()
    elif written is not None:
        text.write_bytes(written)
    said = " ".join(typed(DEMO_MODEL, "--audio", RECORDING, "--text", text, status=2).split())
    assert sentence in said


def test_audio_that_is_too_short_to_say_anything_is_named(tmp_path, call_text):
    soundfile.write(tmp_path / "short.wav", [0.0] * 8000, 16_000)
    said = typed(DEMO_MODEL, "--audio", tmp_path / "short.wav", "--text", call_text, status=2)
    assert "has 0.50 s of audio: give some sentences" in said


def test_audio_and_text_go_together():
    assert "Give both --audio and --text" in typed(DEMO_MODEL, "--audio", RECORDING, status=2)


@pytest.mark.korean_model
@pytest.mark.timeout(3600)
def test_the_learned_upper_band_is_nearest_to_audio_of_16_khz(korean_model_folder, tmp_path):
    """Measure twelve sentences.  The model dithers, so what is compared is far apart."""
    text = tmp_path / "said.txt"
    text.write_text(KOREAN_TEXT)
    model = SpeechModel(korean_model_folder)
    speech = read_speech(KOREAN, text)
    letters = {each.way: each.letters for each in evaluate(model, speech, UpperBand.AUTO, gated=True)}
    learned = letters["phone, learned, silence left out"]
    assert learned < 0.85 * letters["phone, linear interpolation"]
    assert learned < 0.75 * letters["phone, clean, silence left out"]
    assert learned < letters["16 kHz as it was recorded"] + 0.25


@pytest.mark.korean_model
@pytest.mark.timeout(3600)
def test_recordings_of_8_khz_are_heard_as_calls_are(korean_model_folder, tmp_path):
    """Through `transcribe`: without an upper band this model hears next to nothing that was said."""
    said = "".join(KOREAN_TEXT.split())
    samples, rate = soundfile.read(KOREAN, dtype="float32")
    recording = tmp_path / "recording.wav"
    soundfile.write(recording, to_16_bit(soxr.resample(samples, rate, 8000)), 8000)

    def heard(band):
        result = subprocess.run(
            [
                *(sys.executable, "-m", "local_stt", "transcribe", str(recording)),
                *("--model", str(korean_model_folder), "--workers", "0", "--no-keep-calls"),
                *("--upper-band", band, "--language", "ko-KR", "--format", "json"),
            ],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        return "".join(said["text"].replace(" ", "") for said in json.loads(result.stdout)["utterances"])

    letters = {band: word_errors(said, heard(band)) / len(said) for band in ("auto", "clean")}
    assert letters["auto"] < 0.75 * letters["clean"]
