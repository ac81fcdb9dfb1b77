"""An archive that is broken or may do harm is refused, and nothing of it is left."""

import shutil
import stat
import zipfile

import pytest

from helpers.downloads import GOOD, NAME, left, refusal
from local_stt.model_files import archive as unpacking
from stand_ins.model_mirror import MODEL_FILES, archive


@pytest.fixture(autouse=True)
def nothing_left(models):
    yield
    assert left(models) == []


@pytest.fixture
def refused(mirror, models):
    """What is said of an archive that arrived just as the list promised it."""

    def refused(content):
        mirror.offer(NAME, content)
        return refusal(mirror, models)

    return refused


@pytest.mark.parametrize("content", [GOOD[:-100], GOOD[100:], b"PK", b"not a zip" * 100])
def test_a_part_of_an_archive_is_refused(refused, content):
    assert "is broken" in refused(content)


def test_flipped_bits_are_noticed(refused):
    assert "is broken" in refused(GOOD[:1000] + bytes(100) + GOOD[1100:])


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../evil", f"{NAME}/../../evil", "C:/evil", "C:evil", f"{NAME}\\..\\evil", "a\x07b"],
)
def test_names_that_lead_outside_are_refused(refused, path):
    assert "leads out of its folder" in refused(archive({path: b"evil"}))


def test_a_name_that_hides_its_end_is_refused(refused):
    hiding = archive({"am/final@mdl": b""}).replace(b"final@mdl", b"final\0mdl")
    assert "leads out of its folder" in refused(hiding)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(refused, kind):
    assert "is a link or a device" in refused(archive({"link": b"/etc"}, external_attr=(kind | 0o777) << 16))


def test_encrypted_files_are_refused(refused):
    content = bytearray(archive({"am/final.mdl": b""}))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    assert "is encrypted" in refused(bytes(content))


def test_rare_compression_is_refused(refused):
    assert "compressed in an unknown way" in refused(archive(MODEL_FILES, compress_type=zipfile.ZIP_LZMA))


def test_a_zip_bomb_is_refused(refused, monkeypatch):
    monkeypatch.setattr(unpacking, "_SLACK", 0)
    assert "unpacks to far more" in refused(archive(MODEL_FILES | {"graph/HCLG.fst": bytes(20_000_000)}))


def test_an_archive_without_a_model_is_refused(refused):
    assert "is not a speech model: am/final.mdl" in refused(archive({"README": b""}, top=NAME))


def test_an_archive_with_two_top_folders_is_refused(refused):
    two = {f"{top}/{file}": content for top in ("a", "b") for file, content in MODEL_FILES.items()}
    assert "is not a speech model" in refused(archive(two))


def test_what_there_is_no_room_for_is_not_unpacked(refused, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 2_000_000))
    notices = refused(archive(MODEL_FILES | {"graph/HCLG.fst": bytes(5_000_000)}))
    assert "needs 5.3 MB" in notices
    assert "2.0 MB are free" in notices
