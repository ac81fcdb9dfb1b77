"""The official list: what of it is offered, and what is said when it is no list."""

import pytest

from helpers.downloads import GOOD, NAME
from local_stt.errors import DownloadError
from local_stt.model_files import DEFAULT, ListedModel, catalogue, fetch_list, find_listed


def names(mirror):
    return [model.name for model in fetch_list(mirror.list_url)]


def test_the_list_is_read_in_its_order(mirror):
    mirror.offer(NAME, GOOD, obsolete="true")
    mirror.offer("vosk-model-big", GOOD, url="https://elsewhere.example/big.zip", md5="AB" * 16)
    small, big = fetch_list(mirror.list_url)
    assert small == ListedModel(
        name=NAME,
        lang="en-us",
        lang_text="US English",
        type="small",
        obsolete=True,
        url=f"{mirror.url}/models/{NAME}.zip",
        size=len(GOOD),
        md5=small.md5,
        sha256="",
    )
    assert (big.url, big.md5, big.obsolete) == ("https://elsewhere.example/big.zip", "ab" * 16, False)


def test_the_default_model_is_known_by_more_than_the_list_says(mirror):
    mirror.offer(DEFAULT, GOOD)
    assert fetch_list(mirror.list_url)[0].sha256 == catalogue.PINNED_SHA256[DEFAULT]


@pytest.mark.parametrize(
    "flaw",
    [
        {"name": "../evil"},
        {"name": ".hidden"},
        {"name": ""},
        {"md5": "not hex"},
        {"size": "large"},
        {"size": 0},
        {"size": 1.5},
        {"url": "ftp://elsewhere.example/a.zip"},
        {"url": "file:///etc/passwd"},
        {"url": "http://[broken"},
    ],
    ids=str,
)
def test_malformed_entries_are_left_out(mirror, flaw):
    mirror.offer("bad", GOOD, **flaw)
    mirror.entries += ["text", 7, None, [], {}, {"name": NAME}]
    mirror.offer(NAME, GOOD)
    assert names(mirror) == [NAME]


def test_models_that_do_not_recognize_speech_are_left_out(mirror):
    mirror.offer("vosk-model-spk-0.4", GOOD, lang="all", type="")
    mirror.offer("vosk-model-tts-ru-0.9-multi", GOOD, type="")
    mirror.offer("vosk-recasepunc-en-0.22", GOOD, type="")
    mirror.offer("another-speaker-model", GOOD, type="spk")
    mirror.offer("another-voice", GOOD, type="tts")
    mirror.offer("vosk-model-en-us-0.22-lgraph", GOOD, type="big-lgraph")
    mirror.offer(NAME, GOOD)
    assert names(mirror) == ["vosk-model-en-us-0.22-lgraph", NAME]


@pytest.mark.parametrize("content", [b"<html>Log in to this network</html>", b"{}", b" ", b"[" * 100_000])
def test_what_is_no_list_is_refused(mirror, content):
    mirror.files["/login"] = content
    with pytest.raises(DownloadError, match="not a list of Vosk models: LOCAL_STT_MODEL_LIST_URL"):
        fetch_list(f"{mirror.url}/login")


def test_a_list_without_end_is_not_read_to_its_end(mirror, monkeypatch):
    monkeypatch.setattr(catalogue, "_MAX_LIST_BYTES", 1000)
    mirror.entries = [" " * 200_000]
    with pytest.raises(DownloadError, match="not a list"):
        fetch_list(mirror.list_url)


def test_a_list_that_is_not_there_names_the_mirror_setting(mirror):
    with pytest.raises(DownloadError, match=r"127.0.0.1 answered 404 .* LOCAL_STT_MODEL_LIST_URL"):
        fetch_list(f"{mirror.url}/nothing.json")


def test_a_model_is_found_by_name_or_the_closest_names_are_told(mirror):
    mirror.offer(NAME, GOOD)
    listed = fetch_list(mirror.list_url)
    assert find_listed(listed, NAME).name == NAME
    with pytest.raises(DownloadError, match=f"did you mean {NAME}"):
        find_listed(listed, "vosk-small-xx")
    with pytest.raises(DownloadError, match="models list"):
        find_listed(listed, "?")
