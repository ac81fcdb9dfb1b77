"""`dial` beside a local_stt that runs."""

import re
import signal
import time

import pytest
import requests

from helpers.dialing import OURS, SOMEBODY, SOMEBODY_ELSE
from helpers.program import credentials, program
from local_stt.system.instance import find_instance
from local_stt.telephony.signature import sign
from stand_ins.twilio_api import AUTH_TOKEN, number, twilio_api


def test_the_command_has_the_running_program_place_the_call(tmp_path):
    with (
        twilio_api(number(OURS)) as api,
        program("run", "--port", "0", folder=tmp_path, **credentials(api, tmp_path)) as run,
    ):
        run.wait_for("Waiting for calls", run.err)
        data = {"LOCAL_STT_DATA_DIR": str(tmp_path / "data")}
        with program("dial", SOMEBODY, "--connect", SOMEBODY_ELSE, folder=tmp_path, **data) as dial:
            call_id = dial.wait_for(rf"Calling {re.escape(SOMEBODY)}: (CA\w+)", dial.err)[1]
            tell(run, call_id, "in-progress")
            assert dial.end(0) == 0
        assert api.calls[call_id]["To"] == SOMEBODY
        with program("dial", SOMEBODY, "--model", "other", folder=tmp_path, **data) as dial:
            dial.wait_for("the options are not used", dial.err)
            call_id = dial.wait_for(r"(CA\w+)", dial.err)[1]
            tell(run, call_id, "busy")
            assert dial.end(0) == 2
            assert dial.err[-1] == f"Error: {SOMEBODY} was not reached (busy)."
        assert run.end() == 0
    for arguments in ([SOMEBODY], ["nonsense"], [SOMEBODY, "--announcement", "a" * 1001]):
        with program("dial", *arguments, folder=tmp_path, **data) as dial:
            assert dial.process.wait(400) == 2
            dial.end()
            assert len(dial.err) == 1


@pytest.fixture
def dial(api, tmp_path):
    """Starts the command beside a program that runs, which is `dial.run`."""

    def start():
        return program("dial", SOMEBODY, folder=tmp_path, LOCAL_STT_DATA_DIR=str(tmp_path / "data"))

    with program("run", "--port", "0", folder=tmp_path, **credentials(api, tmp_path)) as start.run:
        start.run.wait_for("Waiting for calls", start.run.err)
        yield start
        assert start.run.end() == 0


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_whoever_does_not_wait_for_an_answer_hangs_up(api, dial, signum):
    with dial() as command:
        call_id = command.wait_for(r"Calling \S+ (CA\w+)\. Ctrl-C hangs up", command.err)[1]
        tell(dial.run, call_id, "ringing")
        assert command.end(signum) == 130
    assert api.calls[call_id]["status"] == "completed"


def test_a_call_that_the_running_program_cannot_hang_up_is_told(api, dial):
    with dial() as command:
        command.wait_for("Ctrl-C hangs up", command.err)
        api.failing = 403
        assert command.end(signal.SIGINT) == 130
    api.failing = None
    assert "could not be hung up: do so at https://console.twilio.com. Twilio does" in command.err[-1]


@pytest.mark.parametrize("answers", [True, False])
def test_whoever_does_not_wait_for_a_call_to_be_placed_hangs_up_or_is_told(api, dial, answers):
    api.seconds_to_place = 2.0
    before = len(api.requests)
    with dial() as command:
        api.bad_moments = [] if answers else [0]
        deadline = time.monotonic() + 400
        while len(api.requests) == before:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert command.end(signal.SIGINT) == 130
    if answers:
        assert [call["status"] for call in api.calls.values()] == ["completed"]
    else:
        assert "the call may have been placed" in command.err[-1]


def tell(run, call_id, status):
    """What Twilio would, through the tunnel; here straight, signed for this machine."""
    base = find_instance(run.folder / "data" / "running").url
    form = {"CallSid": call_id, "CallStatus": status}
    headers = sign(AUTH_TOKEN, f"{base}/call-status", form)
    assert requests.post(f"{base}/call-status", form, headers=headers, timeout=400).status_code == 204
