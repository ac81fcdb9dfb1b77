"""A download ends with a whole model or with nothing, and goes on where the network broke it off."""

import errno
import fcntl
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from helpers.downloads import GOOD, NAME, PART, archives_asked, get, left, raiser, refusal
from helpers.models import copy_demo_model
from local_stt.model_files import catalogue, http, install, installed, looks_like_model
from local_stt.system import file_lock
from stand_ins.model_mirror import MODEL_FILES, archive


def test_a_download_ends_with_a_model_and_nothing_else(mirror, models):
    mirror.offer(NAME, GOOD)
    seen = []
    folder = get(mirror, models, progress=lambda *amounts: seen.append(amounts))
    assert folder == models / NAME
    assert {file: (folder / file).read_bytes() for file in MODEL_FILES} == MODEL_FILES
    assert left(models) == [NAME]
    assert [model.name for model in installed(models)] == [NAME]
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == ((0, len(GOOD)), (len(GOOD), len(GOOD)))


def test_a_model_can_be_read_by_other_users(mirror, models):
    mirror.offer(NAME, archive(MODEL_FILES))
    (plain := models / "plain").mkdir(parents=True)
    assert get(mirror, models).stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize("top", ["", "another-name"])
def test_any_top_folder_or_none_will_do(mirror, models, top):
    mirror.offer(NAME, archive(MODEL_FILES, top))
    assert looks_like_model(get(mirror, models))
    assert left(models) == [NAME]


def test_an_answer_need_not_announce_its_length(mirror, models):
    mirror.offer(NAME, GOOD)
    mirror.sends_length = False
    assert looks_like_model(get(mirror, models))


@pytest.mark.parametrize(("user", "sent"), [("", None), ("me:p%40ss@", ("me", "p@ss"))])
def test_a_mirror_is_sent_the_credentials_of_its_address(monkeypatch, user, sent):
    """Without credentials in the call, requests uses those of a `.netrc`."""
    asked = {}
    monkeypatch.setattr(http.requests.Session, "get", lambda _, url, **options: asked.update(options))
    http.ask(f"https://{user}mirror.example/list.json")
    assert asked["auth"] == sent


def test_for_a_model_that_is_there_nobody_is_asked(mirror, models):
    mirror.offer(NAME, GOOD)
    copy_demo_model(models / NAME)
    assert get(mirror, models) == models / NAME
    assert archives_asked(mirror) == []


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda path: path.symlink_to("nowhere")])
def test_what_is_in_its_place_is_never_touched(mirror, models, make):
    mirror.offer(NAME, GOOD)
    models.mkdir()
    make(models / NAME)
    assert "move it away" in refusal(mirror, models)
    assert left(models) == [NAME]
    assert archives_asked(mirror) == []


def test_what_a_killed_download_left_is_cleared_away(mirror, models):
    mirror.offer(NAME, GOOD)
    (models / f".{NAME}.unpacking-1/am").mkdir(parents=True)
    (models / f".{NAME}.lock").touch()
    get(mirror, models)
    assert left(models) == [NAME]


def test_two_downloads_of_one_model_do_not_meet(mirror, models):
    mirror.offer(NAME, GOOD)
    models.mkdir()
    with (models / f".{NAME}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "another process" in refusal(mirror, models)
    assert left(models) == [f".{NAME}.lock"]
    assert archives_asked(mirror) == []


def test_without_flock_the_lock_file_itself_is_the_lock(mirror, models, monkeypatch):
    monkeypatch.setattr(file_lock, "fcntl", None)
    mirror.offer(NAME, GOOD)
    models.mkdir()
    (models / f".{NAME}.lock").touch()
    assert "another process" in refusal(mirror, models)
    (models / f".{NAME}.lock").unlink()
    get(mirror, models)
    assert left(models) == [NAME]


class TestAnInterruptedDownload:
    @pytest.mark.parametrize("sends_length", [True, False])
    def test_keeps_what_came_and_continues(self, mirror, models, sends_length):
        mirror.offer(NAME, GOOD)
        mirror.cut_after, mirror.sends_length = 200_000, sends_length
        expected = r"\(the connection was closed\)\. Run it again: it continues where it stopped\."
        assert re.search(expected, refusal(mirror, models))
        assert left(models) == [PART]
        have = (models / PART).stat().st_size
        assert 0 < have <= 200_000
        mirror.cut_after = None
        seen = []
        assert looks_like_model(get(mirror, models, progress=lambda done, total: seen.append(done)))
        assert archives_asked(mirror) == [None, f"bytes={have}-"]
        assert seen[0] == have
        assert left(models) == [NAME]

    def test_by_a_stall_ends_and_continues(self, mirror, models, monkeypatch):
        mirror.offer(NAME, GOOD)
        mirror.stall_after = 200_000
        with monkeypatch.context() as hurried:
            hurried.setattr(http, "STALL_TIMEOUT", 0.3)
            assert re.search(r"broke off at 0.* \(timed out\)", refusal(mirror, models))
        assert left(models) == [PART]
        mirror.stall_after = None
        assert looks_like_model(get(mirror, models))

    def test_by_the_keyboard_continues(self, mirror, models):
        mirror.offer(NAME, GOOD)

        def interrupt(done, total):
            if done > 100_000:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            get(mirror, models, progress=interrupt)
        assert left(models) == [PART]
        assert looks_like_model(get(mirror, models))
        assert archives_asked(mirror)[1] is not None

    def test_by_the_keyboard_while_unpacking_needs_no_second_download(self, mirror, models, monkeypatch):
        mirror.offer(NAME, GOOD)
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "copyfileobj", raiser(KeyboardInterrupt()))
            with pytest.raises(KeyboardInterrupt):
                get(mirror, models)
        assert left(models) == [PART]
        assert looks_like_model(get(mirror, models))
        assert archives_asked(mirror) == [None]

    def test_starts_over_where_ranges_are_not_known(self, mirror, models):
        mirror.offer(NAME, GOOD)
        mirror.knows_ranges = False
        models.mkdir()
        (models / PART).write_bytes(b"stale")
        assert looks_like_model(get(mirror, models))
        assert left(models) == [NAME]

    def test_starts_over_when_there_is_more_than_there_should_be(self, mirror, models):
        mirror.offer(NAME, GOOD)
        models.mkdir()
        (models / PART).write_bytes(GOOD + b"more")
        assert looks_like_model(get(mirror, models))

    def test_starts_over_when_the_server_has_less(self, mirror, models):
        mirror.offer(NAME, GOOD[:100], size=len(GOOD))
        models.mkdir()
        (models / PART).write_bytes(GOOD[:200])
        assert "has 100 bytes" in refusal(mirror, models)
        assert archives_asked(mirror) == ["bytes=200-", None]

    def test_of_a_file_that_has_changed_since_is_noticed(self, mirror, models):
        mirror.offer(NAME, GOOD)
        models.mkdir()
        (models / PART).write_bytes(b"from another archive")
        assert "wrong md5" in refusal(mirror, models)
        assert left(models) == []

    def test_survives_a_server_that_is_gone(self, mirror, models):
        mirror.offer(NAME, GOOD)
        models.mkdir()
        (models / PART).write_bytes(GOOD[:200])
        mirror.files.clear()
        assert "answered 404" in refusal(mirror, models)
        assert left(models) == [PART]


class TestNothingIsLeft:
    @pytest.fixture(autouse=True)
    def nothing_left(self, models):
        yield
        assert left(models) == []

    @pytest.mark.parametrize("size", [100, len(GOOD) + 1])
    def test_of_an_archive_of_another_size_than_listed(self, mirror, models, size):
        mirror.offer(NAME, GOOD, size=size)
        assert f"has {len(GOOD)} bytes for {NAME} and the list says {size}" in refusal(mirror, models)

    def test_of_an_endless_answer_and_the_disk_is_spared(self, mirror, models, monkeypatch):
        mirror.offer(NAME, bytes(5_000_000), size=1000)
        mirror.sends_length = False
        sizes, check = [], install.require_promised

        def measure(model, part):
            sizes.append(part.stat().st_size)
            check(model, part)

        monkeypatch.setattr(install, "require_promised", measure)
        assert "wrong size" in refusal(mirror, models)
        assert 1000 < sizes[0] < 100_000

    def test_of_another_md5(self, mirror, models):
        mirror.offer(NAME, GOOD, md5="0" * 32)
        assert "(wrong md5)" in refusal(mirror, models)

    def test_of_another_sha256_than_the_known_one(self, mirror, models, monkeypatch):
        mirror.offer(NAME, GOOD)
        monkeypatch.setitem(catalogue.PINNED_SHA256, NAME, sha256(b"another").hexdigest())
        assert "(wrong sha256)" in refusal(mirror, models)

    def test_when_there_is_no_room_for_it(self, mirror, models, monkeypatch):
        mirror.offer(NAME, GOOD)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 500_000))
        assert "needs 0.9 MB" in refusal(mirror, models)
        assert archives_asked(mirror) == []

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's disk that is always full")
    def test_when_the_disk_fills_while_it_comes(self, mirror, models):
        mirror.offer(NAME, GOOD)
        models.mkdir()
        (models / PART).symlink_to("/dev/full")
        assert f"The disk of {models} is full" in refusal(mirror, models)

    def test_when_the_disk_fills_while_it_is_unpacked(self, mirror, models, monkeypatch):
        mirror.offer(NAME, GOOD)
        monkeypatch.setattr(shutil, "copyfileobj", raiser(OSError(errno.ENOSPC, "No space left on device")))
        assert f"The disk of {models} is full" in refusal(mirror, models)


def test_a_models_folder_that_cannot_be_made_is_named(mirror, models):
    mirror.offer(NAME, GOOD)
    models.touch()
    assert f"{models} cannot be written" in refusal(mirror, models)
