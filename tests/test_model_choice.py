"""Which model a run begins with, and what it says about it."""

import io
import re
import socket
from hashlib import sha256

import pytest
from conftest import DEMO_MODEL
from downloads import GOOD, raiser
from stand_ins.model_mirror import MODEL_FILES, archive

from local_stt import model_choice, model_files
from local_stt.answering import phonebook_of
from local_stt.config import Settings
from local_stt.errors import ModelError, SettingError
from local_stt.model_choice import EMBEDDED_NOTICE, chosen_model, open_engine, open_engines
from local_stt.model_files import DEFAULT, EMBEDDED
from local_stt.terminal import open_view

DEMO = archive(
    {file.relative_to(DEMO_MODEL).as_posix(): file.read_bytes() for file in DEMO_MODEL.rglob("*.*")}
)


@pytest.fixture
def settings(models):
    def settings(**chosen):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        return Settings(**{"models_dir": models, "model_list_url": nowhere, "workers": 0} | chosen)

    return settings


@pytest.fixture
def opened(capsys):
    """The name of the model that was opened, and what was said about it."""

    def opened(settings):
        engine = open_engine(settings, open_view(as_json=False, output=io.StringIO()), give_up=pytest.fail)
        engine.close()
        return engine.ready.folder.name, capsys.readouterr().err

    return opened


def make_model(folder, files=MODEL_FILES):
    for file, content in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)
    return folder


def test_a_model_is_asked_for_by_its_path(settings, tmp_path):
    elsewhere = make_model(tmp_path / "elsewhere")
    assert chosen_model(settings(model=str(elsewhere))) == elsewhere


def test_a_model_is_asked_for_by_its_name(settings, models):
    make_model(models / "large", MODEL_FILES | {"more": bytes(1000)})
    small = make_model(models / "small")
    assert chosen_model(settings(model="small")) == small


def test_a_name_that_is_not_there_is_answered_with_the_way_to_get_it(settings, models):
    with pytest.raises(ModelError) as raised:
        chosen_model(settings(model="vosk-model-xx"))
    assert str(raised.value) == (
        f"There is no model vosk-model-xx in {models}: "
        "run `make download-model MODEL=vosk-model-xx`, or name another one."
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [("{long}", "There is no model x"), ("models/{long}", "cannot be read (File name too")],
)
def test_a_path_that_cannot_be_looked_at_is_told(settings, name, reason):
    with pytest.raises(ModelError) as raised:
        chosen_model(settings(model=name.format(long="x" * 300)))
    assert reason in str(raised.value)


def test_a_path_that_is_no_model_is_told_why(settings, models):
    with pytest.raises(ModelError, match="There is no folder"):
        chosen_model(settings(model=f"{models}/nowhere"))
    (models / "half").mkdir(parents=True)
    with pytest.raises(ModelError, match=r"is not a Vosk model: am/final\.mdl"):
        chosen_model(settings(model="half"))


def test_of_those_installed_the_best_is_used_without_asking_anyone(settings, models, mirror):
    make_model(models / "small")
    best = make_model(models / "large", MODEL_FILES | {"more": bytes(1000)})
    assert chosen_model(settings(model_list_url=mirror.list_url)) == best
    assert mirror.asked == []


def test_the_embedded_model_is_never_chosen_while_another_can_be_had(settings):
    assert chosen_model(settings(models_dir=DEMO_MODEL.parent.parent / "nowhere")) is None
    make_model(settings().models_dir / EMBEDDED)
    assert chosen_model(settings()) is None


def test_without_a_model_the_default_one_is_downloaded(settings, models, mirror, monkeypatch, opened):
    monkeypatch.setitem(model_files.catalogue.PINNED_SHA256, DEFAULT, sha256(DEMO).hexdigest())
    mirror.offer(DEFAULT, DEMO)
    name, told = opened(settings(model_list_url=mirror.list_url))
    assert name == DEFAULT
    assert "There is no speech model yet" in told
    assert f"Downloading {DEFAULT}: 100 %, checking and unpacking" in told
    assert EMBEDDED_NOTICE not in told
    mirror.asked.clear()
    assert opened(settings(model_list_url=mirror.list_url)) == (
        DEFAULT,
        f"Loading {DEFAULT} and measuring how fast it is …\n",
    )
    assert mirror.asked == []


def test_without_a_network_the_embedded_model_must_do_and_says_so(settings, opened):
    name, told = opened(settings())
    assert name == EMBEDDED
    assert "127.0.0.1 cannot be reached" in told
    assert EMBEDDED_NOTICE in told


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"cut_after": 200_000}, "broke off"),
        ({"entries": []}, "There is no official model"),
        ({"files": {}}, "answered 404"),
        ({}, "wrong sha256"),
    ],
)
def test_a_download_that_fails_ends_with_the_embedded_model(settings, mirror, opened, fault, reason):
    mirror.offer(DEFAULT, GOOD)
    for name, value in fault.items():
        setattr(mirror, name, value)
    name, told = opened(settings(model_list_url=mirror.list_url))
    assert name == EMBEDDED
    assert reason in told


def test_a_models_folder_that_cannot_be_written_ends_with_the_embedded_model(
    settings, mirror, models, opened
):
    mirror.offer(DEFAULT, GOOD)
    models.touch()
    name, told = opened(settings(model_list_url=mirror.list_url))
    assert name == EMBEDDED
    assert f"{models} cannot be written" in told


def test_the_keyboard_stops_the_program_and_not_the_download_alone(settings, mirror, monkeypatch, opened):
    mirror.offer(DEFAULT, GOOD)
    monkeypatch.setattr(model_files, "download", raiser(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        opened(settings(model_list_url=mirror.list_url))


def test_the_embedded_model_says_so_even_when_it_was_asked_for(settings, opened):
    assert EMBEDDED_NOTICE in opened(settings(model=EMBEDDED))[1]
    assert EMBEDDED_NOTICE in opened(settings(model=str(DEMO_MODEL)))[1]


def test_the_notice_knows_how_many_words_the_embedded_model_knows():
    listed = (DEMO_MODEL / "graph/words.txt").read_text(encoding="utf-8").splitlines()
    words = [line.split()[0] for line in listed]
    spoken = [word for word in words if word[0] not in "<#!["]
    assert f"It knows {len(spoken)} words" in EMBEDDED_NOTICE


def test_words_that_the_model_does_not_know_are_told(settings, opened):
    _, told = opened(settings(model=EMBEDDED, words=("yes", "zyzzyva")))
    assert f"{EMBEDDED} does not know these of LOCAL_STT_WORDS: zyzzyva." in told


@pytest.mark.parametrize("workers", [0, 1])
def test_words_that_cannot_be_used_are_told_with_what_sets_them(settings, opened, tmp_path, workers):
    with pytest.raises(SettingError, match=r"^LOCAL_STT_WORDS: demo-en can recognize none .* zyzzyva"):
        opened(settings(model=EMBEDDED, words=("zyzzyva",), workers=workers))
    file = tmp_path / "phones.toml"
    file.write_text('["+1 555 111 0001"]\nwords = ["@/etc/hostname", "a, b"]')
    chosen = settings(model=EMBEDDED, phones=file, workers=workers)
    view = open_view(as_json=False, output=io.StringIO())
    where = re.escape(f'words in {file}, ["+15551110001"]: ')
    with pytest.raises(SettingError, match=f"^{where}.* @/etc/hostname, a,"):
        open_engines(chosen, phonebook_of(chosen), view, pytest.fail)


def test_words_that_are_unknown_to_a_number_are_told_with_their_place(settings, tmp_path, capsys):
    file = tmp_path / "phones.toml"
    file.write_text('["+15551110001"]\nwords = ["yes", "zyzzyva"]')
    chosen = settings(model=EMBEDDED, phones=file)
    view = open_view(as_json=False, output=io.StringIO())
    open_engines(chosen, phonebook_of(chosen), view, pytest.fail).close()
    told = capsys.readouterr().err
    assert f'demo-en does not know these of words in {file}, ["+15551110001"]: zyzzyva.' in told


def test_the_embedded_model_is_in_the_repository():
    assert model_choice.BUNDLED_MODELS / EMBEDDED == DEMO_MODEL
