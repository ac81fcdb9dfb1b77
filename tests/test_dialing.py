"""Calls placed from here: through the real twilio client, a stand-in API, and the real server."""

import re

import pytest
import requests
from conftest import VIEWERS_TOKEN
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, number, twilio_api
from test_run import credentials, program

from local_stt.answering import Answering, phonebook_of
from local_stt.config import Settings
from local_stt.dialing import Dialer, Order, e164
from local_stt.errors import DialError, TelephonyError
from local_stt.presence import Present, find_present, present
from local_stt.telephony.account import Account
from local_stt.telephony.signature import sign

OURS = "+15551110001"
SOMEBODY, SOMEBODY_ELSE = "+12025550123", "+14155552671"
TOKEN = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}


@pytest.fixture
def api():
    with twilio_api(number(OURS)) as api:
        yield api


def dialer(api, *, most_an_hour=10, told=None, clock=lambda: 0.0):
    answering = Answering(Settings(), phonebook_of(Settings()), "https://name.example")
    account = Account(ACCOUNT_SID, AUTH_TOKEN, api.url, sleep=[].append)
    tell = (told if told is not None else []).append
    return Dialer(account, answering, OURS, most_an_hour=most_an_hour, tell=tell, clock=clock)


def test_a_call_is_placed_announced_and_connected(api):
    call_id = dialer(api).dial(Order("+1 (202) 555-0123", SOMEBODY_ELSE, "One moment."))
    placed = api.calls[call_id]
    assert (placed["To"], placed["From"]) == (SOMEBODY, OURS)
    assert placed["StatusCallback"] == "https://name.example/call-status"
    assert "One moment." in placed["Twiml"]
    assert f"<Number>{SOMEBODY_ELSE}</Number>" in placed["Twiml"]
    assert 'name="direction" value="outbound"' in placed["Twiml"]


@pytest.mark.parametrize("wrong", ["0171 1234567", "nonsense", "+15557654321", "+112", OURS])
def test_what_is_no_number_of_somebody_else_is_not_called(api, wrong):
    for order in (Order(wrong), Order(SOMEBODY, wrong)):
        with pytest.raises(DialError):
            dialer(api).dial(order)
    with pytest.raises(DialError):
        dialer(api).dial(Order(""))
    assert api.calls == {}


def test_numbers_are_written_as_the_whole_world_writes_them():
    assert e164(" +49 (30) 123456 ") == "+4930123456"


def test_only_so_many_calls_are_placed_within_an_hour(api):
    now = 0.0
    dials = dialer(api, most_an_hour=2, clock=lambda: now)
    assert dials.left == 2
    for _ in range(2):
        dials.dial(Order(SOMEBODY))
    with pytest.raises(DialError, match="LOCAL_STT_DIALS_PER_HOUR"):
        dials.dial(Order(SOMEBODY))
    now = 3600.0
    assert dials.left == 2
    dials.dial(Order(SOMEBODY))
    assert len(api.calls) == 3


def test_what_becomes_of_a_call_is_known_and_told(api):
    told = []
    dials = dialer(api, told=told)
    call_id = dials.dial(Order(SOMEBODY))
    assert dials.status(call_id) == "queued"
    dials.told({"CallSid": call_id, "CallStatus": "ringing"})
    assert (dials.status(call_id), told) == ("ringing", [])
    dials.told({"CallSid": call_id, "CallStatus": "no-answer"})
    assert told == [f"Nobody was reached by call {call_id} (no-answer)."]
    dials.told({"CallSid": call_id, "CallStatus": "ringing"})  # late
    dials.told({"CallSid": call_id, "CallStatus": "no-answer"})  # and again
    assert (dials.status(call_id), len(told)) == ("no-answer", 1)


def test_what_twilio_tells_before_it_answers_is_not_forgotten(api):
    dials = dialer(api)
    dials.told({"CallSid": f"CA{0:032x}", "CallStatus": "ringing"})
    assert dials.status(dials.dial(Order(SOMEBODY))) == "ringing"


def test_a_call_that_may_have_been_placed_is_told_as_such(api):
    api.bad_moments = [0]
    with pytest.raises(TelephonyError, match="may have been placed"):
        dialer(api).dial(Order(SOMEBODY))
    assert len(api.requests) == 1


def test_what_twilio_refuses_is_told(api):
    api.failing = 400
    with pytest.raises(TelephonyError, match="400"):
        dialer(api).dial(Order(SOMEBODY))


def test_the_api_places_calls_for_those_who_have_the_token(api, running):
    with running(dialer=dialer(api, most_an_hour=1), auth_token=AUTH_TOKEN) as server:
        url = f"{server.http}/api/dial"
        assert requests.post(url, json={"to": SOMEBODY}, timeout=5).status_code == 401
        assert requests.get(url, headers=TOKEN, timeout=5).json() == {"number": OURS, "left": 1}
        wrong = requests.post(url, json={"to": "nonsense"}, headers=TOKEN, timeout=5)
        assert (wrong.status_code, "international form" in wrong.json()["error"]) == (409, True)
        placed = requests.post(url, json={"to": SOMEBODY}, headers=TOKEN, timeout=5)
        assert (placed.status_code, placed.json()["status"]) == (202, "queued")
        call_id = placed.json()["call_id"]
        form = {"CallSid": call_id, "CallStatus": "ringing"}
        status_url = f"{server.http}/call-status"
        assert requests.post(status_url, form, timeout=5).status_code == 403
        signed = sign(AUTH_TOKEN, status_url, form)
        assert requests.post(status_url, form, headers=signed, timeout=5).status_code == 204
        assert requests.get(f"{url}/{call_id}", headers=TOKEN, timeout=5).json()["status"] == "ringing"
        assert requests.get(f"{url}/CA9", headers=TOKEN, timeout=5).status_code == 404
        again = requests.post(url, json={"to": SOMEBODY}, headers=TOKEN, timeout=5)
        assert (again.status_code, len(api.calls)) == (409, 1)


def test_without_a_number_to_call_from_nobody_is_called(running):
    with running() as server:
        answer = requests.post(f"{server.http}/api/dial", json={"to": SOMEBODY}, headers=TOKEN, timeout=5)
        assert (answer.status_code, "TWILIO_ACCOUNT_SID" in answer.json()["error"]) == (409, True)


def test_a_program_that_runs_is_found_and_one_that_was_killed_is_not(tmp_path):
    assert find_present(tmp_path) is None
    (tmp_path / "00.json").write_text('{"url": "http://gone", "token": "x"}')
    here = Present("http://127.0.0.1:1", "the-token")
    with present(tmp_path, here):
        assert find_present(tmp_path) == here
        (file,) = tmp_path.iterdir()
        assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


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
        with program("dial", SOMEBODY, folder=tmp_path, **data) as dial:
            call_id = dial.wait_for(r"(CA\w+)", dial.err)[1]
            tell(run, call_id, "busy")
            assert dial.end(0) == 2
            assert dial.err[-1] == f"Error: {SOMEBODY} was not reached (busy)."
        assert run.end() == 0
    for arguments in ([SOMEBODY], ["nonsense"]):
        with program("dial", *arguments, folder=tmp_path, **data) as dial:
            assert dial.process.wait(30) == 2
            dial.end()
            assert len(dial.err) == 1


def tell(run, call_id, status):
    """What Twilio would, through the tunnel; here straight, signed for this machine."""
    base = find_present(run.folder / "data" / "running").url
    form = {"CallSid": call_id, "CallStatus": status}
    headers = sign(AUTH_TOKEN, f"{base}/call-status", form)
    assert requests.post(f"{base}/call-status", form, headers=headers, timeout=5).status_code == 204
