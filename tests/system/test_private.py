"""Nobody else can read files with words, audio, numbers or tokens, with any umask."""

import contextlib
import os
import re
import shutil
import stat
import subprocess
import sys

import pytest
import requests
import soundfile

from helpers.events import final, save_call, started
from helpers.models import DEMO_MODEL
from helpers.program import NOTHING_SET, credentials, ngrok_log, program
from helpers.project import PROJECT
from helpers.recordings import record
from helpers.waiting import wait_until
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.demo import RECORDING
from local_stt.service.engines import keep_bad_audio
from local_stt.simulator import Caller, place_call
from local_stt.store import open_store
from local_stt.system.private import exposed_by, make_folder, tighten
from local_stt.telephony.dial_limit import FileDialLimit
from stand_ins.twilio_api import AUTH_TOKEN, number, twilio_api


@contextlib.contextmanager
def umask(mask):
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def open_to_others(folder):
    """What in a folder, itself included, others have any permission to."""
    everything = [folder, *folder.rglob("*")]
    modes = {each: stat.S_IMODE(each.lstat().st_mode) for each in everything}
    return {str(each.relative_to(folder)): oct(mode) for each, mode in modes.items() if mode & 0o077}


@pytest.mark.e2e
def test_a_days_use_leaves_nothing_for_others_to_read(tmp_path, demo_channels):
    data, heard = tmp_path / "data", tmp_path / "heard.wav"
    soundfile.write(heard, *soundfile.read(RECORDING, stop=8000 * 5))
    orders = ["run", "--json", "--port", "0"]
    token = {"Authorization": "Bearer the-token-of-viewers"}
    with umask(0), twilio_api(number("+15551110001")) as api:
        settings = credentials(api, tmp_path) | {
            "RECORD_CALLS": "1",
            "LOCAL_STT_TOKEN": "the-token-of-viewers",
            "LOCAL_STT_WORKERS": "1",
        }
        with program(*orders, folder=tmp_path, **settings) as run:
            run.wait_for("Waiting for calls", run.err)
            local = ngrok_log(tmp_path)[1]["endpoint"]["upstream"]["url"]
            to = f"ws{local.removeprefix('http')}/stream"
            place_call(demo_channels, to=to, caller=Caller("CAday"), auth_token=AUTH_TOKEN, speed=40)
            sent = requests.post(
                f"{local}/api/recordings?name=a.wav", data=heard.read_bytes(), headers=token, timeout=10
            ).json()
            wait_until(
                lambda: requests.get(
                    f"{local}/api/recordings/{sent['id']}", headers=token, timeout=60
                ).json()["call_id"],
                60,
            )
            assert {each.name for each in data.iterdir()} >= {"wired", "ngrok", "running", "servers"}
            assert (data / "recordings" / "CAday.wav").exists()
            assert (data / "calls.sqlite3-wal").exists()
            assert open_to_others(data) == {}
            assert run.end() == 0
        subprocess.run(
            [sys.executable, "-m", "local_stt", "transcribe", "--model", str(DEMO_MODEL), str(heard)],
            env=NOTHING_SET | {"PYTHONPATH": str(PROJECT), "LOCAL_STT_DATA_DIR": str(data)},
            check=True,
            capture_output=True,
        )
        keep_bad_audio(data, "CA1", "inbound", [AudioChunk(0, b"\xff" * 160)])
        FileDialLimit(data / "dialed.json", 5).take()
        store = open_store(data)
        save_call(store, "CA1", "hello")
        record(store, "CA1")
        assert open_to_others(data) == {}
        store.close()
    assert list((data / "recordings").iterdir())
    assert list((data / "bad-audio").iterdir())
    assert open_to_others(data) == {}


def test_what_older_versions_made_is_tightened_at_the_start(tmp_path):
    data = tmp_path / "data"
    with umask(0o022):
        for folder in (data, data / "recordings", data / "servers"):
            folder.mkdir()
        for file in ("calls.sqlite3", "calls.sqlite3-wal", "recordings/CA1.wav", "dialed.json"):
            (data / file).touch()
    assert open_to_others(data)
    open_store(data).close()
    assert open_to_others(data) == {}


def test_what_is_not_ours_in_a_folder_stays_as_it_is(tmp_path):
    with umask(0o022):
        for folder in ("recordings", "photos"):
            (tmp_path / folder).mkdir()
        (tmp_path / "notes.txt").touch()
        outside = tmp_path / "photos" / "one.jpg"
        outside.touch()
        (tmp_path / "recordings" / "link.wav").symlink_to(outside)
        tmp_path.chmod(0o755)
    tighten(tmp_path)
    links = {"recordings/link.wav"}
    assert set(open_to_others(tmp_path)) - links == {".", "photos", "photos/one.jpg", "notes.txt"}


def test_folders_are_made_private_and_those_that_are_there_stay(tmp_path):
    with umask(0):
        tmp_path.chmod(0o755)
        make_folder(tmp_path / "one" / "two")
    assert set(open_to_others(tmp_path)) == {"."}


@pytest.mark.e2e
def test_an_export_has_the_permissions_of_the_users_umask(tmp_path):
    store = open_store(tmp_path / "data")
    save_call(store, "CA1", "hello")
    store.close()
    with umask(0o027):
        subprocess.run(
            [sys.executable, "-m", "local_stt", "calls", "export", "CA1", "-o", str(tmp_path / "a.txt")],
            env=NOTHING_SET | {"PYTHONPATH": str(PROJECT), "LOCAL_STT_DATA_DIR": str(tmp_path / "data")},
            check=True,
        )
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


@pytest.mark.e2e
def test_a_call_in_progress_is_as_private(tmp_path):
    with umask(0):
        store = open_store(tmp_path / "data")
        store.start_call(started(), at=1, server="s", model="m")
        store.add_event(final("hello"), at=2)
        assert {each.name for each in (tmp_path / "data").iterdir()} >= {
            "calls.sqlite3-wal",
            "calls.sqlite3-shm",
        }
        assert open_to_others(tmp_path / "data") == {}
        store.close()


NO_CALLS = "No calls are kept.\n"


def list_calls(folder):
    """Run a command that reads settings, in a folder where there may be a `.env`."""
    open_store(folder / "data").close()
    return subprocess.run(
        [sys.executable, "-m", "local_stt", "calls", "list"],
        env=NOTHING_SET | {"PYTHONPATH": str(PROJECT), "LOCAL_STT_DATA_DIR": str(folder / "data")},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.e2e
def test_the_command_of_the_readme_makes_a_file_of_settings_for_nobody_else_to_read(tmp_path):
    (command,) = re.findall(r"^2\. Run `([^`]+)`", (PROJECT / "README.md").read_text(), re.MULTILINE)
    shutil.copy(PROJECT / ".env.example", tmp_path)
    with umask(0o022):
        subprocess.run(command.split(), cwd=tmp_path, check=True)
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert command in (PROJECT / ".env.example").read_text()
    assert list_calls(tmp_path).stderr == NO_CALLS


@pytest.mark.e2e
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o602])
def test_secrets_that_others_can_read_are_warned_of_in_one_line(tmp_path, mode):
    (tmp_path / ".env").write_text("TWILIO_AUTH_TOKEN=s3cret\n")
    (tmp_path / ".env").chmod(mode)
    listed = list_calls(tmp_path)
    assert listed.returncode == 0
    assert listed.stdout == ""
    notices = "Other users of this machine can read the secrets in .env: chmod 600 .env\n"
    assert listed.stderr == notices + NO_CALLS


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("text", "mode"),
    [("TWILIO_AUTH_TOKEN=s3cret\n", 0o600), ("TWILIO_AUTH_TOKEN=\nLOCAL_STT_PORT=80\n", 0o644)],
)
def test_a_file_that_gives_nothing_away_is_not_warned_of(tmp_path, text, mode):
    (tmp_path / ".env").write_text(text)
    (tmp_path / ".env").chmod(mode)
    assert list_calls(tmp_path).stderr == NO_CALLS


@pytest.mark.e2e
def test_a_file_of_settings_that_is_a_pipe_is_read_once(tmp_path):
    os.mkfifo(tmp_path / ".env", 0o644)
    settings = ("TWILIO_AUTH_TOKEN=s3cret", "LOCAL_STT_PORT=no")
    writer = subprocess.Popen(["/bin/sh", "-c", 'printf "%s\\n" "$@" > .env', "sh", *settings], cwd=tmp_path)
    assert "LOCAL_STT_PORT: 'no' is not a port number" in list_calls(tmp_path).stderr
    assert writer.wait(120) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_may_be_read_by_its_group(tmp_path):
    (tmp_path / ".env").touch()
    os.chown(tmp_path / ".env", 1000, -1)
    for mode, remedy in ((0o640, ""), (0o644, f"chmod o= {tmp_path / '.env'}")):
        (tmp_path / ".env").chmod(mode)
        assert exposed_by(tmp_path / ".env") == remedy
