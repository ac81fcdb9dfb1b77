"""Recognizers in other processes, which may be killed, stopped, or given too much to do."""

import contextlib
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from helpers import TESTS
from helpers.models import DEMO_MODEL, copy_demo_model
from helpers.processes import children_of
from helpers.project import PROJECT
from helpers.waiting import gone, wait_until
from helpers.workers import CHUNK, Deadly, Fragile, Unopenable, pids
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.core.wer import word_errors
from local_stt.engine import Engine, call_capacity, start_engine
from local_stt.engine.fork_server import Plan
from local_stt.engine.liveness import Usage, Watch, usage_of
from local_stt.engine.remote_track import RemoteTrack
from local_stt.engine.spool import Spool
from local_stt.engine.worker_pool import WorkerPool
from local_stt.errors import ModelError
from local_stt.events import AudioSetAside, CallStarted, FinalText, PartialText

pytestmark = pytest.mark.model


class Talk:
    """One call with an engine: both tracks of a recording, and what was heard."""

    def __init__(self, engine: Engine, channels, name="CA1"):
        self.events = []
        self.channels = channels
        self.sinks = [
            engine.open(CallStarted(name, ()), track, self.events.extend)
            for track, _ in zip(("inbound", "outbound"), channels, strict=False)
        ]

    def play(self, speed=None, until=None):
        """Play all of it, at once or at a number of seconds a second."""
        began = time.monotonic()
        for at in range(0, min(len(self.channels[0]), until or 10**9), CHUNK):
            if speed:
                time.sleep(max(0.0, at / 8000 / speed - (time.monotonic() - began)))
            for sink, mulaw in zip(self.sinks, self.channels, strict=True):
                sink.push(AudioChunk(at, mulaw[at : at + CHUNK]))
        return self

    def finish(self):
        for sink in self.sinks:
            sink.finish()
        for sink in self.sinks:
            sink.wait()
        return self.finals()

    def finals(self):
        events = [event for event in self.events if isinstance(event, FinalText)]
        return sorted((final.track, final.start, final.text) for final in events)


def words(finals):
    return [word for _, _, text in finals for word in text.split()]


@contextlib.contextmanager
def pool(slots=2, **options):
    engine = WorkerPool(Plan(DEMO_MODEL, (), True, slots), **options)
    try:
        yield engine
    finally:
        engine.close()


@pytest.fixture(scope="module")
def short(demo_channels):
    return [channel[: 25 * 8000] for channel in demo_channels]


@pytest.fixture(scope="module")
def undisturbed(engine, short):
    return Talk(engine, short).play().finish()


def test_workers_hear_what_this_process_hears(undisturbed, short):
    inprocess = start_engine(DEMO_MODEL, workers=0)
    assert Talk(inprocess, short).play().finish() == undisturbed
    assert len(undisturbed) > 4


def test_how_much_work_was_done_is_known_also_of_workers_that_died(short):
    inprocess = start_engine(DEMO_MODEL, workers=0)
    assert inprocess.work().real_time_factor == 0
    Talk(inprocess, short).play().finish()
    with pool(1) as engine:
        Talk(engine, short).play().finish()
        before = engine.work()
        os.kill(pids(engine)[0], signal.SIGKILL)
        wait_until(lambda: engine.restarts == 1)
        assert engine.work() == before
        for work in (before, inprocess.work()):
            assert work.audio == pytest.approx(50, abs=0.2)  # two tracks of 25 s
            assert 0.001 < work.real_time_factor < 1


def test_tracks_are_shared_out_evenly(short):
    with pool() as engine:
        talks = [Talk(engine, short, f"CA{n}") for n in range(3)]
        assert [len(worker.tracks) for worker in engine._workers] == [3, 3]
        for talk in talks:
            talk.finish()
        assert [len(worker.tracks) for worker in engine._workers] == [0, 0]


def test_a_killed_worker_is_replaced_and_not_a_word_is_lost(undisturbed, short):
    with pool(1) as engine:
        talk = Talk(engine, short).play(until=12 * 8000)
        first = pids(engine)[0]
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: engine.restarts == 1)
        assert pids(engine)[0] != first
        for at in range(12 * 8000, len(short[0]), CHUNK):
            for sink, mulaw in zip(talk.sinks, short, strict=True):
                sink.push(AudioChunk(at, mulaw[at : at + CHUNK]))
        assert words(talk.finish()) == words(undisturbed)


def test_a_worker_that_hangs_is_noticed_and_replaced(undisturbed, short, monkeypatch):
    monkeypatch.setattr("local_stt.engine.worker_pool.HANG_TIMEOUT", 0.5)
    with pool(1) as engine:
        talk = Talk(engine, short)
        os.kill(pids(engine)[0], signal.SIGSTOP)
        assert words(talk.play().finish()) == words(undisturbed)
        assert engine.restarts == 1


@pytest.mark.parametrize("chunks", [1, 3, 40])
def test_a_worker_that_hangs_just_after_it_was_idle_is_noticed_too(short, monkeypatch, chunks):
    """What was sent last may be all that is ever sent."""
    monkeypatch.setattr("local_stt.engine.worker_pool.HANG_TIMEOUT", 0.5)
    with pool(1) as engine:
        talk = Talk(engine, short)
        talk.sinks[0].push(AudioChunk(0, short[0][:CHUNK]))
        time.sleep(0.05)
        os.kill(pids(engine)[0], signal.SIGSTOP)
        for at in range(CHUNK, chunks * CHUNK + CHUNK, CHUNK):
            talk.sinks[0].push(AudioChunk(at, short[0][at : at + CHUNK]))
        talk.finish()
        assert engine.restarts >= 1


def test_many_calls_opened_on_a_worker_that_hangs_block_nobody_for_long(short, monkeypatch):
    monkeypatch.setattr("local_stt.engine.worker_pool.HANG_TIMEOUT", 0.5)
    with pool(1) as engine:
        os.kill(pids(engine)[0], signal.SIGSTOP)
        talks = [Talk(engine, short, f"CA{n}").play(until=CHUNK) for n in range(150)]
        for talk in talks:
            talk.finish()


def test_a_fork_server_that_hangs_is_replaced_when_a_worker_is_needed(undisturbed, short, monkeypatch):
    monkeypatch.setattr("local_stt.engine.fork_server.FORK_TIMEOUT", 0.5)
    with pool(2) as engine:
        talk = Talk(engine, short).play(until=5 * 8000)
        os.kill(engine._fork_server._process.pid, signal.SIGSTOP)
        os.kill(pids(engine)[0], signal.SIGKILL)
        wait_until(lambda: engine.restarts >= 2)
        for at in range(5 * 8000, len(short[0]), CHUNK):
            for sink, mulaw in zip(talk.sinks, short, strict=True):
                sink.push(AudioChunk(at, mulaw[at : at + CHUNK]))
        assert words(talk.finish()) == words(undisturbed)


def test_audio_that_cannot_be_kept_is_told_and_the_call_goes_on(short, monkeypatch, caplog):
    monkeypatch.setenv("PYTHONPATH", str(TESTS))

    def full_disk(*_):
        raise OSError("no space left")

    engine = WorkerPool(Plan(DEMO_MODEL, (), False, 1, load=Fragile), on_set_aside=full_disk)
    with contextlib.closing(engine):
        poisoned = short[0][:40_000] + Fragile.DEADLY * 3 + short[0][40_000 + 3 * CHUNK :]
        talk = Talk(engine, [poisoned], "CAbad").play()
        assert talk.finish()
        assert "could not be kept" in caplog.text


def test_a_dead_fork_server_is_replaced_with_all_its_workers(undisturbed, short):
    with pool() as engine:
        talk = Talk(engine, short).play(until=10 * 8000)
        os.kill(engine._fork_server._process.pid, signal.SIGKILL)
        wait_until(lambda: engine.restarts >= 2)
        for at in range(10 * 8000, len(short[0]), CHUNK):
            for sink, mulaw in zip(talk.sinks, short, strict=True):
                sink.push(AudioChunk(at, mulaw[at : at + CHUNK]))
        assert words(talk.finish()) == words(undisturbed)


def test_a_worker_whose_fork_server_died_while_it_was_forked_ends_too():
    alive = "from local_stt.system.parent import die_with_parent as die; import os; die({}); print('alive')"
    for parent, events in (("os.getppid()", b"alive\n"), ("os.getpid()", b"")):
        command = [sys.executable, "-c", alive.format(parent)]
        assert subprocess.run(command, cwd=PROJECT, capture_output=True, check=False).stdout == events


def test_when_no_worker_can_be_had_calls_end_and_the_program_is_told(short, tmp_path):
    """The model is deleted while calls are on, and then every process dies."""
    folder = tmp_path / "model"
    copy_demo_model(folder)
    events = queue.SimpleQueue()
    engine = WorkerPool(Plan(folder, (), True, 1), on_fatal=events.put)
    with contextlib.closing(engine):
        talk = Talk(engine, short).play(until=5 * 8000)
        shutil.rmtree(folder)
        os.kill(engine._fork_server._process.pid, signal.SIGKILL)
        assert "cannot be loaded" in str(events.get(timeout=400))
        for sink in talk.sinks:
            sink.wait()


def test_no_track_waits_for_another_that_is_further_ahead(short):
    with pool(1) as engine:
        os.kill(pids(engine)[0], signal.SIGSTOP)
        talks = [Talk(engine, short, f"CA{n}").play(until=10 * 8000) for n in range(6)]
        os.kill(pids(engine)[0], signal.SIGCONT)
        lags = []
        while engine.lag() > 1.0:
            with engine._lock:
                lags.append([track.lag for worker in engine._workers for track in worker.tracks.values()])
            time.sleep(0.01)
        assert all(max(lag) - min(lag) < 4.0 for lag in lags)
        for talk in talks:
            talk.finish()


def test_calls_that_have_ended_end_one_after_another(short, monkeypatch):
    """The last of them has hardly been heard when the first has given out its last words."""
    closed = []

    def close(track, really=RemoteTrack.close):
        (worker,) = engine._workers
        lags = {each.call_id: each.lag for each in worker.tracks.values()}
        closed.append((track.call_id, lags.get("CA3", 0.0)))
        really(track)

    monkeypatch.setattr(RemoteTrack, "close", close)
    with pool(1) as engine:
        os.kill(pids(engine)[0], signal.SIGSTOP)
        talks = [Talk(engine, short, f"CA{n}").play(until=20 * 8000) for n in range(6)]
        for talk in talks[:4]:
            for sink in talk.sinks:
                sink.finish()
        os.kill(pids(engine)[0], signal.SIGCONT)
        for talk in talks[:4]:
            talk.finish()
        assert [call_id for call_id, _ in closed] == sorted(call_id for call_id, _ in closed)
        assert closed[0][1] > 15
        for talk in talks:
            talk.finish()
        assert engine.lag() == 0.0


def wait_for_audio(engine, seconds, threads):
    """Wait until the engine has done so much more, or all threads have ended."""
    until = engine.work().audio + seconds
    wait_until(lambda: engine.work().audio > until or not any(thread.is_alive() for thread in threads))


def test_random_kills_and_stops_lose_no_call_and_hardly_a_word(undisturbed, short, monkeypatch):
    """Six calls, twice as fast as real time; after every two seconds of them a worker is killed or stopped.

    That goes by the audio and not by the clock: on a busy machine the same audio would be hit twice.
    """
    monkeypatch.setattr("local_stt.engine.worker_pool.HANG_TIMEOUT", 0.5)
    rng = random.Random(5)
    with pool() as engine:
        talks = [Talk(engine, short, f"CA{n}") for n in range(6)]
        threads = [threading.Thread(target=lambda talk=talk: talk.play(2).finish()) for talk in talks]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            wait_for_audio(engine, 2.0 * 2 * len(talks), threads)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pids(engine)[rng.randrange(2)], rng.choice([signal.SIGKILL, signal.SIGSTOP]))
        errors = sum(word_errors(words(undisturbed), words(talk.finals())) for talk in talks)
        assert engine.restarts >= 5
        assert errors <= 0.02 * len(words(undisturbed)) * len(talks)
        left = pids(engine).values()
    wait_until(lambda: all(gone(pid) for pid in left))


def test_audio_that_kills_two_workers_is_set_aside_and_the_call_goes_on(undisturbed, short, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    kept = []
    engine = WorkerPool(
        Plan(DEMO_MODEL, (), False, 2, load=Fragile),
        on_set_aside=lambda call_id, track, chunks: kept.append((call_id, track, len(chunks))),
    )
    with contextlib.closing(engine):
        bystander = Talk(engine, short, "CAother")
        at = 13 * 8000  # where the caller says nothing
        poisoned = short[0][:at] + Fragile.DEADLY * 3 + short[0][at + 3 * CHUNK :]
        talk = Talk(engine, [poisoned], "CAbad").play()
        bystander.play()
        heard = words(talk.finish())
        assert len(heard) > 10
        asides = [event for event in talk.events if isinstance(event, AudioSetAside)]
        assert asides
        assert all(aside.end - aside.start < 12 for aside in asides)
        assert {(call_id, track) for call_id, track, _ in kept} == {("CAbad", "inbound")}
        assert not [event for event in bystander.events if isinstance(event, AudioSetAside)]
        assert len(words(bystander.finish())) >= 0.9 * len(words(undisturbed))


@pytest.mark.parametrize(
    ("load", "sentence"),
    [
        (Unopenable, "No recognizer today."),
        (Deadly, f"Opening a recognizer with {DEMO_MODEL} ended two processes"),
    ],
)
def test_a_recognizer_that_cannot_be_opened_is_tried_twice_and_then_given_up(
    short, monkeypatch, load, sentence
):
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    events = queue.SimpleQueue()
    engine = WorkerPool(Plan(DEMO_MODEL, (), True, 1, load=load), on_fatal=events.put)
    with contextlib.closing(engine):
        talk = Talk(engine, short[:1])
        assert str(events.get(timeout=400)).startswith(sentence)
        assert talk.sinks[0].wait(400)
        assert engine.restarts in (1, 2)  # a process may have died before the call came
        late = Talk(engine, short[:1])
        late.play()
        assert late.sinks[0].wait(400)
        assert events.empty()


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("workers", [0, 1])
def test_a_model_with_which_no_recognizer_can_be_opened_is_one_sentence(tmp_path, workers, live):
    folder = copy_demo_model(tmp_path / "model")
    (folder / "graph" / "Gr.fst").write_bytes(b"")
    with pytest.raises(ModelError, match=r"no recognizer can be opened with it .* models verify"):
        start_engine(folder, workers=workers, live=live)


def test_a_parent_that_dies_leaves_no_process(tmp_path):
    code = (
        "import sys, time, os\n"
        "from pathlib import Path\n"
        "from local_stt.engine import start_engine\n"
        f"engine = start_engine(Path({str(DEMO_MODEL)!r}), workers=2)\n"
        "print(engine._fork_server._process.pid, *engine._fork_server._pids.values(), flush=True)\n"
        "time.sleep(60)\n"
    )
    import subprocess
    import sys

    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        left = [int(pid) for pid in parent.stdout.readline().split()]
        assert len(left) == 3
        os.kill(left[1], signal.SIGSTOP)
        parent.kill()
    wait_until(lambda: all(gone(pid) for pid in left))


def test_a_model_that_cannot_be_loaded_is_one_sentence(tmp_path):
    with pytest.raises(ModelError, match="cannot be loaded"):
        start_engine(tmp_path, workers=1)


def test_behind_by_a_second_partials_stop_and_finals_still_come(engine, short, undisturbed):
    talk = Talk(engine, short).play()
    assert talk.finish() == undisturbed
    partials = [event for event in talk.events if isinstance(event, PartialText)]
    assert len(partials) < len(short[0]) / 8000 * 5


def test_lag_is_what_has_come_and_is_not_decoded(short):
    with pool(1) as engine:
        os.kill(pids(engine)[0], signal.SIGSTOP)
        talk = Talk(engine, short).play(until=10 * 8000)
        assert engine.lag() == pytest.approx(10.0)
        os.kill(pids(engine)[0], signal.SIGCONT)
        talk.finish()
        assert engine.lag() == 0.0


def test_a_spool_goes_to_disk_and_comes_back_in_order():
    spool = Spool(in_memory=3)
    chunks = [AudioChunk(n * CHUNK, bytes([n]) * (n + 1)) for n in range(10)]
    for chunk in chunks:
        spool.put(chunk)
    assert len(spool) == 10
    assert spool._on_disk == 7
    first = [spool.get() for _ in range(5)]
    spool.put_back(first[3:])
    for chunk in chunks[:2]:
        spool.put(chunk)
    assert [spool.get() for _ in range(len(spool))] == [*chunks[3:], *chunks[:2]]
    assert spool._file is None


def test_more_cores_and_a_faster_model_carry_more_calls():
    assert call_capacity(0.006, 1) < call_capacity(0.006, 2) < call_capacity(0.003, 2)
    assert call_capacity(9.0, 1) == 1


SECRETS = ("TWILIO_AUTH_TOKEN", "DATABASE_URL", "WEBHOOK_SECRET", "LOCAL_STT_TOKEN", "AWS_SECRET_ACCESS_KEY")


def test_recognizers_have_no_secret_in_their_environment(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, "s3cret")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    with contextlib.closing(start_engine(DEMO_MODEL, workers=1)):
        environments = [dict(each.environ()) for each in children_of(os.getpid(), "engine.fork_server")]
    assert environments
    for environment in environments:
        assert "s3cret" not in environment.values()
        assert environment["OPENBLAS_NUM_THREADS"] == "1"
        assert environment["PATH"] == os.environ["PATH"]


def watched(usages, task=1.0, patience=5.0):
    """Whether a process that is looked at every half second is taken for hanging, look by look."""
    watch = Watch()
    return [watch.hangs(task, usage, 0.5 * number, patience) for number, usage in enumerate(usages)]


def test_a_process_that_the_machine_does_not_let_run_does_not_hang():
    assert not any(watched([Usage(3.0, is_starved=True)] * 1000))


def test_a_process_that_gets_a_little_processor_time_now_and_then_does_not_hang():
    assert not any(watched([Usage(0.01 * (look // 8)) for look in range(1000)]))


def test_a_process_that_is_blocked_hangs():
    assert watched([Usage(3.0)] * 12) == [False] * 11 + [True]


def test_a_process_that_computes_for_ever_hangs():
    assert watched([Usage(100 + 0.25 * look, is_starved=True) for look in range(22)]) == [False] * 21 + [True]


def test_a_process_without_a_task_does_not_hang():
    assert not any(watched([Usage(3.0)] * 100, task=0.0))


def test_a_process_that_was_not_looked_at_for_long_does_not_hang_for_that():
    """The process that watches did not get the processor either."""
    watch = Watch()
    assert not any(watch.hangs(1.0, Usage(), 1000.0 * look, 5.0) for look in range(5))


def test_each_task_has_its_own_time():
    watch = Watch()
    assert not any(watch.hangs(1.0 + look // 8, Usage(look), 0.5 * look, 10.0) for look in range(1000))


def test_what_a_process_has_had_of_the_machine_is_seen():
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        wait_until(lambda: usage_of(busy.pid).cpu > 0.05)
        assert usage_of(busy.pid).is_starved
        os.kill(busy.pid, signal.SIGSTOP)
        wait_until(lambda: not usage_of(busy.pid).is_starved)
        busy.kill()
    assert usage_of(busy.pid) == Usage()


def test_a_worker_that_gets_no_processor_is_not_killed_and_goes_on_where_it_was(
    undisturbed, short, monkeypatch
):
    """As it looks from here: its state says that it would run."""
    monkeypatch.setattr("local_stt.engine.worker_pool.HANG_TIMEOUT", 0.5)
    monkeypatch.setattr("local_stt.engine.worker_pool.usage_of", lambda _: Usage(1.0, is_starved=True))
    with pool() as engine:
        talk = Talk(engine, short)
        os.kill(pids(engine)[0], signal.SIGSTOP)
        talk.play()
        time.sleep(1.5)
        assert engine.restarts == 0
        os.kill(pids(engine)[0], signal.SIGCONT)
        assert talk.finish() == undisturbed
        assert engine.restarts == 0
