"""The audio of calls, kept: whole after any failure, where it belongs, and gone when it is deleted."""

import resource
import shutil
import threading
import time

import numpy as np
import pytest
import soundfile

from helpers.lines import CollectingSink
from helpers.messages import CONNECTED, STOP, media, start
from helpers.servers import Witness
from helpers.waiting import wait_until
from local_stt.audio import decode_mulaw, encode_mulaw, loudest
from local_stt.core.call_session import CallSession
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.errors import NoSuchRecording, StoreError
from local_stt.events import CallStarted, EndReason
from local_stt.store.recordings import Recorder, Recordings
from local_stt.store.recordings.wav_file import RecordingFile
from local_stt.store.recordings.wav_header import HEADER_SIZE


def tone(seconds, frequency=440.0):
    at = np.arange(int(8000 * seconds)) / 8000
    return encode_mulaw((8000 * np.sin(2 * np.pi * frequency * at)).astype(np.int16))


@pytest.fixture
def recordings(tmp_path):
    recordings = Recordings(tmp_path / "recordings")
    recordings.make_folder()
    return recordings


def read(path):
    """As libsndfile reads it, which knows nothing of this program: samples by channel."""
    assert soundfile.info(path).subtype == "ULAW"
    samples, rate = soundfile.read(path, dtype="int16", always_2d=True)
    assert (rate, samples.shape[1]) == (8000, 2)
    return samples.T


def test_the_caller_is_left_and_the_callee_is_right(recordings):
    file = RecordingFile(recordings.path("CA1"))
    caller, callee = tone(1), tone(1, 300)
    file.put(0, AudioChunk(0, caller))
    file.put(1, AudioChunk(0, callee))
    left, right = read(recordings.path("CA1"))
    assert (left == decode_mulaw(caller)).all()
    assert (right == decode_mulaw(callee)).all()


def test_audio_has_its_place_on_the_calls_clock_and_the_rest_is_silence(recordings):
    file = RecordingFile(recordings.path("CA1"))
    said = tone(0.1)
    file.put(1, AudioChunk(100_000, said))  # longer ahead than is filled at once
    file.put(0, AudioChunk(16_000, said))  # and the other track comes late
    file.close()
    left, right = read(recordings.path("CA1"))
    assert len(left) == 100_800
    assert (right[100_000:] == decode_mulaw(said)).all()
    assert (left[16_000:16_800] == decode_mulaw(said)).all()
    assert not right[:100_000].any()
    assert not left[:16_000].any()
    assert not left[16_800:].any()


def test_at_every_moment_the_file_is_whole(recordings):
    file = RecordingFile(recordings.path("CA1"))
    for number in range(20):
        file.put(number % 2, AudioChunk(number * 800, tone(0.1)))
        assert read(recordings.path("CA1")).shape == (2, (number + 1) * 800)
    assert recordings.path("CA1").stat().st_size == HEADER_SIZE + 20 * 1600


def test_a_recording_is_gone_on_with(recordings):
    for begin in (0, 8000):
        file = RecordingFile(recordings.path("CA1"))
        file.put(0, AudioChunk(begin, tone(1)))
        file.close()
    left, right = read(recordings.path("CA1"))
    assert (left == np.tile(decode_mulaw(tone(1)), 2)).all()
    assert not right.any()


def test_nobody_else_may_listen(recordings):
    RecordingFile(recordings.path("CA1")).close()
    assert recordings.path("CA1").stat().st_mode & 0o077 == 0
    assert recordings.path("CA1").parent.stat().st_mode & 0o077 == 0


def quiet_recorder(recordings, **options):
    recorder = Recorder(recordings, lambda *_: CollectingSink(), **options)
    recorder.start()
    return recorder


def hear(recorder, seconds=1.0, call_id="CA1"):
    """A call on which both speak, in the order and with the faults of a network."""
    witness = Witness()
    session = CallSession(recorder.open, lambda events: [witness(event) for event in events])
    session.receive(CONNECTED)
    session.receive(start(call_id))
    packets = [
        media(tone(seconds)[at * 160 : (at + 1) * 160], track=track, chunk=at + 1, at_ms=at * 20)
        for at in range(int(seconds * 50))
        for track in ("inbound", "outbound")
    ]
    packets[10], packets[12] = packets[12], packets[10]
    for packet in packets:
        session.receive(packet)
    session.receive(STOP)
    session.finish(EndReason.HUNG_UP)


def test_a_call_is_recorded_as_it_was_heard(recordings):
    recorder = quiet_recorder(recordings)
    hear(recorder)
    recorder.close()
    for channel in read(recordings.path("CA1")):
        assert (channel == decode_mulaw(tone(1))).all()
    assert recorder._files == {}


def test_a_disk_that_is_full_holds_up_no_call_and_what_was_held_is_written_when_there_is_room(
    recordings, notices
):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, limits[1]))
    try:
        recorder = quiet_recorder(recordings)
        began = time.monotonic()
        hear(recorder)
        assert time.monotonic() - began < 5
        wait_until(lambda: notices)
        assert recorder.queue.pending > 0
        frames = soundfile.info(recordings.path("CA1")).frames
        assert 0 < HEADER_SIZE + 2 * frames <= 4000  # whole as far as it goes
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    wait_until(lambda: recorder.queue.pending == 0)
    recorder.close()
    assert notices == [
        "The folder of recordings cannot be written. Calls go on; their audio waits in memory.",
        "The folder of recordings can be written again.",
    ]
    for channel in read(recordings.path("CA1")):
        assert (channel == decode_mulaw(tone(1))).all()


def test_what_cannot_be_held_is_counted_and_said(recordings, monkeypatch, notices):
    monkeypatch.setattr("local_stt.store.recordings.recorder.WRITE_TIMEOUT", 0.5)
    monkeypatch.setattr(RecordingFile, "put", lambda *_: (_ for _ in ()).throw(OSError(28, "full")))
    recorder = quiet_recorder(recordings, max_pending=4000)
    hear(recorder, seconds=2)
    recorder.close()
    lost = recorder.queue.lost + recorder.queue.pending
    assert lost >= 28_000
    assert notices[-1] == f"{lost / 8000:.0f} seconds of recordings could not be kept and are lost."
    assert recorder.queue.pending == 0 or recorder.queue.pending <= 4000


def test_one_file_that_can_never_be_written_does_not_hold_up_the_others(recordings, caplog):
    recorder = quiet_recorder(recordings)
    recordings.path("CA1").mkdir()  # where the file ought to be
    hear(recorder)
    hear(recorder, call_id="CA2")
    recorder.close()
    assert read(recordings.path("CA2")).shape == (2, 8000)
    assert recorder.queue.lost == 16_000


def test_a_folder_that_is_removed_meanwhile_is_made_anew(recordings):
    recorder = quiet_recorder(recordings)
    sink = recorder.open(CallStarted("CA1", ()), "inbound")
    sink.push(AudioChunk(0, tone(0.1)))
    wait_until(lambda: recordings.has("CA1"))
    shutil.rmtree(recordings.path("CA1").parent)
    sink.push(AudioChunk(800, tone(0.1)))
    sink.finish()
    hear(recorder, call_id="CA2")
    recorder.close()
    left, _ = read(recordings.path("CA1"))
    assert (left[800:] == decode_mulaw(tone(0.1))).all()
    assert read(recordings.path("CA2")).shape == (2, 8000)


def test_a_call_deleted_while_it_is_recorded_is_not_recorded_on(recordings):
    recorder = quiet_recorder(recordings)
    sink = recorder.open(CallStarted("CA1", ()), "inbound")
    sink.push(AudioChunk(0, tone(0.1)))
    wait_until(lambda: recordings.has("CA1"))
    recordings.delete("CA1")
    sink.push(AudioChunk(800, tone(0.1)))
    sink.finish()
    recorder.close()
    assert recordings.call_ids() == []


def test_a_file_begins_with_its_header(recordings):
    RecordingFile(recordings.path("CA1"))
    assert read(recordings.path("CA1")).shape == (2, 0)
    assert not recordings.has("CA1")


def test_a_recording_that_grows_is_read_as_long_as_it_was(recordings):
    file = RecordingFile(recordings.path("CA1"))
    file.put(0, AudioChunk(0, tone(1)))
    with recordings.open("CA1") as snapshot:
        file.put(0, AudioChunk(8000, tone(1)))
        assert len(snapshot.read()) == snapshot.size == HEADER_SIZE + 16_000
        assert snapshot.read() == b""
        assert snapshot.seconds == 1.0


def test_the_picture_of_a_recording(recordings):
    file = RecordingFile(recordings.path("CA1"))
    file.put(0, AudioChunk(4000, tone(0.5)))
    with recordings.open("CA1") as snapshot:
        peaks = list(snapshot.peaks(4))
    assert [left > 0.2 for left, _ in peaks] == [False, False, True, True]
    assert {right for _, right in peaks} == {0.0}


def test_the_loudest_of_all_256_codes_is_that_of_g711():
    for code in range(256):
        expected = abs(int(decode_mulaw(bytes([code]))[0])) / 32768
        assert loudest(bytes([255, code])) == pytest.approx(expected, abs=0.001)
    assert loudest(b"") == 0


def test_there_is_none_of_a_call_that_was_not_recorded(recordings):
    with pytest.raises(NoSuchRecording, match="CA9 was not recorded"):
        recordings.open("CA9")


def test_what_cannot_be_deleted_is_said(recordings):
    recordings.path("CA1").mkdir()
    with pytest.raises(StoreError, match="CA1 cannot be deleted"):
        recordings.delete("CA1")


def test_many_calls_at_once_each_have_their_own(recordings):
    recorder = quiet_recorder(recordings)
    threads = [threading.Thread(target=hear, args=(recorder, 1.0, f"CA{each}")) for each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorder.close()
    assert sorted(recordings.call_ids()) == [f"CA{each}" for each in range(8)]
    assert {len(read(recordings.path(call_id))[0]) for call_id in recordings.call_ids()} == {8000}
