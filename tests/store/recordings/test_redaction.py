"""Redacted words are overwritten in the recording, wherever its program was killed, and all else stays."""

import itertools
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import TESTS
from helpers.events import final, started
from helpers.lines import CollectingSink
from helpers.project import PROJECT
from helpers.recordings import as_bytes, noise
from helpers.redacted_calls import CALL, Recording, ended, redacted
from helpers.waiting import wait_until
from local_stt.audio import SILENCE, decode_mulaw
from local_stt.core.audio_redaction import AudioSpan, Mask, mask_of
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.core.privacy import RedactedAudio
from local_stt.errors import StoreError
from local_stt.events import AudioSetAside, CallStarted, EndReason
from local_stt.store import open_store
from local_stt.store.recordings import Recorder, Recordings
from local_stt.store.recordings.redaction_note import try_note
from local_stt.store.recordings.wav_file import RecordingFile
from local_stt.store.recordings.wav_header import HEADER_SIZE

SPAN = range(7200, 16_800)
"""Samples of a redaction from second 1 to 2, with a margin of 0.1 s"""


class Wordless(CollectingSink):
    """A sink whose words never come, as its track was given up."""

    is_complete = False

    def wait(self, seconds=None):
        return True


@pytest.fixture
def recordings(tmp_path):
    return Recordings(tmp_path / "recordings")


@pytest.fixture
def call(recordings):
    call = Recording(recordings)
    yield call
    call.recorder.close()


def silenced(audio, *spans):
    """Return audio with silence in place of spans of samples."""
    quiet = bytearray(audio)
    for span in spans:
        first, last = span.start, min(span.stop, len(quiet))
        quiet[first:last] = SILENCE * (last - first)
    return bytes(quiet)


def test_redacted_words_are_overwritten_on_their_track_and_no_other_byte_changes(call):
    call.speak()
    call.hear(redacted(1.0, 2.0), redacted(0.0, 0.3, track="outbound"))
    assert call.written() == {
        "inbound": silenced(call.audio["inbound"], SPAN),
        "outbound": silenced(call.audio["outbound"], range(3200)),
    }


def test_a_beep_takes_their_place_if_that_is_wanted(recordings):
    call = Recording(recordings, RedactedAudio.BEEP)
    call.speak()
    call.hear(redacted(1.0, 2.0))
    found = call.written()["inbound"]
    assert silenced(found, SPAN) == silenced(call.audio["inbound"], SPAN)
    spectrum = abs(np.fft.rfft(decode_mulaw(found[7200:15_200]).astype(float)))
    assert spectrum.argmax() == 1000
    call.recorder.close()


def test_a_call_whose_audio_is_not_redacted_stays_as_it_was_said(recordings):
    call = Recording(recordings, RedactedAudio.NO)
    call.speak()
    call.hear(redacted(1.0, 2.0), AudioSetAside("CA1", "inbound", 0.0, 1.0))
    call.finish()
    call.hear(ended())
    assert call.written() == call.audio
    assert not call.has_note
    call.recorder.close()


def test_a_late_packet_does_not_bring_redacted_words_back(call):
    call.speak()
    call.hear(redacted(1.0, 2.0))
    call.speak(since=0.5, until=2.5, tracks=["inbound"])  # again, and across the edges
    assert call.written()["inbound"] == silenced(call.audio["inbound"], SPAN)


def test_words_of_audio_that_is_not_written_yet_are_not_written(call):
    call.speak(until=1.5)
    call.hear(redacted(1.0, 2.0))
    call.speak(since=1.5)
    assert call.written()["inbound"] == silenced(call.audio["inbound"], SPAN)


def test_a_final_that_comes_after_the_file_is_closed_is_overwritten_all_the_same(call):
    call.speak()
    call.finish()
    wait_until(lambda: not call.recorder._files)
    call.hear(redacted(1.0, 2.0))
    assert call.written()["inbound"] == silenced(call.audio["inbound"], SPAN)
    call.hear(ended(), redacted(2.5, 2.7))
    assert call.written()["inbound"] == silenced(call.audio["inbound"], SPAN, range(19_200, 22_400))
    assert not call.has_note


def test_a_call_that_goes_on_keeps_what_was_redacted_before(call):
    call.speak(until=2.0)
    call.hear(redacted(1.0, 2.0))
    call.finish()
    call.hear(ended(reason=EndReason.DISCONNECTED))
    wait_until(lambda: not call.has_note)
    call.sinks = {track: call.recorder.open(CALL, track) for track in call.audio}
    call.speak(since=1.5)  # the new stream begins before the end of the old one
    wait_until(lambda: call.has_note)
    call.finish()
    call.hear(redacted(2.5, 2.6, track="outbound"), ended())
    found = call.written()
    assert found["inbound"] == silenced(call.audio["inbound"], SPAN)
    assert found["outbound"] == silenced(call.audio["outbound"], range(19_200, 21_600))
    assert not call.has_note


def test_audio_that_was_set_aside_is_not_heard_as_nobody_knows_its_words(call):
    call.speak()
    call.hear(AudioSetAside("CA1", "outbound", 1.0, 2.0))
    assert call.written()["outbound"] == silenced(call.audio["outbound"], range(8000, 16_000))


def test_audio_whose_words_never_came_is_not_heard(recordings):
    call = Recording(recordings, sink=Wordless)
    call.speak()
    call.hear(final("hello", start=0.5), redacted(1.0, 1.5))
    call.finish()
    call.hear(ended(reason=EndReason.SHUTDOWN))
    found = call.written()
    assert found["inbound"] == silenced(call.audio["inbound"], range(7200, 24_000))
    assert found["outbound"] == SILENCE * 24_000
    assert not call.has_note
    call.recorder.close()


def test_only_audio_of_a_stream_that_broke_is_unknown_if_the_next_one_was_recognized(recordings):
    kinds = iter([Wordless, Wordless, CollectingSink, CollectingSink])
    call = Recording(recordings, sink=lambda: next(kinds)())
    call.speak(until=1.0)
    call.hear(final("hello", start=0.1))
    call.finish()
    call.sinks = {track: call.recorder.open(CALL, track) for track in call.audio}
    call.speak(since=1.0)
    call.finish()
    call.hear(final("there", start=2.0), ended())
    assert call.written() == {
        "inbound": silenced(call.audio["inbound"], range(4000, 8000)),
        "outbound": silenced(call.audio["outbound"], range(8000)),
    }
    call.recorder.close()


def test_a_call_that_was_deleted_meanwhile_does_not_come_back(call):
    call.speak()
    call.finish()
    call.written()
    call.recordings.delete("CA1")
    call.hear(redacted(1.0, 2.0), ended())
    wait_until(lambda: not call.has_note)
    assert call.recordings.call_ids() == []


def test_the_picture_of_the_recording_and_its_version_change_with_it(call):
    call.speak()
    call.written()
    with call.recordings.open("CA1") as before:
        version, peaks = before.version, list(before.peaks(10))
    call.hear(redacted(1.0, 2.0))
    call.written()
    with call.recordings.open("CA1") as after:
        assert (after.size, after.version != version) == (before.size, True)
        changed = [ours != theirs for (ours, _), (theirs, _) in zip(peaks, after.peaks(10), strict=True)]
    assert changed == [False] * 3 + [True] * 4 + [False] * 3


def test_the_version_changes_even_within_a_tick_of_the_files_clock(recordings, monkeypatch):
    recordings.make_folder()
    file = RecordingFile(recordings.path("CA1"), mask := Mask())
    file.put(0, AudioChunk(0, noise(1)))
    path = recordings.path("CA1")
    write = RecordingFile._write

    def stopped(self, *arguments):
        before = path.stat()
        write(self, *arguments)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    monkeypatch.setattr(RecordingFile, "_write", stopped)
    versions = set()
    for part in (range(100), range(200), range(300)):
        mask.add(0, part)
        file.redact(0, part)
        with recordings.open("CA1") as snapshot:
            versions.add(snapshot.version)
    assert len(versions) == 3
    file.close()


def test_each_overwriting_is_flushed_to_the_disk(call, monkeypatch):
    call.speak()
    call.written()
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda file: flushed.append(os.fstat(file).st_ino))
    call.hear(redacted(1.0, 2.0))
    call.written()
    assert flushed == [call.recordings.path("CA1").stat().st_ino]


def test_what_is_dropped_from_a_full_queue_is_audio_and_never_a_redaction(recordings, monkeypatch):
    monkeypatch.setattr("local_stt.store.recordings.recorder.WRITE_TIMEOUT", 0.1)
    recorder = Recorder(
        recordings,
        lambda *_: CollectingSink(),
        redacted_audio=lambda _: RedactedAudio.SILENCE,
        max_pending=800,
    )
    sink = recorder.open(CALL, "inbound")
    for number in range(5):
        sink.push(AudioChunk(800 * number, noise(1)[:800]))
        recorder(redacted(number, number + 0.1))
    recorder(ended())
    waiting = [type(each).__name__ for each in recorder.queue._items]
    assert waiting == ["Silenced"] * 4 + ["TrackAudio", "Silenced", "Silenced", "Complete"]


def test_nobody_plays_what_another_program_could_not_redact(call):
    call.speak()
    call.written()
    assert call.has_note
    call.recordings.open("CA1").close()  # its own program knows what it does
    call.recorder.close()
    with pytest.raises(StoreError, match="not redacted yet"):
        call.recordings.open("CA1")


def test_calls_that_are_over_are_forgotten_when_there_are_many(recordings, monkeypatch):
    monkeypatch.setattr("local_stt.store.recordings.recorder.MAX_REMEMBERED", 3)
    call = Recording(recordings)
    for number in range(10):
        sink = call.recorder.open(CallStarted(f"CB{number}", ()), "inbound")
        sink.finish()
        sink.wait()
        call.hear(ended(f"CB{number}"))
        wait_until(lambda: not call.recorder.queue._items)
    assert list(call.recorder._redacted) == ["CA1", "CB6", "CB7", "CB8", "CB9"]
    call.recorder.close()


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 60), st.integers(0, 30)), max_size=4),
    st.lists(st.tuples(st.integers(0, 140), st.integers(0, 40)), min_size=1, max_size=4),
)
def test_any_range_of_a_recording_is_redacted_on_the_way_out(tmp_path_factory, parts, reads):
    recordings = Recordings(tmp_path_factory.mktemp("r"))
    file = RecordingFile(recordings.path("CA1"))
    for channel in (0, 1):
        file.put(channel, AudioChunk(0, noise(channel)[:50]))
    file.close()
    whole = recordings.path("CA1").read_bytes()
    expected = bytearray(whole)
    mask = Mask()
    for channel, first, length in parts:
        mask.add(channel, range(first, first + length))
        for sample in range(first, min(50, first + length)):
            expected[HEADER_SIZE + 2 * sample + channel] = SILENCE[0]
    with recordings.open("CA1", mask) as snapshot:
        assert snapshot.read() == bytes(expected)
        for at, size in reads:
            snapshot.seek(at)
            assert snapshot.read(size) == bytes(expected[at : at + size])
    assert recordings.path("CA1").read_bytes() == whole


# Programs that are killed

KILLED = """
import sys, time
from pathlib import Path
from helpers.events import final, started, writer
from local_stt.core.privacy import RedactedAudio
from local_stt.store import open_store, recordings_of
from helpers.redacted_calls import CALL, Recording, ended, redacted

folder, moment, sound = Path(sys.argv[1]), sys.argv[2], RedactedAudio(sys.argv[3])
store = open_store(folder)
keep = writer(store)
call = Recording(store.recordings, sound)
if moment != "overwriting":
    call.recorder._redact = lambda _: time.sleep(60)
call.speak()
events = [CALL, final("hello", start=0.2), redacted(1.0, 2.0), final("ok", track="outbound", start=2.0)]
if moment == "ended":
    call.finish()
    events.append(ended())
if moment == "before the final":
    events = events[:2]
for event in events:
    keep(event)
    call.hear(event)
while keep.queue.pending:
    time.sleep(0.01)
if moment == "overwriting":
    call.written()
print("ready", flush=True)
time.sleep(60)
"""


def killed(folder, moment, sound=RedactedAudio.SILENCE):
    """Run a program that records a call, and kill it at a moment."""
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(folder), moment, sound],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(PROJECT), str(TESTS)))},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("moment", ["final", "overwriting", "ended", "before the final"])
def test_the_next_start_redacts_what_a_killed_program_left(tmp_path, moment):
    killed(tmp_path, moment)
    store = open_store(tmp_path)
    left = as_bytes(store.recordings, "CA1")
    assert (left[0] == noise(1)) is (moment != "overwriting")
    with pytest.raises(StoreError, match="not redacted yet"):
        store.recording("CA1")
    assert store.redact_interrupted() == ["CA1"]
    inbound, outbound = as_bytes(store.recordings, "CA1")
    if moment == "before the final":
        assert inbound == silenced(
            noise(1), range(4800, 24_000)
        )  # from the end of the last word that was kept
        assert outbound == SILENCE * 24_000
    else:
        assert inbound == silenced(noise(1), SPAN, range(16_000, 24_000))
        assert outbound == silenced(noise(2), range(19_200, 24_000))
    assert not store.recordings.is_unredacted("CA1")
    store.recording("CA1").close()
    assert store.redact_interrupted() == []
    store.close()


def test_it_puts_the_sound_there_that_the_killed_program_was_set_to(tmp_path):
    killed(tmp_path, "final", RedactedAudio.BEEP)
    store = open_store(tmp_path)
    store.redact_interrupted()
    inbound, _ = as_bytes(store.recordings, "CA1")
    mask = mask_of([AudioSpan("inbound", 0.9, 2.1)], ("inbound",), RedactedAudio.BEEP)
    assert inbound[7200:16_000] == mask.applied(0, 7200, bytes(8800))
    store.close()


def test_a_call_that_a_running_program_records_is_left_to_it(call, tmp_path):
    call.speak()
    call.written()
    store = open_store(tmp_path)
    assert store.redact_interrupted() == []
    assert call.written() == call.audio
    store.close()


def test_of_a_call_that_could_not_be_kept_nothing_is_heard(tmp_path):
    store = open_store(tmp_path)
    call = Recording(store.recordings)
    call.speak()
    call.written()
    call.recorder.close()
    store.redact_interrupted()
    assert as_bytes(store.recordings, "CA1") == (SILENCE * 24_000, SILENCE * 24_000)
    store.close()


def test_a_note_without_a_recording_is_removed(tmp_path):
    store = open_store(tmp_path)
    store.recordings.make_folder()
    note = try_note(store.recordings.path("CA1"))
    note.write(RedactedAudio.SILENCE)
    note.release()
    try_note(store.recordings.path("CA2")).release()  # made, and nothing was recorded under it
    assert store.redact_interrupted() == ["CA1"]
    assert list(store.recordings.folder.iterdir()) == []
    assert list(store.recordings.folder.iterdir()) == []
    store.close()


def test_a_recording_that_cannot_be_redacted_is_left_to_the_next_start_and_played_to_nobody(
    tmp_path, monkeypatch, caplog
):
    killed(tmp_path, "final")
    store = open_store(tmp_path)
    with monkeypatch.context() as then:
        then.setattr(os, "pwrite", lambda *_: (_ for _ in ()).throw(OSError(5, "broken")))
        assert store.redact_interrupted() == []
    assert "CA1 is not redacted yet" in caplog.text
    with pytest.raises(StoreError, match="not redacted yet"):
        store.recording("CA1")
    assert store.redact_interrupted() == ["CA1"]
    store.close()


def test_many_calls_are_redacted_beside_each_other(recordings):
    recorder = Recorder(
        recordings, lambda *_: CollectingSink(), redacted_audio=lambda _: RedactedAudio.SILENCE
    )
    recorder.start()
    calls = [f"CA{number}" for number in range(20)]
    sinks = {call_id: recorder.open(started(call_id), "inbound") for call_id in calls}
    for at, call_id in itertools.product(range(0, 24_000, 800), calls):
        sinks[call_id].push(AudioChunk(at, noise(1)[at : at + 800]))
        if at == 16_000:
            recorder(redacted(1.0, 2.0, call_id=call_id))
    for call_id in calls:
        sinks[call_id].finish()
        sinks[call_id].wait()
        recorder(ended(call_id))
    began = time.monotonic()
    recorder.close()
    assert time.monotonic() - began < 5
    assert {as_bytes(recordings, call_id)[0] for call_id in calls} == {silenced(noise(1), SPAN)}
    assert not any(recordings.is_unredacted(call_id) for call_id in calls)
