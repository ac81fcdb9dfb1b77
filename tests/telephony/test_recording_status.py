"""What Twilio tells of recordings, and who is believed."""

import logging

import pytest
import requests

from local_stt.server import create_app
from local_stt.telephony.signature import Signatures, sign
from local_stt.telephony.switchboard import Switchboard

ACCOUNT, TOKEN, BASE = "AC" + "a1" * 16, "secret", "https://name.example"
FORM = {
    "AccountSid": ACCOUNT,
    "CallSid": "CA" + "c1" * 16,
    "RecordingSid": "RE" + "0f" * 16,
    "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE" + "0f" * 16,
    "RecordingStatus": "completed",
    "RecordingChannels": "2",
    "RecordingDuration": "10",
}


@pytest.fixture
def recordings():
    return []


@pytest.fixture
def client(recordings):
    app = create_app(
        switchboard=Switchboard(None, None),
        call_flow=None,
        signatures=Signatures((TOKEN,), [BASE]),
        tickets=None,
        bases=[BASE],
        account_sid=ACCOUNT,
        on_recording=lambda form: recordings.append(dict(form)),
    )
    return app.test_client()


def tell(client, form, token=TOKEN, query=""):
    headers = sign(token, f"{BASE}/recording-status{query}", form)
    return client.post(f"/recording-status{query}", data=form, headers=headers).status_code


@pytest.mark.parametrize("query", ["", "?from=voicemail"])
def test_a_recording_that_is_complete_is_told_on(client, recordings, query):
    assert tell(client, FORM, query=query) == 204
    assert recordings == [FORM]


def test_nobody_but_twilio_is_believed(client, recordings):
    assert tell(client, FORM, token="wrong") == 403
    assert client.post("/recording-status", data=FORM).status_code == 403
    changed = FORM | {"RecordingSid": "RE" + "9" * 32}
    headers = sign(TOKEN, f"{BASE}/recording-status", FORM)
    assert client.post("/recording-status", data=changed, headers=headers).status_code == 403
    assert recordings == []


@pytest.mark.parametrize(
    "other",
    [
        {"RecordingStatus": "in-progress"},
        {"RecordingStatus": "absent"},
        {"AccountSid": "AC" + "b2" * 16},
        {"AccountSid": ""},
        {"RecordingSid": "../../RE" + "0f" * 16},
        {"RecordingSid": ""},
    ],
)
def test_what_is_no_whole_recording_of_the_account_is_heard_and_not_told_on(client, recordings, other):
    assert tell(client, FORM | other) == 204
    assert recordings == []


def test_the_running_server_knows_its_account_and_notes_recordings(running, caplog):
    caplog.set_level(logging.INFO, "local_stt.telephony.routes")
    with running(auth_token=TOKEN, account_sid=ACCOUNT) as server:
        url = f"{server.http}/recording-status"
        for form in (FORM, FORM | {"AccountSid": "ACother"}):
            assert requests.post(url, form, headers=sign(TOKEN, url, form), timeout=400).status_code == 204
    noted = [each.getMessage() for each in caplog.records if "Twilio has recording" in each.getMessage()]
    assert noted == [f"Twilio has recording {FORM['RecordingSid']} of call '{FORM['CallSid']}'"]
