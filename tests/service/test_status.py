"""The status of a running program, as viewers get it."""

from dataclasses import replace

import pytest
import requests

from helpers.dialing import OURS
from helpers.events import save_call, started
from helpers.recognizers import ScriptedRecognizer
from helpers.servers import VIEWERS_TOKEN, Witness
from helpers.settings import settings_of
from local_stt.api.status import Host
from local_stt.config.phonebook import Phone, Phonebook
from local_stt.core.contacts import Contact
from local_stt.engine import EngineRouter
from local_stt.engine.in_process import InProcessEngine
from local_stt.service.application import Application
from local_stt.service.first_steps import Found, first_steps
from local_stt.service.number_sentences import sentence_of
from local_stt.store import JobKind
from local_stt.telephony.call_flow import load_phonebook
from local_stt.telephony.host_load import HostLoad
from local_stt.telephony.twilio import Twilio
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN

PUBLIC = "https://name.example"


@pytest.fixture
def program(api, tmp_path):
    """Makes an application, whose calls nothing recognizes."""

    def program(*, public=True, **chosen):
        account = {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN, "public_url": PUBLIC}
        defaults = {"port": 0, "max_calls": 1, "token": VIEWERS_TOKEN, "data_dir": tmp_path / "data"}
        settings = settings_of(api_url=api.url, **(account if public else {}), **(defaults | chosen))
        twilio = Twilio.from_settings(settings.twilio) if public else None
        return Application(
            settings,
            load_phonebook(settings),
            EngineRouter(InProcessEngine(ScriptedRecognizer), {}),
            Witness(),
            public=public,
            twilio=twilio,
            numbers=twilio.account.numbers() if twilio else [],
        )

    return program


def status_of(application):
    headers = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}
    answer = requests.get(f"{application.server.local_url}/api/status", headers=headers, timeout=400)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_full_machine_says_which_calls_it_refused(program):
    with program() as application:
        before = status_of(application)
        assert before["capacity"] == {"calls": 1, "in_use": 0, "share": 0.0}
        assert (before["busy"], before["lag"]) == ([], None)
        answers = [
            application.call_flow.incoming({"CallSid": call_id, "To": OURS})
            for call_id in ("CA1", "CA2", "CA3")
        ]
        assert ["<Stream" in answer for answer in answers] == [True, False, False]
        after = status_of(application)
    assert after["capacity"] == {"calls": 1, "in_use": 1, "share": 1.0}
    assert after["lag"] == {"milliseconds": 0}
    (busy,) = after["busy"]
    assert busy.pop("at") > 1_700_000_000_000
    assert busy == {"count": 2, "sentence": "The only line was in use (LOCAL_STT_MAX_CALLS)."}


def test_without_an_account_a_refused_stream_counts_as_a_refused_call(program):
    with program(public=False, max_calls=0) as application:
        handshake = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Key": "x" * 22 + "==",
            "Sec-WebSocket-Version": "13",
        }
        refused = requests.get(f"{application.server.local_url}/stream", headers=handshake, timeout=400)
        assert refused.status_code == 503
        (busy,) = status_of(application)["busy"]
    assert (busy["count"], busy["sentence"]) == (1, "All 0 lines were in use (LOCAL_STT_MAX_CALLS).")


def test_a_program_that_stops_says_that_it_took_no_more_calls(program):
    application = program()
    application.slots.drain()
    application.call_flow.incoming({"CallSid": "CA1", "To": OURS})
    (busy,) = application.slots.refusals.lately()
    assert busy.sentence == "The program was about to stop, and took no more calls."


def test_the_status_says_what_is_kept_and_what_waits(program):
    with program(url="https://hooks.example", key=b"0123456789abcdef") as application:
        store = application.storage.store
        save_call(store, "CA1", "hello", at=5000)
        store.start_call(started("CA2"), at=6000, server="s", model="m")
        store.delete("CA2", at=7000)
        store.jobs.submit(JobKind.UPLOAD, "a", owner="another program")
        store.contacts.save([Contact(OURS, "Front desk")])
        status = status_of(application)
    assert status["kept"] == {"calls": 1, "since": 5000}
    assert status["jobs"] == [{"kind": "upload", "waiting": 1, "running": 0}]
    assert status["disk"]["free"] > 0
    assert status["disk"]["used_by_calls"] > 10_000
    assert status["disk"]["path_is_shared"] is False
    assert status["numbers"] == [
        {
            "number": OURS,
            "name": "Front desk",
            "handling": "listen",
            "sentence": "Callers hear the greeting, and are transcribed until they hang up.",
        }
    ]
    assert status["hosts"] == []


class Loads:
    """The loads of other hosts, as Redis has them; None while it is away."""

    found = None

    def others(self):
        return self.found


def test_the_hosts_of_a_cluster_are_listed_this_one_first(program):
    application = program(host_name="b")
    status, loads = application._status(), Loads()
    status._loads, status._storage = loads, None
    own = Host("b", 0, 1, is_draining=False)
    application.slots.reserve("CA1")
    assert status().hosts == [replace(own, calls=1)]
    loads.found = [HostLoad("2", "c", "", 3, 4, True), HostLoad("1", "a", "", 1, 2, False)]
    assert status().hosts == [
        replace(own, calls=1),
        Host("a", 1, 2, is_draining=False),
        Host("c", 3, 4, is_draining=True),
    ]


def test_the_status_has_no_secret(program):
    with program(url="https://user:password@hooks.example", key=b"0123456789abcdef") as application:
        text = str(status_of(application))
    assert not [
        each for each in (AUTH_TOKEN, ACCOUNT_SID, VIEWERS_TOKEN, "password", "0123456789") if each in text
    ]


def test_the_status_is_there_where_nothing_is_kept(program):
    with program(public=False, keep_calls=False) as application:
        status = status_of(application)
        url = f"{application.server.local_url}/api/status"
        assert requests.get(url, timeout=400).status_code == 401
    assert (status["jobs"], status["kept"]) == ([], {"calls": 0, "since": None})
    assert status["webhooks"] == {"waiting": 0, "oldest_at": None, "failed": 0}
    assert [step["name"] for step in status["setup"] if not step["is_done"]] == [
        "twilio",
        "address",
        "number",
        "keeping",
        "recordings",
    ]


HERE = Found("large", False, (OURS,), PUBLIC, f"{PUBLIC}/call")


def steps(found=HERE, *, record=False, **settings):
    chosen = {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN} | settings
    found_steps = first_steps(settings_of(**chosen), Phonebook(Phone(record=record)), found)
    return {each.name: each for each in found_steps}


def test_what_is_set_up_says_so():
    listed = steps(record=True, retain_days=30)
    assert all(step.is_done and not step.remedy for step in listed.values())
    assert [step.sentence for step in listed.values()] == [
        "Calls are recognized by large.",
        "Twilio's credentials are set.",
        f"Twilio reaches this program at {PUBLIC}.",
        f"{OURS} leads here.",
        "Calls are kept, and deleted after 30 days.",
        "The audio of calls is kept.",
    ]


def test_what_is_missing_comes_with_a_remedy():
    nothing = Found("demo-en", True, (), "", "http://127.0.0.1:8080/call")
    listed = steps(nothing, account_sid="", auth_token="", keep_calls=False)
    assert not any(step.is_done for step in listed.values())
    assert all(step.sentence.endswith(".") and step.remedy.endswith(".") for step in listed.values())
    assert listed["twilio"].sentence == (
        "TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set, so no number rings here."
    )
    assert listed["twilio"].remedy == (
        "Put them into .env or the environment, and start again: https://console.twilio.com shows them."
    )
    assert [step.name for step in listed.values() if step.is_optional] == ["keeping", "recordings"]
    assert "LOCAL_STT_TUNNEL to yes" in steps(nothing, enabled=False)["address"].remedy
    assert "NGROK_AUTHTOKEN" in listed["address"].remedy
    assert steps(auth_token="")["twilio"].sentence.startswith("TWILIO_AUTH_TOKEN is not set")


def test_a_number_that_users_point_here_themselves_counts():
    unknown = Found("large", False, (), PUBLIC, f"{PUBLIC}/call")
    assert steps(unknown, wire=False)["number"].sentence == (
        f"You point the numbers here: their voice webhook is {PUBLIC}/call (POST)."
    )
    assert not steps(unknown)["number"].is_done


@pytest.mark.parametrize(
    ("phone", "sentence"),
    [
        (Phone(), "Callers hear no greeting, and are transcribed until they hang up."),
        (
            Phone(greeting="Hi", record=True, answer="voicemail"),
            "Callers hear the greeting, are asked for a message, and are transcribed and recorded until they "
            "hang up.",
        ),
        (
            Phone(greeting="Hi", answer="conference", conference="team"),
            "Callers hear the greeting, meet in the room team, and are transcribed.",
        ),
        (
            Phone(greeting="Hi", answer="forward", forward_to="+1555", ring_seconds=9),
            "Callers hear the greeting, are forwarded to +1555, and are transcribed. If nobody answers "
            "within 9 s, they are asked for a message.",
        ),
        (
            Phone(greeting="Hi", answer="forward", forward_to="+1555", no_answer="hang-up"),
            "Callers hear the greeting, are forwarded to +1555, and are transcribed. If nobody answers "
            "within 20 s, the call ends.",
        ),
    ],
)
def test_a_sentence_says_what_callers_of_a_number_get(phone, sentence):
    assert sentence_of(phone) == sentence
