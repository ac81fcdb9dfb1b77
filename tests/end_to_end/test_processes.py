"""What holds for every process of a running program: server, fork server, workers, decoder, ngrok."""

import contextlib
import os
import resource
import signal
import sys

import numpy as np
import psutil
import pytest
import requests
import soundfile

from helpers.processes import children_of
from helpers.program import credentials, ngrok_log, program
from helpers.waiting import gone, wait_until
from local_stt.demo import RECORDING
from stand_ins.twilio_api import number, twilio_api

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and signals of processes are Linux's")

TOKEN = "the-token-of-viewers"


@pytest.fixture
def busy(tmp_path):
    """A program that answers the phone while it transcribes a long file."""
    audio, rate = soundfile.read(RECORDING)
    soundfile.write(tmp_path / "long.wav", np.concatenate([audio] * 10), rate)
    with twilio_api(number("+15551110001")) as api:
        settings = credentials(api, tmp_path) | {"LOCAL_STT_TOKEN": TOKEN, "LOCAL_STT_WORKERS": "1"}
        with program("run", "--port", "0", folder=tmp_path, **settings) as run:
            run.wait_for("Waiting for calls", run.err)
            with requests.Session() as viewer:
                viewer.headers["Authorization"] = f"Bearer {TOKEN}"
                files = ngrok_log(tmp_path)[1]["endpoint"]["upstream"]["url"] + "/api/recordings"
                sent = viewer.post(
                    f"{files}?name=a.wav", (tmp_path / "long.wav").read_bytes(), timeout=120
                ).json()
                wait_until(lambda: viewer.get(f"{files}/{sent['id']}", timeout=120).json()["share"])
            yield run
            os.kill(ngrok_log(tmp_path)[0]["pid"], signal.SIGKILL)  # it would keep the output open


@pytest.fixture
def _core_files():
    """Have programs that are started leave core files, as far as that is allowed."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.usefixtures("_core_files")
def test_no_process_leaves_a_core_file(busy):
    """It would hold words, audio, numbers and tokens."""
    commands = ("engine.fork_server", "decoding.child", "ngrok start")
    kinds = {command: children_of(busy.process.pid, command) for command in commands}
    assert all(kinds.values()), kinds
    processes = [psutil.Process(busy.process.pid), *(each for kind in kinds.values() for each in kind)]
    assert [each.rlimit(resource.RLIMIT_CORE)[0] for each in processes] == [0] * len(processes)


def test_what_hears_and_decodes_ends_with_a_killed_server_even_when_it_is_stopped(busy):
    pid = busy.process.pid
    processes = [*children_of(pid, "engine.fork_server"), *children_of(pid, "decoding.child")]
    assert len(processes) >= 3
    for each in processes:
        each.send_signal(signal.SIGSTOP)
    busy.process.kill()
    try:
        wait_until(lambda: all(gone(each.pid) for each in processes))
    finally:
        for each in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.kill()
