"""Files that arrive and wait."""

import contextlib
import os
import stat
import time

import pytest

from local_stt.jobs.upload_folder import IDENTITY, UploadFolder


@pytest.fixture
def folder(tmp_path):
    return UploadFolder(tmp_path)


def test_a_folder_is_told_from_others_by_what_is_in_it(tmp_path):
    first = UploadFolder(tmp_path).identity
    assert UploadFolder(tmp_path).identity == first
    (tmp_path / "uploads").rename(tmp_path / "moved")
    assert UploadFolder(tmp_path).identity != first
    assert names(tmp_path) == ["identity"]
    (tmp_path / "data").mkdir()
    (tmp_path / "moved").rename(tmp_path / "data" / "uploads")
    assert UploadFolder(tmp_path / "data").identity == first


def names(tmp_path):
    return sorted(each.name for each in tmp_path.glob("uploads/*"))


def arrived(folder, data=b"audio"):
    with folder.receive() as arrival:
        arrival.file.write(data)
        arrival.is_kept = True
    return arrival.key


def test_a_file_that_is_kept_stays_and_is_private(folder, tmp_path):
    old = os.umask(0)
    try:
        key = arrived(folder)
    finally:
        os.umask(old)
    assert folder.has(key)
    with folder.open(key) as file:
        assert file.read() == b"audio"
    modes = [stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "uploads", tmp_path / "uploads" / key)]
    assert modes == [0o700, 0o600]
    folder.delete(key)
    folder.delete(key)
    assert names(tmp_path) == []


def test_a_file_that_breaks_off_or_is_refused_is_deleted(folder, tmp_path):
    with contextlib.suppress(ConnectionError), folder.receive() as arrival:
        arrival.file.write(b"aud")
        raise ConnectionError
    assert names(tmp_path) == []
    with folder.receive() as arrival:
        arrival.file.write(b"aud")
    assert names(tmp_path) == []


def test_strays_are_deleted_after_a_day_but_not_what_is_needed_or_arrives(folder, tmp_path):
    needed, stray, fresh = (arrived(folder) for _ in range(3))
    with folder.receive() as arrival:
        for key in (needed, stray, arrival.key, folder.identity and IDENTITY):
            os.utime(tmp_path / "uploads" / key, (time.time() - 25 * 3600,) * 2)
        folder.delete_strays(lambda key: key == needed)
        assert names(tmp_path) == sorted([needed, fresh, arrival.key, IDENTITY])


def test_where_nothing_was_ever_sent_there_is_nothing_to_delete(folder):
    folder.delete_strays(lambda _: False)
