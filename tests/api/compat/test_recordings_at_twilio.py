"""Programs for clouds name recordings of the account at Twilio, which are fetched with its credentials."""

from datetime import UTC, datetime

import pytest
import requests

from helpers.servers import VIEWERS_TOKEN
from helpers.uploads import taking_transcripts
from local_stt.telephony.recordings import TwilioRecordings
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, twilio_api
from stand_ins.twilio_recordings import past_call, recording

SID, CALL, BEGAN = "RE" + "0f" * 16, "CA" + "c1" * 16, datetime(2026, 1, 31, 12, tzinfo=UTC)
ADDRESS = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Recordings/{SID}"
KEY = {"Authorization": f"Token {VIEWERS_TOKEN}"}


@pytest.fixture
def server(running, store, tmp_path, talk):
    """A server with an account at Twilio that has one recording."""
    with twilio_api() as api:
        api.past_calls.append(past_call(CALL, "+15551110002", "+15551110001", BEGAN))
        api.recordings[SID] = recording(SID, CALL, BEGAN)
        api.media[SID] = {"2": talk.read_bytes()}
        recordings = TwilioRecordings(ACCOUNT_SID, AUTH_TOKEN, api.url)
        with (
            taking_transcripts(store, tmp_path, recordings=recordings) as (uploads, transcripts),
            running(store=store, uploads=uploads, transcripts=transcripts) as server,
        ):
            yield server


def ask(server, path, body):
    return requests.post(f"{server.http}{path}", json=body, headers=KEY, timeout=400)


@pytest.mark.parametrize("end", ["", ".wav", ".json"])
def test_deepgram(server, end):
    answer = ask(server, "/v1/listen?multichannel=true", {"url": ADDRESS + end}).json()
    said = [channel["alternatives"][0]["transcript"] for channel in answer["results"]["channels"]]
    assert "clinic" in said[1]


def test_assemblyai(server):
    made = ask(server, "/v2/transcript", {"audio_url": ADDRESS}).json()
    while (done := read(server, made["id"]))["status"] not in ("completed", "error"):
        pass
    assert "clinic" in done["text"]


def read(server, transcript_id):
    return requests.get(f"{server.http}/v2/transcript/{transcript_id}", headers=KEY, timeout=400).json()


def test_one_that_is_not_there(server):
    other = ADDRESS.replace(SID, "RE" + "1e" * 16)
    answer = ask(server, "/v1/listen", {"url": other})
    assert (answer.status_code, answer.json()["err_code"]) == (400, "Bad Request")
    assert "RE1e1e" in answer.json()["err_msg"]
    made = ask(server, "/v2/transcript", {"audio_url": other}).json()
    while (done := read(server, made["id"]))["status"] not in ("completed", "error"):
        pass
    assert "RE1e1e" in done["error"]
