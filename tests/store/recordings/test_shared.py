"""Recordings in a store that hosts share: moved when they are complete, joined, played anywhere, deleted."""

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
import soundfile
from sqlalchemy import event

from helpers.api import TOKEN, app_of
from helpers.events import final, save_call, started
from helpers.project import PROJECT
from helpers.recordings import noise
from helpers.redacted_calls import Recording, ended, redacted
from helpers.s3_server import BUCKET
from helpers.waiting import wait_until
from local_stt.audio import SILENCE
from local_stt.core.audio_redaction import Mask
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.core.privacy import RedactedAudio
from local_stt.errors import NoSuchRecording, StoreError
from local_stt.events import CallEnded, EndReason
from local_stt.jobs.recording_mover import RecordingMover
from local_stt.store import now, open_store
from local_stt.store.recordings.joined import Fragment, intervals_of
from local_stt.store.recordings.redaction_note import try_note
from local_stt.store.recordings.wav_file import RecordingFile
from local_stt.store.recordings.wav_header import HEADER_SIZE

LONG_AGO = 1000


class Host:
    """A host: its own data folder, and the database and the store of audio of all."""

    def __init__(self, folder, database_url, place):
        self.store = open_store(folder, database_url, place)
        self.recordings = self.store.recordings
        self.recordings.make_folder()
        self.mover = RecordingMover(self.store, self.recordings)

    def record(self, call_id="CA1", since=0, seed=1, seconds=1, channel=0):
        """Record noise on one side, from a second of the call on."""
        file = RecordingFile(self.recordings.path(call_id))
        file.put(channel, AudioChunk(since * 8000, noise(seed, seconds)))
        file.close()

    def audio(self, call_id="CA1", mask=None):
        """Return what is played of each channel."""
        with self.recordings.open(call_id, mask) as snapshot:
            whole = snapshot.read()
        assert len(whole) == snapshot.size
        return whole[HEADER_SIZE::2], whole[HEADER_SIZE + 1 :: 2]

    @property
    def files(self):
        """The recordings that are on this host's disk."""
        return sorted(each.name for each in self.recordings.folder.rglob("*.wav"))

    def stored(self):
        """List the keys of recordings in the store of audio."""
        return [each.key for each in self.recordings.audio_store.listed("recordings/")]


@pytest.fixture
def hosts(tmp_path, database_url, audio_place):
    url = database_url if database_url.startswith("postgresql") else f"sqlite:///{tmp_path}/calls.sqlite3"
    made = [Host(tmp_path / name, url, audio_place) for name in ("a", "b")]
    yield made
    for host in made:
        host.store.close()


@pytest.fixture
def call(hosts):
    save_call(hosts[0].store, "CA1", "hello there", at=LONG_AGO)


def test_a_recording_is_moved_when_its_call_is_over_and_played_on_each_host(hosts, call):
    a, b = hosts
    a.record()
    assert a.store.call("CA1").recorded
    assert not b.store.call("CA1").recorded
    a.mover.look()
    assert a.files == []
    assert len(b.stored()) == 1
    for host in hosts:
        assert host.store.call("CA1").recorded
        assert host.recordings.has("CA1")
        assert host.audio() == (noise(1, 1), SILENCE * 8000)
    assert not b.recordings.has_here("CA1")


def test_a_recording_stays_while_the_call_goes_on_or_may_go_on(hosts):
    a, _ = hosts
    a.store.start_call(started(), at=now(), server="s1", model="demo-en")
    a.record()
    a.mover.look()
    assert a.files == ["CA1.wav"]
    a.store.end_call(CallEnded("CA1", EndReason.DISCONNECTED, 1.0), at=now())
    a.mover.look()
    assert a.files == ["CA1.wav"]  # its stream may come back
    a.mover.close()
    assert a.files == []  # but not here, where the program ends
    assert len(a.stored()) == 1


def test_a_recording_that_a_program_still_writes_stays(hosts, call):
    a, _ = hosts
    file = RecordingFile(a.recordings.path("CA1"), is_live=True)
    file.put(0, AudioChunk(0, noise(1, 1)))
    a.mover.look()
    assert a.files == ["CA1.wav"]
    file.close()
    a.mover.look()
    assert a.files == []


def test_audio_that_comes_after_the_recording_was_moved_is_a_part_of_its_own(hosts, call):
    a, b = hosts
    a.record()
    a.mover.look()
    a.record(since=2, seed=2)
    assert b.audio()[0] == noise(1, 1)
    assert a.audio()[0] == noise(1, 1) + SILENCE * 8000 + noise(2, 1)
    a.mover.look()
    for host in hosts:
        assert host.audio()[0] == noise(1, 1) + SILENCE * 8000 + noise(2, 1)
    assert len(b.stored()) == 2


def test_parts_that_two_hosts_have_recorded_are_joined_by_time(hosts, call):
    a, b = hosts
    a.record(seconds=3)  # until its host dies
    b.record(since=2, seed=2, seconds=2)  # on the call's clock
    b.mover.look()
    assert a.audio()[0] == noise(1, 3)[: 2 * 8000] + noise(2, 2)
    a.mover.look()
    expected = (noise(1, 3)[: 2 * 8000] + noise(2, 2), SILENCE * 4 * 8000)
    assert [host.audio() for host in hosts] == [expected, expected]
    mask = Mask()
    mask.add(0, range(15_000, 17_000))  # across the seam
    silenced = expected[0][:15_000] + SILENCE * 2000 + expected[0][17_000:]
    assert b.audio(mask=mask)[0] == silenced


def test_any_range_of_a_joined_recording_is_what_the_whole_has_there(hosts, call):
    a, b = hosts
    a.record(seconds=2)
    b.record(since=3, seed=2, seconds=1)
    for host in hosts:
        host.mover.look()
    with a.recordings.open("CA1") as snapshot:
        whole = snapshot.read()
        dice = np.random.default_rng(1)
        for at, size in zip(dice.integers(0, len(whole), 50), dice.integers(0, 40_000, 50), strict=True):
            snapshot.seek(int(at))
            assert snapshot.read(int(size)) == whole[at : at + size]
        assert snapshot.seconds == 4
        assert [left > 0 for left, _ in snapshot.peaks(4)] == [True, True, False, True]


def test_a_joined_recording_is_a_valid_file(hosts, call, tmp_path):
    a, b = hosts
    a.record()
    b.record(since=1, seed=2)
    for host in hosts:
        host.mover.look()
    with b.recordings.open("CA1") as snapshot:
        (tmp_path / "joined.wav").write_bytes(snapshot.read())
    info = soundfile.info(tmp_path / "joined.wav")
    assert (info.subtype, info.frames, info.channels) == ("ULAW", 16_000, 2)


class Frames:
    def __init__(self, frames):
        self.size = HEADER_SIZE + 2 * frames


def test_each_interval_is_of_the_latest_fragment_that_has_audio():
    first, second, third = Fragment(0, Frames(50)), Fragment(10, Frames(30)), Fragment(70, Frames(80))
    found = [(interval.frames, interval.fragment) for interval in intervals_of([third, second, first])]
    assert found == [
        (range(0, 10), first),
        (range(10, 30), second),
        (range(30, 50), first),
        (range(50, 70), None),
        (range(70, 80), third),
    ]


def test_audio_that_is_not_redacted_yet_stays_and_is_not_played(hosts, call):
    a, b = hosts
    recording = Recording(a.recordings)
    recording.speak()
    recording.hear(redacted(1.0, 2.0))
    recording.written()
    a.mover.look()
    a.mover.close()
    assert a.files == ["CA1.wav"]
    assert b.stored() == []
    recording.finish()
    recording.hear(ended())
    wait_until(lambda: not recording.has_note)
    a.mover.look()
    assert a.files == []
    assert b.audio()[0][8000:16_000] == SILENCE * 8000
    assert b.audio()[0][:7000] == noise(1)[:7000]
    recording.recorder.close()


def test_what_a_killed_program_left_is_redacted_by_its_host_before_it_is_moved(hosts):
    """The other host has gone on with the call, and has heard words that this one never did."""
    a, b = hosts
    save_call(a.store, "CA1", "hello there", at=LONG_AGO)  # until 1.9 s; the next line begins at 11 s
    a.store.add_event(final("and on the other host", start=11.0), at=LONG_AGO)
    a.record(seconds=3)
    note = try_note(a.recordings.path("CA1"))
    note.write(RedactedAudio.SILENCE)
    note.release()
    b.record(since=10, seed=2, seconds=4)
    for host in hosts:
        host.mover.look()
    assert a.files == ["CA1.wav"]
    assert b.audio()[0] == SILENCE * 80_000 + noise(2, 4)
    with pytest.raises(StoreError, match="not redacted yet"):
        a.recordings.open("CA1")
    assert a.store.redact_interrupted() == ["CA1"]
    a.mover.look()
    left = b.audio()[0]
    known = round(1.9 * 8000)
    assert left[:known] == noise(1, 3)[:known]
    assert left[known : 3 * 8000] == SILENCE * (3 * 8000 - known)
    assert left[80_000:] == noise(2, 4)


def test_deleting_a_call_deletes_its_audio_everywhere_it_can_be_reached(hosts, call):
    a, b = hosts
    a.record()
    a.mover.look()
    a.record(since=2)  # a part that only its host can delete
    b.store.delete("CA1", at=now())
    assert b.stored() == []
    assert not b.store.call("CA1").recorded
    assert not a.store.call("CA1").recorded
    a.mover.look()
    assert a.files == []
    assert a.stored() == []
    with pytest.raises(NoSuchRecording):
        b.recordings.open("CA1")


def test_a_call_that_is_deleted_while_its_audio_is_on_the_way_leaves_none(hosts, call, monkeypatch):
    a, b = hosts
    a.record()
    put = a.recordings.audio_store.put

    def deleted_meanwhile(key, file):
        put(key, file)
        b.store.delete("CA1", at=now())
        put(key, file)  # as if it arrived just after that

    monkeypatch.setattr(a.recordings.audio_store, "put", deleted_meanwhile)
    a.mover.look()
    assert (a.files, a.stored()) == ([], [])
    assert a.store.stored_recordings.call_ids() == set()


def test_old_calls_and_recordings_without_a_call_are_deleted_from_the_store(hosts, call):
    a, b = hosts
    a.record()
    a.record("CA2", seed=2)
    os.utime(a.recordings.path("CA2"), (1, 1))
    a.mover.look()
    assert len(a.stored()) == 2
    assert b.store.delete_before(LONG_AGO + 1, at=now()) == ["CA1"]
    assert len(a.stored()) == 1  # it came just now
    b.store.delete_before(now() + 400_000, at=now())
    assert a.stored() == []


def test_a_recording_that_was_never_listed_is_listed_later_and_a_deleted_calls_is_deleted(hosts, call):
    a, b = hosts
    save_call(a.store, "CA2", "to be deleted", at=LONG_AGO)
    for call_id in ("CA1", "CA2"):
        a.record(call_id)
        a.recordings.claim(call_id)
        (claimed,) = [each for each in a.recordings.claimed() if each.call_id == call_id]
        a.recordings.audio_store.put(claimed.key, claimed.path)
        claimed.path.unlink()  # its host is gone, and its disk
    b.store.delete("CA2", at=now())
    (b.recordings.folder / "again").write_bytes(b"x")
    b.recordings.audio_store.put("recordings/CA2/0-again.wav", b.recordings.folder / "again")
    assert not b.store.call("CA1").recorded
    b.mover.look()
    assert b.store.call("CA1").recorded
    assert [key.split("/")[1] for key in b.stored()] == ["CA1"]


def test_a_page_of_calls_asks_the_store_of_audio_nothing(hosts, monkeypatch):
    a, b = hosts
    for number in range(20):
        save_call(a.store, f"CA{number}", "hello", at=LONG_AGO)
        a.record(f"CA{number}")
    a.mover.look()
    for name in ("listed", "find", "read"):
        monkeypatch.setattr(b.recordings.audio_store, name, None)
    statements = []
    listener = lambda *args: statements.append(args[2])  # noqa: E731
    event.listen(b.store._engine, "before_cursor_execute", listener)
    assert [call.recorded for call in b.store.page().calls] == [True] * 20
    event.remove(b.store._engine, "before_cursor_execute", listener)
    assert len([each for each in statements if each.startswith("SELECT calls")]) == 1


def test_ranges_and_redacted_copies_are_served_from_any_host(hosts, call):
    a, b = hosts
    a.record(seconds=3)
    whole = a.recordings.path("CA1").read_bytes()
    a.mover.look()
    client = app_of(b.store).test_client()
    answer = client.get("/api/calls/CA1/audio", headers=TOKEN)
    assert (answer.status_code, answer.data) == (200, whole)
    part = client.get("/api/calls/CA1/audio", headers=TOKEN | {"Range": "bytes=1000-1999"})
    assert (part.status_code, part.data) == (206, whole[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(whole)}"
    again = client.get("/api/calls/CA1/audio", headers=TOKEN | {"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    copy = client.get("/api/calls/CA1/audio?redacted=1", headers=TOKEN)
    assert (copy.status_code, len(copy.data)) == (200, len(whole))
    peaks = client.get("/api/calls/CA1/waveform?points=50", headers=TOKEN).get_json()
    assert peaks["duration"] == 3000


def test_a_recording_is_decoded_from_any_host_and_leaves_no_file(hosts, call):
    a, b = hosts
    a.record(seconds=2)
    a.mover.look()
    with b.recordings.audio("CA1") as audio:
        assert (audio.rate, audio.channels, audio.seconds) == (8000, 2, 2)
        assert sum(len(each) for each in audio.read(8000)) == 16_000
    assert b.files == []
    assert [each for each in b.recordings.folder.rglob("*") if each.is_file()] == []


def test_with_another_store_the_audio_is_neither_played_nor_said_to_be_deleted(hosts, call, tmp_path):
    a, _ = hosts
    a.record()
    a.mover.look()
    without = open_store(tmp_path / "c", a.store._engine.url.render_as_string(hide_password=False))
    assert not without.call("CA1").recorded
    assert without.stored_recordings.count_elsewhere() == 1
    with pytest.raises(StoreError, match="is in another store than AUDIO_STORE names"):
        without.delete("CA1", at=now())
    assert without.call("CA1").deleted_at is None
    without.close()
    assert len(a.audio()[0]) == 8000


@pytest.fixture
def with_s3(tmp_path, s3):
    host = Host(tmp_path / "a", "", f"s3://{BUCKET}/calls")
    save_call(host.store, "CA1", "hello there", at=LONG_AGO)
    yield host
    host.store.close()


def test_while_the_store_is_down_recordings_wait_and_then_they_arrive(with_s3, s3, notices):
    host = with_s3
    host.record()
    s3.close()
    host.mover.look()
    host.mover.look()
    assert host.mover.waiting == 1
    folder = host.recordings.folder
    warning = (
        f"Recordings cannot be moved to s3://{BUCKET}/calls (it cannot be reached). Calls go on; their audio "
        f"waits in {folder}."
    )
    assert notices == [warning]
    with pytest.raises(StoreError, match="cannot be read"):
        host.recordings.open("CA1")
    with pytest.raises(StoreError, match="cannot be deleted"):
        host.store.delete("CA1", at=now())
    assert host.store.call("CA1").deleted_at is None
    s3.open()
    host.mover._retry_at = 0
    host.mover.look()
    assert host.mover.waiting == 0
    assert notices == [warning, f"Recordings are moved to s3://{BUCKET}/calls again."]
    assert host.audio()[0] == noise(1, 1)


KILLED = """
import os, signal, sys, time
from pathlib import Path
from local_stt.jobs.recording_mover import RecordingMover
from local_stt.store import open_store

store = open_store(Path(sys.argv[1]), "", sys.argv[2])
step = sys.argv[3]

def stop(*_, **__):
    print("here", flush=True)
    time.sleep(1000)

audio = store.recordings.audio_store
if step == "before":
    audio.put = stop
if step == "after":
    store.stored_recordings.add = store.recordings._stored.add = stop
if step == "listed":
    from local_stt.store.recordings import shared
    shared._unlink = stop
RecordingMover(store, store.recordings).look()
"""


@pytest.mark.parametrize("step", ["before", "after", "listed"])
def test_a_program_that_is_killed_while_it_moves_loses_nothing(with_s3, step, tmp_path):
    host = with_s3
    host.record()
    environ = os.environ | {"PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", KILLED, str(tmp_path / "a"), f"s3://{BUCKET}/calls", step]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGKILL)
    process.wait(400)
    process.stdout.close()
    assert host.mover.waiting == 1
    assert host.audio()[0] == noise(1, 1)
    host.mover.look()
    assert host.files == []
    assert len(host.stored()) == 1
    assert host.audio()[0] == noise(1, 1)


def test_two_programs_of_a_host_move_each_recording_once(with_s3, tmp_path):
    host = with_s3
    second = Host(tmp_path / "a", "", f"s3://{BUCKET}/calls")
    for number in range(10):
        save_call(host.store, f"CB{number}", "hello", at=LONG_AGO)
        host.record(f"CB{number}")
    threads = [threading.Thread(target=each.mover.look) for each in (host, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    host.mover.look()
    second.store.close()
    assert host.files == []
    assert len(host.stored()) == 10
