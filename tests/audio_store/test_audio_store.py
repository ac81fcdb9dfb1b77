"""The store of audio, as a folder and as a bucket: what is put there is there, whole, and nothing else."""

import os
import subprocess
import sys
import time

import pytest

from helpers.project import PROJECT
from helpers.s3_server import BUCKET
from local_stt.audio_store import open_audio_store
from local_stt.audio_store.folder_store import UNFINISHED
from local_stt.errors import SettingError

WHOLE = bytes(range(256)) * 20


@pytest.fixture
def store(audio_place):
    return open_audio_store(audio_place)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "one.wav"
    path.write_bytes(WHOLE)
    return path


def keys(store, folder="recordings/"):
    return [each.key for each in store.listed(folder)]


def test_without_a_place_there_is_no_store():
    assert open_audio_store("") is None


def test_a_file_is_found_read_in_parts_listed_and_deleted(store, file):
    key = "recordings/CA1/0-a.wav"
    assert store.find(key) is None
    before = time.time()
    store.put(key, file)
    found = store.find(key)
    assert (found.key, found.size) == (key, len(WHOLE))
    assert abs(found.changed_at / 1000 - before) < 400
    assert store.read(key, 0, 100) == WHOLE[:100]
    assert store.read(key, 1000, 10**7) == WHOLE[1000:]
    assert [store.read(key, len(WHOLE) + beyond, 10) for beyond in (0, 1000)] == [b"", b""]
    store.put("recordings/CA10/0-b.wav", file)
    store.put("uploads/c", file)
    assert keys(store) == [key, "recordings/CA10/0-b.wav"]
    assert keys(store, "recordings/CA1/") == [key]
    store.delete(key)
    store.delete(key)
    assert store.find(key) is None
    assert keys(store) == ["recordings/CA10/0-b.wav"]
    with pytest.raises(FileNotFoundError):
        store.read(key, 0, 1)


def test_a_copy_lives_longer_than_the_file(store, file):
    store.put("uploads/a", file)
    store.copy("uploads/a", "uploads/b")
    store.delete("uploads/a")
    assert store.read("uploads/b", 0, 10**6) == WHOLE
    with pytest.raises(FileNotFoundError):
        store.copy("uploads/a", "uploads/c")


def test_the_store_is_the_same_on_each_host_and_differs_from_others(store, audio_place, tmp_path):
    assert open_audio_store(audio_place).identity == store.identity
    (tmp_path / "other").mkdir()
    other = f"s3://{BUCKET}/other" if audio_place.startswith("s3") else str(tmp_path / "other")
    assert open_audio_store(other).identity != store.identity


def test_a_store_that_is_there_passes_the_check(store):
    store.check()


@pytest.mark.parametrize("place", ["s3://another-bucket", "s3://another-bucket/x"])
def test_a_missing_bucket_is_one_sentence(s3, place):
    with pytest.raises(
        SettingError, match=f"^AUDIO_STORE: {place} cannot be used, as there is no such bucket"
    ):
        open_audio_store(place).check()


def test_a_store_that_cannot_be_reached_is_one_sentence(s3):
    s3.close()
    with pytest.raises(
        SettingError, match="as it cannot be reached: see to the bucket and to AWS_ENDPOINT_URL"
    ):
        open_audio_store(f"s3://{BUCKET}").check()


def test_missing_credentials_are_one_sentence(s3, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with pytest.raises(SettingError, match="as no credentials are set, such as AWS_ACCESS_KEY_ID"):
        open_audio_store(f"s3://{BUCKET}").check()


def test_what_makes_no_sense_in_the_environment_is_one_sentence(s3, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "no address")
    with pytest.raises(
        SettingError, match=r"the settings of AWS make no sense \(ValueError\): see to AWS_END"
    ):
        open_audio_store(f"s3://{BUCKET}")


def test_without_its_driver_a_bucket_is_refused_with_the_command_for_it():
    program = (
        "import sys; sys.modules['boto3'] = None\n"
        "from local_stt.audio_store import open_audio_store\n"
        "from local_stt.errors import SettingError\n"
        "try: open_audio_store('s3://audio')\n"
        "except SettingError as error: print(error)"
    )
    environ = os.environ | {"PYTHONPATH": str(PROJECT)}
    said = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True)
    assert said.stdout.strip() == (
        "AUDIO_STORE is of S3, whose driver is missing: pip install -r requirements-s3.txt."
    )


def test_without_a_bucket_the_driver_is_not_loaded():
    program = "import sys, local_stt.store, local_stt.jobs.shared_uploads; print('boto3' in sys.modules)"
    environ = os.environ | {"PYTHONPATH": str(PROJECT)}
    said = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True)
    assert said.stdout.strip() == "False"


class TestFolder:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "mounted").mkdir()
        return tmp_path / "mounted"

    def test_a_missing_folder_is_not_made(self, folder):
        folder.rmdir()
        with pytest.raises(SettingError, match="is no folder: mount the one that all hosts share"):
            open_audio_store(str(folder)).check()
        assert not folder.exists()

    def test_nobody_else_may_read_what_is_in_it(self, folder, file):
        old = os.umask(0)
        try:
            open_audio_store(str(folder)).put("recordings/CA1/0-a.wav", file)
        finally:
            os.umask(old)
        path = folder / "recordings" / "CA1" / "0-a.wav"
        assert [each.stat().st_mode & 0o077 for each in (path, *path.parents[:2])] == [0, 0, 0]

    def test_while_it_is_not_mounted_nothing_is_written_and_nothing_counts_as_missing(self, folder, file):
        store = open_audio_store(str(folder))
        store.put("uploads/a", file)
        folder.rename(folder.with_name("elsewhere"))
        folder.mkdir()
        for use in (
            lambda: store.put("uploads/b", file),
            lambda: store.find("uploads/a"),
            lambda: store.read("uploads/a", 0, 1),
            lambda: store.delete("uploads/a"),
            lambda: list(store.listed("uploads/")),
        ):
            with pytest.raises(OSError, match="see whether it is mounted"):
                use()
        assert list(folder.iterdir()) == []

    def test_what_a_killed_program_left_is_not_found_and_is_deleted_after_a_day(self, folder, file):
        store = open_audio_store(str(folder))
        store.put("recordings/CA1/0-a.wav", file)
        for name, age in (("old", 25), ("young", 1)):
            left = folder / "recordings" / "CA1" / f"{UNFINISHED}{name}"
            left.write_bytes(b"half")
            os.utime(left, (time.time() - age * 3600,) * 2)
        assert keys(store) == ["recordings/CA1/0-a.wav"]
        store.clear_unfinished()
        names = sorted(each.name for each in (folder / "recordings" / "CA1").iterdir())
        assert names == [f"{UNFINISHED}young", "0-a.wav"]


class TestBucket:
    def test_a_store_that_does_not_compare_is_asked_for_the_file(self, s3, file, monkeypatch):
        store = open_audio_store(f"s3://{BUCKET}")
        put = store._client.put_object
        answers = []

        def without_checksum(**options):
            answers.append({key: each for key, each in put(**options).items() if key != "ChecksumSHA256"})
            return answers[-1]

        monkeypatch.setattr(store._client, "put_object", without_checksum)
        store.put("a", file)
        assert answers
        monkeypatch.setattr(
            store._client, "put_object", lambda **_: put(Bucket=BUCKET, Key="a", Body=b"other")
        )
        with pytest.raises(OSError, match="what was written cannot be read back"):
            store.put("a", file)

    def test_no_secret_is_in_what_is_said_about_an_error(self, s3, file):
        store = open_audio_store(f"s3://{BUCKET}")
        s3.close()
        for use in (lambda: store.put("a", file), lambda: store.find("a"), lambda: list(store.listed("a/"))):
            with pytest.raises(OSError, match="cannot be reached") as error:
                use()
            assert "secret" not in str(error.value)
