"""Calls placed from here: through the real twilio client, a stand-in API, and the real server."""

import functools
import re

import pytest
import requests

from helpers.dialing import OURS, SOMEBODY, SOMEBODY_ELSE, dialer_of
from helpers.servers import VIEWERS_TOKEN
from local_stt.errors import DialError, TelephonyError
from local_stt.system.instance import Instance, Presence, find_instance
from local_stt.telephony.call_slots import CallSlots
from local_stt.telephony.outbound import OutboundCall, e164
from local_stt.telephony.signature import sign
from stand_ins.twilio_api import AUTH_TOKEN

TOKEN = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}


@pytest.fixture
def dialer(api, tmp_path):
    return functools.partial(dialer_of, api, tmp_path)


def test_a_call_is_placed_announced_and_connected(api, dialer):
    call_id = dialer().dial(OutboundCall("+1 (202) 555-0123", SOMEBODY_ELSE, "One moment."))
    placed = api.calls[call_id]
    assert (placed["To"], placed["From"]) == (SOMEBODY, OURS)
    assert placed["StatusCallback"] == "https://name.example/call-status"
    assert "One moment." in placed["Twiml"]
    assert f"<Number>{SOMEBODY_ELSE}</Number>" in placed["Twiml"]
    assert 'name="direction" value="outbound"' in placed["Twiml"]


def test_a_number_that_is_answered_here_is_neither_called_nor_connected(api, dialer):
    for order in (OutboundCall(SOMEBODY), OutboundCall("+442079460018", SOMEBODY)):
        with pytest.raises(DialError, match=f"^{re.escape(SOMEBODY)} is answered by this program"):
            dialer(own_numbers={SOMEBODY}).dial(order)
    assert api.calls == {}


@pytest.mark.parametrize("wrong", ["0171 1234567", "nonsense", "+15557654321", "+112", OURS])
def test_what_is_no_number_of_somebody_else_is_not_called(api, dialer, wrong):
    for order in (OutboundCall(wrong), OutboundCall(SOMEBODY, wrong)):
        with pytest.raises(DialError):
            dialer().dial(order)
    with pytest.raises(DialError):
        dialer().dial(OutboundCall(""))
    assert api.calls == {}


def test_numbers_are_written_as_the_whole_world_writes_them():
    assert e164(" +49 (30) 123456 ") == "+4930123456"


def test_an_announcement_that_cannot_be_read_out_is_refused_and_nobody_is_called(api, dialer):
    with pytest.raises(DialError, match="The announcement has a control character in it"):
        dialer().dial(OutboundCall(SOMEBODY, announcement="Hello\x00"))
    with pytest.raises(DialError, match="has 1001 letters: make it 1000 or fewer"):
        dialer().dial(OutboundCall(SOMEBODY, announcement="a" * 1001))
    assert api.calls == {}


@pytest.mark.parametrize("more", [" ext. 55", ";ext=55", " x55", "/x55", ",,55", "#55"])
def test_an_extension_is_refused_for_it_would_not_be_dialed(api, dialer, more):
    for order in (OutboundCall(SOMEBODY + more), OutboundCall(SOMEBODY, SOMEBODY_ELSE + more)):
        with pytest.raises(DialError, match="an extension, which cannot be dialed"):
            dialer().dial(order)
    assert api.calls == {}


def test_nobody_is_connected_with_themselves(api, dialer):
    with pytest.raises(DialError, match=r"\+12025550123 cannot be connected with itself"):
        dialer().dial(OutboundCall(SOMEBODY, "+1 202 555 0123"))
    assert api.calls == {}


def test_only_so_many_calls_are_placed_within_an_hour_by_however_many_programs(api, dialer):
    for left in (2, 1):
        dials = dialer(max_per_hour=2)  # as after a restart
        assert dials.left == left
        dials.dial(OutboundCall(SOMEBODY))
    assert dials.left == 0
    with pytest.raises(DialError, match="LOCAL_STT_DIALS_PER_HOUR"):
        dials.dial(OutboundCall(SOMEBODY))
    assert len(api.calls) == 2


@pytest.mark.parametrize(("moment", "left"), [(400, 1), (429, 1), (0, 0), (500, 0)])
def test_what_twilio_refuses_does_not_count_but_what_it_may_have_done_does(api, dialer, moment, left):
    dials = dialer(max_per_hour=1)
    api.bad_moments = [moment] * 3
    with pytest.raises(TelephonyError):
        dials.dial(OutboundCall(SOMEBODY))
    assert dials.left == left


def test_a_call_that_is_placed_finds_a_place_until_it_is_over(api, dialer):
    call_slots = CallSlots(0)
    dials = dialer(call_slots=call_slots)
    call_id = dials.dial(OutboundCall(SOMEBODY))
    answered = call_slots.acquire()
    assert answered.assign(call_id)
    answered.release()
    call_id = dials.dial(OutboundCall(SOMEBODY))
    dials.on_status({"CallSid": call_id, "CallStatus": "busy"})
    assert call_slots.acquire() is None


def test_what_becomes_of_a_call_is_known_and_told(api, dialer, notices):
    dials = dialer()
    call_id = dials.dial(OutboundCall(SOMEBODY))
    assert dials.status(call_id) == "queued"
    dials.on_status({"CallSid": call_id, "CallStatus": "ringing"})
    assert (dials.status(call_id), notices) == ("ringing", [])
    dials.on_status({"CallSid": call_id, "CallStatus": "no-answer"})
    assert notices == [f"Nobody was reached by call {call_id} (no-answer)."]
    dials.on_status({"CallSid": call_id, "CallStatus": "ringing"})  # late
    dials.on_status({"CallSid": call_id, "CallStatus": "no-answer"})  # and again
    assert (dials.status(call_id), len(notices)) == ("no-answer", 1)


def test_what_twilio_tells_before_it_answers_is_not_forgotten(api, dialer):
    dials = dialer()
    dials.on_status({"CallSid": f"CA{0:032x}", "CallStatus": "ringing"})
    assert dials.status(dials.dial(OutboundCall(SOMEBODY))) == "ringing"


def test_a_call_that_may_have_been_placed_is_told_as_such(api, dialer):
    api.bad_moments = [0]
    with pytest.raises(TelephonyError, match="may have been placed"):
        dialer().dial(OutboundCall(SOMEBODY))
    assert len(api.requests) == 1


def test_what_twilio_refuses_is_told(api, dialer):
    api.failing = 400
    with pytest.raises(TelephonyError, match="400"):
        dialer().dial(OutboundCall(SOMEBODY))


def test_the_api_places_calls_for_those_who_have_the_token(api, dialer, running):
    with running(dialer=dialer(max_per_hour=1), auth_token=AUTH_TOKEN) as server:
        url = f"{server.http}/api/dial"
        assert requests.post(url, json={"to": SOMEBODY}, timeout=400).status_code == 401
        assert requests.get(url, headers=TOKEN, timeout=400).json() == {"number": OURS, "left": 1}
        wrong = requests.post(url, json={"to": "nonsense"}, headers=TOKEN, timeout=400)
        assert (wrong.status_code, "international form" in wrong.json()["error"]) == (409, True)
        placed = requests.post(url, json={"to": SOMEBODY}, headers=TOKEN, timeout=400)
        assert (placed.status_code, placed.json()["status"]) == (202, "queued")
        call_id = placed.json()["call_id"]
        form = {"CallSid": call_id, "CallStatus": "ringing"}
        status_url = f"{server.http}/call-status"
        assert requests.post(status_url, form, timeout=400).status_code == 403
        signed = sign(AUTH_TOKEN, status_url, form)
        assert requests.post(status_url, form, headers=signed, timeout=400).status_code == 204
        assert requests.get(f"{url}/{call_id}", headers=TOKEN, timeout=400).json()["status"] == "ringing"
        assert requests.get(f"{url}/CA9", headers=TOKEN, timeout=400).status_code == 404
        assert requests.delete(f"{url}/{call_id}", timeout=400).status_code == 401
        assert requests.delete(f"{url}/CA9", headers=TOKEN, timeout=400).status_code == 404
        assert api.calls[call_id]["status"] == "queued"
        assert requests.delete(f"{url}/{call_id}", headers=TOKEN, timeout=400).status_code == 200
        assert api.calls[call_id]["status"] == "completed"
        again = requests.post(url, json={"to": SOMEBODY}, headers=TOKEN, timeout=400)
        assert (again.status_code, len(api.calls)) == (409, 1)


def test_a_call_of_the_account_that_was_not_placed_from_here_is_not_hung_up(api, dialer, running):
    api.calls["CA9"] = {"status": "in-progress"}
    with running(dialer=dialer()) as server:
        url = f"{server.http}/api/dial/CA9"
        assert requests.delete(url, headers=TOKEN, timeout=400).status_code == 404
    assert api.calls["CA9"]["status"] == "in-progress"


def test_without_a_number_to_call_from_nobody_is_called(running):
    with running() as server:
        answer = requests.post(f"{server.http}/api/dial", json={"to": SOMEBODY}, headers=TOKEN, timeout=400)
        assert (answer.status_code, "TWILIO_ACCOUNT_SID" in answer.json()["error"]) == (409, True)


def test_a_program_that_runs_is_found_and_one_that_was_killed_is_not(tmp_path):
    assert find_instance(tmp_path) is None
    assert find_instance(tmp_path / ("x" * 300)) is None
    (tmp_path / "00.json").write_text('{"url": "http://gone", "token": "x"}')
    here = Instance("http://127.0.0.1:1", "the-token")
    with Presence(tmp_path, lambda: here):
        assert find_instance(tmp_path) == here
        (file,) = tmp_path.iterdir()
        assert file.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []
