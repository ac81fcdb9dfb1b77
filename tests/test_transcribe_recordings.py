"""`transcribe` of recordings that Twilio has, as a user runs it."""

import contextlib
import re
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
import soundfile
from conftest import DEMO_MODEL
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, twilio_api
from stand_ins.twilio_recordings import past_call, recording
from test_run import NOTHING_SET
from test_transcribe_command import COMMAND

from local_stt.announced import Announced
from local_stt.backroom import Model
from local_stt.config import PROJECT
from local_stt.demo import RECORDING
from local_stt.engine import start_engine
from local_stt.errors import TelephonyError
from local_stt.store import open_store
from local_stt.telephony.recordings import TwilioRecordings
from local_stt.transcription import Transcriber

OURS, SOMEBODY = "+15551110001", "+12025550123"
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
            [*COMMAND, *map(str, arguments), "--data-dir", tmp_path / "data"],
            cwd=tmp_path,
            env=NOTHING_SET | own | credentials | environ,
            capture_output=True,
            check=False,
            text=True,
        )

    return invoke


def stored(tmp_path):
    with contextlib.closing(open_store(tmp_path / "data")) as store:
        return [store.whole(call.call_id) for call in store.page().calls]


def fetches(api):
    return [path for _, path in api.requests if path.endswith(".wav")]


def test_a_recording_is_transcribed_and_kept_as_the_call_it_is_of(run, tmp_path, api):
    done = run(SID)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, f"{SID} is kept as {SID}.")
    ((call, said),) = stored(tmp_path)
    assert (call.call_id, call.direction, call.caller, call.callee) == (SID, "inbound", SOMEBODY, OURS)
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
    with Transcriber(lambda give_up: start_engine(DEMO_MODEL, workers=1, give_up=give_up)) as transcriber:
        yield transcriber


def test_a_recording_that_is_complete_is_fetched_and_kept_once(api, store, transcriber):
    told, woken = [], []
    twilio = TwilioRecordings(ACCOUNT_SID, AUTH_TOKEN, api.url)
    announced = Announced(twilio, store, Model(DEMO_MODEL), told.append)
    announced.added = lambda: woken.append(True)
    for _ in range(2):  # Twilio may tell it twice
        announced.told({"RecordingSid": SID})
    job = announced.next()
    assert (announced.next(), woken) == (None, [True, True])
    job.run(transcriber)
    call, said = store.whole(SID)
    assert (call.direction, call.model, said != []) == ("inbound", "demo-en", True)
    announced.told({"RecordingSid": SID})
    assert (announced.next(), told) == (None, [])


def test_a_recording_that_cannot_be_fetched_is_told(api, store, transcriber):
    told = []
    announced = Announced(
        TwilioRecordings(ACCOUNT_SID, AUTH_TOKEN, api.url), store, Model(DEMO_MODEL), told.append
    )
    announced.told({"RecordingSid": "RE" + "9" * 32})
    job = announced.next()
    with pytest.raises(TelephonyError) as refused:
        job.run(transcriber)
    job.fail(refused.value, begun=True)
    assert told == [f"Recording RE{'9' * 32} is not transcribed. {refused.value}"]
