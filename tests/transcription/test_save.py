"""Files that become calls with their audio, and what may keep either from being kept."""

import os
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
import soundfile
from sqlalchemy.exc import OperationalError

from helpers.events import recording
from helpers.recordings import as_bytes
from local_stt.audio import SILENCE
from local_stt.audio_file import open_audio
from local_stt.core.audio_redaction import TO_THE_END, AudioSpan, mask_of, redacted_spans
from local_stt.core.call_record import Utterance
from local_stt.core.privacy import RedactedAudio
from local_stt.demo import RECORDING
from local_stt.errors import StoreError
from local_stt.events import AudioSetAside, Redaction
from local_stt.store.recordings import import_audio
from local_stt.store.recordings.wav_file import RecordingFile
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


def as_kept(store, tracks=SIDES, **options):
    """Keep the sample call with options; return both channels of its recording."""
    with open_audio(RECORDING) as audio:
        filed = save_with_audio(store, replace(CALL, tracks=tracks), audio=audio, keep_audio=True, **options)
    assert filed.without_audio == ""
    kept = as_bytes(store.recordings, CALL.call_id)
    store.delete(CALL.call_id, at=1)
    return kept


def redacted(track, start, end):
    """Make an utterance that is redacted."""
    return Utterance(track, start, end, "[DATE]", 0.9, redactions=(Redaction("date", start, end),))


@pytest.mark.parametrize("sound", [RedactedAudio.SILENCE, RedactedAudio.BEEP])
def test_what_is_redacted_in_the_text_of_a_file_is_not_in_its_audio(store, sound):
    whole = as_kept(store, said=[])
    said = [redacted("inbound", 1.0, 2.0), redacted("outbound", 3.0, 3.5)]
    aside = [AudioSetAside("x", "inbound", 5.0, 6.0)]
    kept = as_kept(store, said=said, sound=sound, set_aside=aside)
    spans = [*redacted_spans(said), AudioSpan("inbound", 5.0, 6.0)]
    mask = mask_of(spans, SIDES, sound)
    assert kept == tuple(mask.applied(channel, 0, audio) for channel, audio in enumerate(whole))
    assert all(ours != theirs for ours, theirs in zip(kept, whole, strict=True))


def test_the_one_speaker_of_a_file_is_redacted_on_both_channels(store):
    kept = as_kept(store, ("speaker",), said=[redacted("speaker", 1.0, 2.0)], sound=RedactedAudio.SILENCE)
    assert [channel[7200:16_800] for channel in kept] == [SILENCE * 9600] * 2


def test_where_the_audio_is_not_to_be_redacted_it_is_kept_as_it_is(store):
    said = [redacted("inbound", 1.0, 2.0)]
    assert as_kept(store, said=said, sound=RedactedAudio.NO) == as_kept(store, said=[])


def test_redacted_audio_of_a_file_is_never_on_the_disk(store, monkeypatch):
    written = []
    monkeypatch.setattr(RecordingFile, "_write", lambda _, data, at: written.append((at, bytes(data))))
    with open_audio(RECORDING) as audio:
        import_audio(
            *(store.recordings, "x", audio, SIDES),
            redacted=[AudioSpan("inbound", 0.0, TO_THE_END), AudioSpan("outbound", 0.0, TO_THE_END)],
        )
    assert set(b"".join(data for at, data in written if at)) == set(SILENCE)


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
