"""Files to text with the real engine: cut and joined, with recognizers that die, and given up half way."""

import json
import os
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
import soundfile

from helpers import TESTS
from helpers.models import DEMO_MODEL, copy_demo_model
from helpers.project import PROJECT
from helpers.waiting import gone, wait_until
from helpers.workers import Fragile, pids
from local_stt.audio import decode_mulaw
from local_stt.audio_file import open_audio
from local_stt.core import segmenter
from local_stt.core.wer import word_errors
from local_stt.demo import RECORDING, TRANSCRIPT
from local_stt.engine import start_engine
from local_stt.engine.fork_server import Plan
from local_stt.engine.worker_pool import WorkerPool
from local_stt.errors import AudioFileError, ModelError
from local_stt.transcription import Transcriber, call_id_of_file, call_of_file, display_name
from local_stt.transcription.transcriber import channel_names

pytestmark = pytest.mark.model


def transcriber(workers=2, **options):
    return Transcriber(
        lambda on_fatal: start_engine(DEMO_MODEL, workers=workers, live=False, on_fatal=on_fatal, **options)
    )


def transcribe(path, *where, **options):
    with transcriber(**options) as it, open_audio(path) as audio:
        transcription = it.start(audio, *where)
        it.wait(transcription)
        return transcription


def words(transcription, channel=None):
    return [
        word.text
        for said in transcription.utterances()
        if channel in (None, said.track)
        for word in said.words
    ]


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """The bundled call five times over: four minutes, two channels."""
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    path = tmp_path_factory.mktemp("long") / "long.flac"
    soundfile.write(path, np.tile(samples, (5, 1)), rate)
    return path


@pytest.fixture(scope="module")
def joined(long):
    return transcribe(long)


def test_a_call_is_recognized_as_it_is_when_it_is_spoken():
    said = TRANSCRIPT.read_text().splitlines()
    transcription = transcribe(RECORDING)
    assert transcription.channels == ("inbound", "outbound")
    for channel, speaker in (("inbound", "caller"), ("outbound", "callee")):
        expected = [word for line in said if line.startswith(speaker) for word in line.split()[1:]]
        assert word_errors(expected, words(transcription, channel)) <= 0.02 * len(expected)


def test_utterances_are_in_order_with_times_of_the_file(joined):
    said = joined.utterances()
    assert [each.start for each in said] == sorted(each.start for each in said)
    seconds = soundfile.info(RECORDING).duration
    first = [each for each in said if each.end < seconds]
    third = [each for each in said if 2 * seconds < each.start and each.end < 3 * seconds]
    assert [each.text for each in first] == [each.text for each in third]
    assert [each.start + 2 * seconds for each in first] == pytest.approx(
        [each.start for each in third], abs=0.1
    )
    assert joined.end == pytest.approx(5 * seconds, abs=0.01)


@pytest.mark.parametrize("gated", [True, False])
def test_what_is_cut_and_joined_is_what_is_heard_of_the_whole(long, monkeypatch, gated):
    monkeypatch.setattr(segmenter, "MAX_SECTION_SECONDS", segmenter.MIN_SECTION_SECONDS)
    cut = transcribe(long, gated=gated)
    monkeypatch.setattr(segmenter, "MIN_SECTION_SECONDS", 1e6)
    monkeypatch.setattr(segmenter, "MAX_SECTION_SECONDS", 1e6)
    whole = transcribe(long, gated=gated)
    assert (len(cut.sections), len(whole.sections)) == (16, 2)
    expected = words(whole)
    assert len(expected) > 400
    assert word_errors(expected, words(cut)) <= 0.003 * len(expected)


@pytest.mark.parametrize("workers", [0, 1])
def test_the_words_do_not_depend_on_the_number_of_workers(long, joined, workers):
    assert transcribe(long, workers=workers).utterances() == joined.utterances()


def test_a_stretch_has_the_times_of_the_file(long, joined):
    since, until = 100.0, 140.0
    stretch = transcribe(long, since, until)
    assert stretch.end == until
    expected = [word for said in joined.utterances() for word in said.words if since < word.start < until - 1]
    found = {(word.text, round(word.start, 1)) for said in stretch.utterances() for word in said.words}
    assert len(expected) > 30
    missing = [word for word in expected if (word.text, round(word.start, 1)) not in found]
    assert len(missing) < 0.2 * len(expected)
    assert all(since <= said.start <= until for said in stretch.utterances())


def test_more_than_two_channels_have_numbers_and_one_is_a_speaker(tmp_path):
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "a.wav", samples[:, [0, 1, 0]], rate)
    transcription = transcribe(tmp_path / "a.wav")
    assert transcription.channels == ("channel 1", "channel 2", "channel 3")
    assert words(transcription, "channel 1") == words(transcription, "channel 3")
    assert {said.speaker for said in transcription.utterances()} == set(transcription.channels)
    assert channel_names(1) == ("speaker",)


def test_several_files_share_the_workers_and_are_told_apart(long, joined):
    with transcriber() as it:
        begun = []
        for path in (RECORDING, long, RECORDING):
            with open_audio(path) as audio:
                begun.append(it.start(audio))
        for transcription in begun:
            it.wait(transcription)
    assert all(transcription.is_done for transcription in begun)
    assert begun[0].utterances() == begun[2].utterances()
    assert begun[1].utterances() == joined.utterances()


def test_progress_is_told_up_to_the_end_and_never_goes_back(long):
    events = []
    with transcriber() as it, open_audio(long) as audio:
        it.report = events.append
        it.wait(it.start(audio))
        seconds = audio.seconds
    assert events == sorted(events)
    assert len({round(each) for each in events}) > 5
    assert events[-1] == pytest.approx(seconds, abs=0.01)


def test_what_the_report_raises_ends_the_work_and_every_process(long):
    class EnoughError(Exception):
        pass

    def report(seconds):
        if seconds > 10:
            raise EnoughError

    with transcriber() as it, open_audio(long) as audio:
        it.report = report
        left = [it._engine._fork_server._process.pid, *pids(it._engine).values()]
        with pytest.raises(EnoughError):
            it.wait(it.start(audio))
    wait_until(lambda: all(gone(pid) for pid in left))


def test_workers_leave_the_processor_to_others_if_they_are_to():
    with transcriber(niceness=7) as it:
        assert {os.getpriority(os.PRIO_PROCESS, pid) for pid in pids(it._engine).values()} == {7}
        assert os.getpriority(os.PRIO_PROCESS, 0) == 0


def test_it_runs_beside_the_threads_of_a_server(long, joined, running):
    """In a thread of a process that serves: nothing is forked from it, signals are left alone."""
    found = []

    def work():
        found.append(transcribe(long).utterances())

    with running():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert found == [joined.utterances()]


def test_a_killed_worker_loses_nothing(long, joined):
    with transcriber() as it, open_audio(long) as audio:
        killed = []

        def kill(seconds):
            if seconds > 20 and not killed:
                killed.append(pids(it._engine)[0])
                os.kill(killed[0], 9)

        it.report = kill
        transcription = it.start(audio)
        it.wait(transcription)
        wait_until(lambda: it._engine.restarts == 1)
    assert killed
    assert transcription.set_aside() == []
    assert word_errors(words(joined), words(transcription)) <= 0.01 * len(words(joined))


def test_audio_that_kills_two_recognizers_is_set_aside_and_the_rest_is_heard(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    samples, rate = soundfile.read(RECORDING, dtype="int16", always_2d=True)
    at = 13 * rate  # where the caller says nothing
    samples[at : at + 3 * rate // 10, 0] = decode_mulaw(b"\x11")[0]
    path = tmp_path / "bad.wav"
    soundfile.write(path, samples, rate)

    def start(on_fatal):
        return WorkerPool(Plan(DEMO_MODEL, (), False, 2, live=False, load=Fragile), on_fatal=on_fatal)

    with Transcriber(start) as it, open_audio(path) as audio:
        transcription = it.start(audio)
        it.wait(transcription)
    asides = transcription.set_aside()
    assert {aside.track for aside in asides} == {"inbound"}
    assert 0 < min(aside.start for aside in asides) < 13.3
    over = max(aside.end for aside in asides)
    assert 13.1 < over < 14
    whole = transcribe(RECORDING, gated=False)
    assert words(transcription, "outbound") == words(whole, "outbound")
    heard_after = [each.text for each in transcription.utterances() if each.start > over]
    assert heard_after == [each.text for each in whole.utterances() if each.start > over]


def test_when_no_recognizer_can_be_had_any_more_it_says_so(long, tmp_path):
    folder = tmp_path / "model"
    copy_demo_model(folder)

    def start(on_fatal):
        return start_engine(folder, workers=1, live=False, on_fatal=on_fatal)

    with Transcriber(start) as it, open_audio(long) as audio:
        shutil.rmtree(folder)
        os.kill(it._engine._fork_server._process.pid, 9)
        with pytest.raises(ModelError, match="cannot be loaded"):
            it.wait(it.start(audio))


def test_a_file_that_turns_out_to_be_nothing_leaves_the_others_alone(tmp_path, joined, long):
    bad = tmp_path / "bad.flac"
    soundfile.write(bad, np.random.default_rng(1).uniform(-0.5, 0.5, 160_000), 16_000)
    bad.write_bytes(bad.read_bytes()[:4000])  # not even its first frame
    with transcriber() as it:
        with pytest.raises(AudioFileError, match="can be read"), open_audio(bad) as audio:
            it.start(audio)
        with open_audio(long) as audio:
            transcription = it.start(audio)
        it.wait(transcription)
    assert transcription.utterances() == joined.utterances()


def test_an_hour_takes_no_more_memory_than_a_minute(tmp_path):
    code = (
        "import json, resource, sys\n"
        "from pathlib import Path\n"
        "from local_stt.audio_file import open_audio\n"
        "from local_stt.engine import start_engine\n"
        "from local_stt.transcription import Transcriber\n"
        "start = lambda on_fatal: start_engine(Path(sys.argv[1]), workers=1, live=False, on_fatal=on_fatal)\n"
        "with Transcriber(start) as it, open_audio(Path(sys.argv[2])) as audio:\n"
        "    transcription = it.start(audio)\n"
        "    it.wait(transcription)\n"
        "most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(json.dumps([transcription.end, most]))\n"
    )
    rate, minute = 8000, np.zeros(60 * 8000)
    minute[: 8 * rate] = soundfile.read(RECORDING, always_2d=True)[0][: 8 * rate, 1]
    took = []
    for minutes in (1, 60):
        path = tmp_path / f"{minutes}.flac"
        with soundfile.SoundFile(path, "w", rate, 1) as file:
            for _ in range(minutes):
                file.write(minute)
        done = subprocess.run(
            [sys.executable, "-c", code, DEMO_MODEL, path],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        seconds, kilobytes = json.loads(done.stdout)
        assert seconds == 60 * minutes
        took.append(kilobytes)
    assert took[1] - took[0] < 30_000  # the hour is 230 MB as it is read


def test_ids_are_of_the_content_the_model_and_what_was_asked_for():
    one = call_id_of_file("ab", "demo-en", (), 0.0, None)
    assert one == call_id_of_file("ab", "demo-en", (), 0.0, None)
    others = {
        call_id_of_file("ac", "demo-en", (), 0.0, None),
        call_id_of_file("ab", "big", (), 0.0, None),
        call_id_of_file("ab", "demo-en", ("yes",), 0.0, None),
        call_id_of_file("ab", "demo-en", (), 1.0, None),
        call_id_of_file("ab", "demo-en", (), 0.0, 9.0),
    }
    assert len(others | {one}) == 6
    assert len(one) <= 64


def test_names_are_shortened_and_can_be_shown_anywhere(joined):
    assert display_name("a\x1b[2Jb\n.wav") == "a?[2Jb?.wav"
    assert display_name("\udcff.wav") == "?.wav"
    assert len(display_name("x" * 300)) == 100
    call = call_of_file(joined, "long.flac", call_id="file-1", model="demo-en", at=1000)
    assert (call.caller, call.direction, call.seconds) == ("long.flac", "recording", joined.end)
