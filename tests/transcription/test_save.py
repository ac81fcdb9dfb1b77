"""Files that become calls with their audio, and what may keep either from being kept."""

import os
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
import soundfile
from sqlalchemy.exc import OperationalError

from helpers.events import recording
from local_stt.audio_file import open_audio
from local_stt.demo import RECORDING
from local_stt.errors import StoreError
from local_stt.store.recordings import import_audio
from local_stt.system.file_lock import try_lock
from local_stt.system.reserve import RESERVE
from local_stt.transcription.save import save_with_audio

SECONDS = soundfile.info(RECORDING).duration
SIDES = ("inbound", "outbound")
CALL = replace(recording(), tracks=SIDES)


@pytest.fixture
def audio():
    with open_audio(RECORDING) as audio:
        yield audio


def names(store):
    return sorted(path.name for path in store.recordings.folder.glob("*"))


@pytest.mark.parametrize(("wanted", "recorded"), [(True, True), (False, False)])
def test_a_file_is_kept_with_its_audio_if_that_is_wanted(store, audio, wanted, recorded):
    filed = save_with_audio(store, CALL, [], audio, keep_audio=wanted)
    assert (filed.is_new, filed.without_audio) == (True, "")
    assert store.call(CALL.call_id).recorded is recorded
    assert not save_with_audio(store, CALL, [], audio, keep_audio=wanted).is_new


def test_a_disk_is_not_filled(store, audio, monkeypatch):
    need = round(SECONDS * 16_000)
    for free, fits in ((need + RESERVE - 1000, False), (need + RESERVE + 1000, True)):
        disk = SimpleNamespace(f_blocks=10**12, f_bavail=free, f_frsize=1)
        monkeypatch.setattr(os, "statvfs", lambda _, disk=disk: disk)
        filed = save_with_audio(store, CALL, [], audio, keep_audio=True)
        assert (filed.without_audio == "") is fits
        if not fits:
            assert "Make room. What is said in it is kept." in filed.without_audio
            assert names(store) == []
            assert not store.call(CALL.call_id).recorded
    assert store.call(CALL.call_id).recorded


def test_of_a_file_that_has_changed_meanwhile_the_text_is_kept(store, tmp_path):
    shutil.copy(RECORDING, tmp_path / "talk.wav")
    with open_audio(tmp_path / "talk.wav") as audio:
        (tmp_path / "talk.wav").write_bytes(b"hello there")
        filed = save_with_audio(store, CALL, [], audio, keep_audio=True)
    assert "cannot be read as audio" in filed.without_audio
    assert names(store) == []
    assert not store.call(CALL.call_id).recorded


def test_where_the_text_cannot_be_kept_no_audio_is_left(store, audio, monkeypatch):
    def broken(*_):
        raise OperationalError("INSERT", {}, Exception("disk I/O error"))

    monkeypatch.setattr(store, "save_call", broken)
    with pytest.raises(StoreError, match=r"could not be kept: disk I/O error\.$"):
        save_with_audio(store, CALL, [], audio, keep_audio=True)
    assert names(store) == []


def test_what_another_program_brings_in_is_left_to_it_and_what_a_killed_one_left_is_cleared(store, audio):
    store.recordings.make_folder()
    others, left = (store.recordings.folder / name for name in ("x.part", "y.part"))
    left.write_bytes(b"x" * 1000)
    with try_lock(others):
        assert not import_audio(store.recordings, "x", audio, SIDES)
        store.recordings.clear_unfinished()
        assert names(store) == ["x.part"]
    assert import_audio(store.recordings, "x", audio, SIDES)
    assert names(store) == ["x.wav"]
    assert store.recordings.seconds("x") == pytest.approx(SECONDS, abs=0.1)
