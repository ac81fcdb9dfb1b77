"""The punctuation model is downloaded like others, and taken for no speech model."""

import tarfile
from hashlib import sha256
from random import Random

import pytest

from helpers.downloads import left, nobody_watches
from helpers.punctuation_model import make_punctuation_model, punctuation_files
from local_stt.errors import DownloadError, ModelError
from local_stt.model_files import (
    PUNCTUATION,
    catalogue,
    download,
    installed,
    punctuation_model,
    require_model,
    select,
    verifiable,
    verify,
)
from local_stt.model_files import archive as unpacking
from stand_ins.model_mirror import tar_archive

ARCHIVE = "sherpa-onnx-online-punct-en-2024-08-06.tar.bz2"
FILES = punctuation_files() | {"model.onnx": Random(1).randbytes(300_000)}  # noise, so that it stays large
GOOD = tar_archive(FILES, top="sherpa-onnx-online-punct-en-2024-08-06")


@pytest.fixture
def offer(mirror, monkeypatch):
    """Serve an archive beside the mirror's list; its size and checksum are those that the program knows."""

    def offer(content, promised=None):
        mirror.files[f"/models/{ARCHIVE}"] = content
        monkeypatch.setattr(catalogue, "_PUNCTUATION_SIZE", len(content))
        monkeypatch.setattr(catalogue, "_PUNCTUATION_SHA256", sha256(promised or content).hexdigest())

    return offer


def get(mirror, models):
    return download(punctuation_model(mirror.list_url), models, progress=nobody_watches)


def refusal(mirror, models):
    with pytest.raises(DownloadError) as raised:
        get(mirror, models)
    return str(raised.value)


def test_the_source_is_pinned():
    model = punctuation_model(catalogue.OFFICIAL_LIST)
    assert (
        model.url == f"https://github.com/k2-fsa/sherpa-onnx/releases/download/punctuation-models/{ARCHIVE}"
    )
    assert model.sha256 == "9f5e5a72c7d2829635bd074fce92b6bbd5b78da8a52e7ad8ed1be933f366b99d"
    assert model.size == 30_667_839


def test_a_download_ends_with_the_model_and_nothing_else(mirror, models, offer):
    offer(GOOD)
    folder = get(mirror, models)
    assert folder == models / PUNCTUATION
    assert {file: (folder / file).read_bytes() for file in FILES} == FILES
    assert left(models) == [PUNCTUATION]
    assert verify(folder).compared == len(FILES)
    asked = len(mirror.asked)
    assert get(mirror, models) == folder
    assert len(mirror.asked) == asked


def test_a_download_goes_on_where_it_broke_off(mirror, models, offer):
    offer(GOOD)
    mirror.cut_after = 200_000
    assert "broke off" in refusal(mirror, models)
    assert left(models) == [f".{PUNCTUATION}.tar.bz2.part"]
    mirror.cut_after = None
    get(mirror, models)
    path, asked_range = mirror.asked[-1]
    assert path == f"/models/{ARCHIVE}"
    assert asked_range.startswith("bytes=")
    assert left(models) == [PUNCTUATION]


def test_another_archive_than_the_pinned_one_is_refused(mirror, models, offer):
    offer(GOOD, promised=b"other")
    assert "wrong sha256" in refusal(mirror, models)
    assert left(models) == []


@pytest.mark.parametrize("path", ["/etc/passwd", "../evil", "a/../../evil", "C:/evil", "a\\..\\evil"])
def test_names_that_lead_outside_are_refused(mirror, models, offer, path):
    offer(tar_archive({path: b"evil"}))
    assert "leads out of its folder" in refusal(mirror, models)
    assert left(models) == []


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(mirror, models, offer, kind):
    offer(tar_archive({"link": b""}, type=kind, linkname="/etc"))
    assert "is a link or a device" in refusal(mirror, models)
    assert left(models) == []


@pytest.mark.parametrize("content", [GOOD[:-100], b"BZh", b"BZh91AY" + bytes(500), b"PK"])
def test_a_part_of_an_archive_is_refused(mirror, models, offer, content):
    offer(content)
    assert "is broken" in refusal(mirror, models)
    assert left(models) == []


def test_an_archive_that_unpacks_to_far_more_is_refused(mirror, models, offer, monkeypatch):
    monkeypatch.setattr(unpacking, "_SLACK", 0)
    offer(tar_archive(FILES | {"model.onnx": bytes(5_000_000)}))
    assert "unpacks to far more" in refusal(mirror, models)


def test_an_archive_without_a_model_is_refused(mirror, models, offer):
    offer(tar_archive({"README.md": b""}, top="x"))
    assert "is not a punctuation model: model.int8.onnx and bpe.vocab are missing" in refusal(mirror, models)


def test_what_is_in_its_place_is_never_touched(mirror, models, offer):
    offer(GOOD)
    (models / PUNCTUATION).mkdir(parents=True)
    assert "is not a whole punctuation model: move it away" in refusal(mirror, models)
    assert left(models) == [PUNCTUATION]


def test_it_is_no_speech_model(models):
    folder = make_punctuation_model(models / PUNCTUATION)
    assert installed(models) == []
    assert select(models, "en").chosen is None
    with pytest.raises(ModelError, match="does not recognize speech: name it with LOCAL_STT_PUNCTUATION"):
        require_model(folder)


def test_its_files_are_verified(mirror, models, offer):
    offer(GOOD)
    folder = get(mirror, models)
    assert verifiable(models) == [folder]
    assert verify(folder).problems == ()
    (folder / "bpe.vocab").write_text("other")
    assert verify(folder).problems == ("bpe.vocab has changed since it was downloaded",)
    (folder / "bpe.vocab").unlink()
    assert verify(folder).problems == ("bpe.vocab is missing",)
