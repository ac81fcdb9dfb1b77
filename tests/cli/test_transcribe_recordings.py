"""`transcribe` of recordings that Twilio has, as a user runs it."""

import contextlib
import errno
import os
import re
import signal
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import requests
import soundfile

from helpers.commands import TRANSCRIBE
from helpers.dialing import OURS, SOMEBODY
from helpers.jobs import take
from helpers.models import DEMO_MODEL
from helpers.program import NOTHING_SET, credentials, program, stream_of
from helpers.project import PROJECT
from helpers.waiting import wait_until
from local_stt.demo import RECORDING
from local_stt.engine import start_engine
from local_stt.errors import AudioFileError, TelephonyError
from local_stt.jobs.runner import Model
from local_stt.jobs.twilio_recordings import RecordingJobs
from local_stt.store import open_store
from local_stt.telephony.recordings import TwilioRecordings
from local_stt.telephony.signature import sign
from local_stt.transcription import Transcriber
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, number, twilio_api
from stand_ins.twilio_recordings import past_call, recording

pytestmark = pytest.mark.model

SID, OTHER = "RE" + "0f" * 16, "RE" + "1e" * 16
BEGAN = datetime(2026, 3, 4, 12, 6, 0, tzinfo=UTC)


@pytest.fixture
def audio(tmp_path):
    """The first ten seconds of a call, caller left, callee right."""
    samples, rate = soundfile.read(RECORDING, always_2d=True)
    soundfile.write(tmp_path / "both.wav", samples[: 10 * rate], rate)
    return (tmp_path / "both.wav").read_bytes()


@pytest.fixture
def api(audio):
    with twilio_api() as api:
        for sid, call_sid, hour in ((SID, "CA1", 0), (OTHER, "CA2", 1)):
            began = BEGAN + timedelta(hours=hour)
            api.past_calls.append(past_call(call_sid, SOMEBODY, OURS, began))
            api.recordings[sid] = recording(sid, call_sid, began)
            api.media[sid] = {"2": audio}
        yield api


@pytest.fixture
def run(api, tmp_path):
    def invoke(*arguments, **environ):
        credentials = {"TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
        own = {"PYTHONPATH": str(PROJECT), "LOCAL_STT_TWILIO_API_URL": api.url}
        return subprocess.run(
            [*TRANSCRIBE, *map(str, arguments), "--data-dir", tmp_path / "data"],
            cwd=tmp_path,
            env=NOTHING_SET | own | credentials | environ,
            capture_output=True,
            check=False,
            text=True,
        )

    return invoke


def stored(tmp_path):
    with contextlib.closing(open_store(tmp_path / "data")) as store:
        return [store.call_with_utterances(call.call_id) for call in store.page().calls]


def fetches(api):
    return [path for _, path in api.requests if path.endswith(".wav")]


def test_a_recording_is_transcribed_and_kept_as_the_call_it_is_of(run, tmp_path, api):
    done = run(SID)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, f"{SID} is kept as {SID}.")
    ((call, said),) = stored(tmp_path)
    assert (call.call_id, call.direction, call.caller, call.callee) == (SID, "inbound", SOMEBODY, OURS)
    assert call.recorded
    assert call.started_at == BEGAN.timestamp() * 1000
    assert call.seconds == pytest.approx(10)
    assert done.stdout == run(tmp_path / "both.wav", "--no-keep-calls").stdout
    assert {line.track for line in said} == {"inbound", "outbound"}
    again = run(f"{api.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Recordings/{SID}.mp3")
    assert again.stdout == done.stdout
    assert f"{SID} is kept already as {SID}." in again.stderr
    assert len(stored(tmp_path)) == 1


def test_of_a_call_placed_from_the_account_the_first_channel_is_the_callee(run, tmp_path, api):
    inbound = run(SID, "--no-keep-calls").stdout
    api.past_calls[0]["direction"] = "outbound-api"
    outbound = run(SID).stdout
    swapped = {"caller": "callee", "callee": "caller"}
    assert outbound.splitlines() == [
        re.sub("caller|callee", lambda who: swapped[who[0]], line, count=1) for line in inbound.splitlines()
    ]
    assert stored(tmp_path)[0][0].direction == "outbound"
    kept, _ = soundfile.read(tmp_path / "data" / "recordings" / f"{SID}.wav", always_2d=True)
    original, _ = soundfile.read(tmp_path / "both.wav", always_2d=True)
    for side in range(2):  # the caller is left, as everywhere
        assert np.corrcoef(kept[: len(original), side], original[: len(kept), 1 - side])[0, 1] > 0.95


def test_a_stretch_of_a_recording_is_not_kept_as_the_whole(run, tmp_path):
    assert run(SID, "--to", "5").returncode == 0
    ((call, _),) = stored(tmp_path)
    assert call.call_id.startswith("file-")
    assert (call.caller, call.seconds) == (SOMEBODY, pytest.approx(5))


def test_recordings_that_cannot_be_had_are_named_and_the_others_are_done(run, tmp_path, api):
    api.recordings[OTHER]["status"] = "in-progress"
    unknown = "RE" + "9" * 32
    done = run(unknown, OTHER, "https://evil.example/x", SID, "missing.wav")
    assert done.returncode == 2
    errors = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert [re.search("404|still being recorded|is not at|no audio file", line)[0] for line in errors] == [
        "404",
        "still being recorded",
        "is not at",
        "no audio file",
    ]
    assert [call.call_id for call, _ in stored(tmp_path)] == [SID]


def test_without_credentials_the_files_are_done(run, tmp_path):
    done = run(SID, "both.wav", "--no-keep-calls", TWILIO_AUTH_TOKEN="")
    assert done.returncode == 2
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" in error
    assert "caller: " in done.stdout


def test_a_numbers_recordings_are_transcribed_once_oldest_first(run, tmp_path, api):
    wanted = ("--recordings-of", "+1 (202) 555-0123", "--since", "2026-03-01")
    done = run(*wanted)
    assert done.returncode == 0
    assert re.findall(r"^==> .*", done.stdout, re.MULTILINE) == [f"==> {SID} <==", f"==> {OTHER} <=="]
    assert [call.call_id for call, _ in stored(tmp_path)] == [OTHER, SID]
    assert len(fetches(api)) == 2
    again = run(*wanted)
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr.splitlines() == [
        "2 of 2 recordings were fetched before.",
        f"There is no new recording of {SOMEBODY} since 2026-03-01.",
    ]
    assert len(fetches(api)) == 2


def test_what_is_new_since_ever_is_everything(run):
    done = run("--recordings-of", SOMEBODY, "--since", "0001-01-01", "--no-keep-calls")
    assert (done.returncode, done.stdout.count("==> ")) == (0, 2)


@pytest.mark.parametrize("caller", ["client:zoe", "sip:front.desk@name.example", "whatsapp:+15551234567"])
def test_recordings_of_callers_that_are_no_numbers_are_asked_for(run, caller):
    done = run("--recordings-of", caller, "--since", "2026-03-01")
    assert (done.returncode, done.stderr) == (0, f"There is no new recording of {caller} since 2026-03-01.\n")


def test_what_was_deleted_is_not_fetched_again_unless_it_is_named(run, tmp_path, api):
    run(SID)
    with contextlib.closing(open_store(tmp_path / "data")) as store:
        store.delete(SID, at=1)
    done = run("--recordings-of", SOMEBODY, "--since", "2026-03-01", "--output-dir", "out", "--format", "srt")
    assert done.returncode == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == [f"{OTHER}.srt"]
    assert run(SID).returncode == 0
    assert {call.state for call, _ in stored(tmp_path)} == {"ended"}


def test_a_number_whose_recordings_cannot_be_listed_is_one_sentence(run, api):
    api.failing = 403
    done = run("--recordings-of", SOMEBODY, "--since", "2026-03-01")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: Twilio does not allow")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--recordings-of", SOMEBODY),
        ("--since", "2026-03-01", "both.wav"),
        ("--recordings-of", SOMEBODY, "--since", "2026-03-01", "both.wav"),
        ("--recordings-of", SOMEBODY, "--since", "2026-03-01", "--to", "5"),
        ("--recordings-of", SOMEBODY, "--since", "2026-03-01", "--format", "srt"),
        ("--recordings-of", "somebody", "--since", "2026-03-01"),
        ("--recordings-of", SOMEBODY, "--since", "yesterday"),
    ],
)
def test_what_does_not_go_together_is_refused_and_nobody_is_asked(run, api, arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("Usage: ")
    assert api.requests == []


@pytest.fixture
def transcriber():
    with Transcriber(lambda on_fatal: start_engine(DEMO_MODEL, workers=1, on_fatal=on_fatal)) as transcriber:
        yield transcriber


class Recordings:
    """The recordings of a program of that name, whose jobs are done here one by one."""

    def __init__(self, handler, store, server):
        self.handler, self.store, self.server = handler, store, server

    def report(self, sid):
        """Say that a recording is complete, as Twilio does."""
        self.handler.on_recording({"RecordingSid": sid})

    def take(self):
        return take(self.store, self.handler, self.server)

    def close(self):
        """End, as a program does."""
        self.store.jobs.release([self.server])


@pytest.fixture
def announced_to(api, store):
    """Return a function that starts a program's jobs, to which Twilio reports recordings."""

    def start(server, account_sid=ACCOUNT_SID, **options):
        twilio = TwilioRecordings(account_sid, AUTH_TOKEN, api.url, sleep=lambda _: None)
        return Recordings(RecordingJobs(twilio, store, server, Model(DEMO_MODEL), **options), store, server)

    return start


def test_a_recording_that_is_complete_is_fetched_and_kept_once(announced_to, store, transcriber, notices):
    announced = announced_to("s1")
    for _ in range(2):  # Twilio may tell it twice
        announced.report(SID)
    assert store.jobs.submitted.is_set()
    job = announced.take()
    assert announced.take() is None
    announced.handler.run(job, transcriber)
    call, said = store.call_with_utterances(SID)
    assert (call.direction, call.model, said != []) == ("inbound", "demo-en", True)
    assert store.recordings.seconds(SID) == pytest.approx(10, abs=0.1)
    store.delete(SID, at=1)
    assert not store.recordings.has(SID)
    announced.report(SID)
    assert (announced.take(), notices) == (None, [])


@pytest.mark.parametrize("is_in_the_way", [True, False])
def test_without_room_or_a_wish_for_the_audio_the_text_is_kept(
    announced_to, store, transcriber, is_in_the_way, notices
):
    announced = announced_to("s1", keep_audio=is_in_the_way)
    if is_in_the_way:
        store.recordings.folder.write_text("in the way")
    announced.report(SID)
    announced.handler.run(announced.take(), transcriber)
    call, said = store.call_with_utterances(SID)
    assert (call.recorded, said != []) == (False, True)
    assert [line.startswith(f"The audio of {SID} cannot be kept (") for line in notices] == [
        True
    ] * is_in_the_way


def test_what_a_program_leaves_the_next_one_does_and_nobody_else_does_it_before(announced_to, store, notices):
    first = announced_to("s1")
    for sid in (SID, OTHER):
        first.report(sid)
    assert first.take() is not None  # it was in hand
    assert announced_to("s2").take() is None
    first.close()
    assert announced_to("s2", account_sid="AC" + "9" * 32).take() is None
    second = announced_to("s2")
    assert [second.take().key for _ in range(2)] == [SID, OTHER]
    assert announced_to("s3").take() is None
    store.take_over(["s2"], "s4")  # which was killed
    third = announced_to("s3")
    assert [third.take().key for _ in range(2)] == [SID, OTHER]
    assert (third.take(), notices) == (None, [])


def failed(announced, transcriber):
    """Let the next job fail; return what keeps its recording from being transcribed."""
    job = announced.take()
    with pytest.raises((TelephonyError, AudioFileError)) as refused:
        announced.handler.run(job, transcriber)
    announced.handler.fail(job, refused.value, begun=True)
    return refused.value


def test_a_recording_that_has_no_audio_is_told_of_and_not_tried_again(
    announced_to, api, transcriber, notices
):
    announced = announced_to("s1")
    announced.report(SID)
    api.recordings[SID]["status"] = "absent"
    why = failed(announced, transcriber)
    assert notices == [f"Recording {SID} is not transcribed. {why}"]
    announced.close()
    assert announced_to("s2").take() is None


def api_answers(status):
    return lambda api, _: setattr(api, "failing", status)


def api_does_not_answer(api, _):
    api.bad_moments = [0] * 100


def media_answers(status):
    return lambda api, _: setattr(api, "media_failing", status)


def is_still_being_made(api, _):
    api.recordings[SID]["status"] = "processing"


def has_no_room(_, monkeypatch):
    def save(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(TwilioRecordings, "save", save)


def has_no_place(_, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")


@pytest.mark.parametrize(
    "obstacle",
    [
        *(api_does_not_answer, api_answers(401), api_answers(503)),
        *(media_answers(401), media_answers(429), media_answers(503)),
        *(is_still_being_made, has_no_room, has_no_place),
    ],
)
def test_what_may_pass_is_tried_again_and_then_left_to_the_next_start(
    announced_to, api, store, transcriber, monkeypatch, obstacle, notices
):
    now = 0.0
    monkeypatch.setattr(store.jobs, "clock", lambda: round(now * 1000))
    announced = announced_to("s1")
    announced.report(SID)
    obstacle(api, monkeypatch)
    why = failed(announced, transcriber)
    for minutes in (1, 15):
        now += minutes * 60 - 1
        assert announced.take() is None
        now += 1
        failed(announced, transcriber)
    now += 1e5
    assert announced.take() is None
    assert notices == [
        f"Recording {SID} is tried again in 1 min. {why}",
        f"Recording {SID} is tried again in 15 min. {why}",
        f"Recording {SID} is left to the next start. {why}",
    ]
    announced.close()
    assert announced_to("s2").take() is not None


def test_a_recording_that_twilio_does_not_know_yet_is_tried_again_but_not_for_ever(
    announced_to, api, store, transcriber, monkeypatch, notices
):
    now = 0.0
    monkeypatch.setattr(store.jobs, "clock", lambda: round(now * 1000))
    announced = announced_to("s1")
    unknown = "RE" + "9" * 32
    for sid in (unknown, SID):
        announced.report(sid)
    hidden = api.recordings.pop(SID)
    for _ in range(2):
        why = failed(announced, transcriber)
    api.recordings[SID] = hidden
    now = 60.0
    failed(announced, transcriber)
    announced.handler.run(announced.take(), transcriber)
    assert store.call_with_utterances(SID)[1]
    now = 60.0 * 16
    why = failed(announced, transcriber)
    assert notices[-1] == f"Recording {unknown} is not transcribed. {why}"
    announced.close()
    assert announced_to("s2").take() is None


@pytest.mark.e2e
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_recording_that_a_program_was_told_of_is_transcribed_by_the_next(tmp_path, audio, how):
    with twilio_api(number(OURS)) as api:
        api.past_calls.append(past_call("CA1", SOMEBODY, OURS, BEGAN))
        api.recordings[SID] = recording(SID, "CA1", BEGAN)
        api.media[SID] = {"2": audio}
        api.media_pauses = 1.0  # it is not done before the end
        settings = credentials(api, tmp_path)
        form = {"AccountSid": ACCOUNT_SID, "RecordingSid": SID, "RecordingStatus": "completed"}
        with program("run", "--port", "0", folder=tmp_path, **settings) as first:
            first.wait_for("Waiting for calls", first.err)
            url = stream_of(tmp_path).replace("ws", "http", 1).removesuffix("/stream") + "/recording-status"
            assert (
                requests.post(url, form, headers=sign(AUTH_TOKEN, url, form), timeout=400).status_code == 204
            )
            wait_until(lambda: fetches(api))
            if how == signal.SIGTERM:
                assert first.end() == 0
            else:
                first.process.kill()
                first.process.wait(400)
            api.media_pauses = 0.0
            with program("run", "--port", "0", folder=tmp_path, **settings) as second:
                second.wait_for("Waiting for calls", second.err)
                wait_until(lambda: stored(tmp_path))
                assert second.end() == 0
    ((call, said),) = stored(tmp_path)
    assert (call.call_id, call.caller) == (SID, SOMEBODY)
    assert said
