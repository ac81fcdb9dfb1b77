"""`dial` where no local_stt runs: the whole program for one call, with the real clients against stand-ins."""

import contextlib
import json
import os
import re
import signal
import threading
import time
from queue import SimpleQueue
from types import SimpleNamespace

import pytest
import requests

from helpers.dialing import OURS, SOMEBODY, SOMEBODY_ELSE, dialer_of
from helpers.program import call_until_closed, credentials, ngrok_log, program
from local_stt.config.settings import Settings
from local_stt.errors import DialError
from local_stt.events import CallStarted
from local_stt.hub import Hub
from local_stt.service.storage import Storage
from local_stt.simulator import Caller, Faults
from local_stt.simulator.webhook import Instructions, read_twiml
from local_stt.store import open_store
from local_stt.telephony import single_call
from local_stt.telephony.outbound import OutboundCall
from local_stt.telephony.signature import sign
from local_stt.telephony.single_call import SingleCall
from stand_ins.twilio_api import AUTH_TOKEN, number, twilio_api


@pytest.fixture
def api():
    with twilio_api(number(OURS)) as api:
        yield api
        assert api.updates == []  # no number was pointed anywhere


@pytest.fixture
def dial(api, tmp_path):
    """Starts the command, for one who has an account."""

    def start(*arguments, **changes):
        settings = credentials(api, tmp_path) | changes
        return program("dial", SOMEBODY, "--port", "0", *arguments, folder=tmp_path, **settings)

    return start


class Telephone:
    """Twilio's side of the call that a program has placed."""

    def __init__(self, api, run):
        self.call_id = run.wait_for(rf"Calling {re.escape(SOMEBODY)}: (CA\w+)", run.err)[1]
        self._api, self._call = api, api.calls[self.call_id]
        self.base = ngrok_log(run.folder)[1]["endpoint"]["upstream"]["url"]

    @property
    def status(self):
        return self._call["status"]

    def become(self, status, *, notified=True):
        """What the call is doing, which Twilio tells through the tunnel, and this straight."""
        self._call["status"] = status
        if notified:
            form = {"CallSid": self.call_id, "CallStatus": status}
            url = f"{self.base}/call-status"
            answer = requests.post(url, form, headers=sign(AUTH_TOKEN, url, form), timeout=400)
            assert answer.status_code == 204

    def speak(self, channels, *, speed=20, instructions=None, **options):
        """Stream the call as its TwiML says; Twilio calls the callee, so the callee is its inbound."""
        do = instructions or read_twiml(self._call["Twiml"])
        to = f"ws{self.base.removeprefix('http')}/stream"
        call_until_closed(channels[::-1], to, Caller(self.call_id), speed=speed, instructions=do, **options)


def kept(folder):
    with contextlib.closing(open_store(folder / "data")) as store:
        return [store.call_with_utterances(call.call_id) for call in store.page().calls]


def is_gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_call_is_placed_shown_kept_and_recorded_and_the_command_ends_with_it(
    api, dial, tmp_path, demo_channels
):
    with dial("--connect", SOMEBODY_ELSE, "--announcement", "One moment.", "--json", "--record-calls") as run:
        phone = Telephone(api, run)
        placed = api.calls[phone.call_id]
        assert (placed["To"], placed["From"]) == (SOMEBODY, OURS)
        assert "One moment." in placed["Twiml"]
        assert f"<Number>{SOMEBODY_ELSE}</Number>" in placed["Twiml"]
        phone.become("in-progress")
        phone.speak(demo_channels)
        phone.become("completed")
        assert run.end(None) == 0
    events = [json.loads(line) for line in run.out]
    assert (events[0]["type"], events[-1]["type"], events[-1]["reason"]) == (
        "call-started",
        "call-ended",
        "hung-up",
    )
    said = [event["text"] for event in events if event["type"] == "final"]
    ((call, lines),) = kept(tmp_path)
    assert (call.call_id, call.direction, call.callee, call.state) == (
        phone.call_id,
        "outbound",
        SOMEBODY,
        "ended",
    )
    assert sorted(said) == sorted(line.text for line in lines)
    assert "appointment" in " ".join(said)
    assert call.recorded
    assert not any(phone.call_id in path for method, path in api.requests if method == "POST")  # it was over
    assert is_gone(ngrok_log(tmp_path)[0]["pid"])
    assert not (tmp_path / "data" / "wired").exists()
    assert not any(AUTH_TOKEN in line for line in run.out + run.err)


def test_without_json_there_are_lines_as_of_run(api, dial, tmp_path, demo_channels):
    with dial("--no-keep-calls") as run:
        phone = Telephone(api, run)
        phone.become("in-progress", notified=False)  # Twilio cannot tell, and is asked in the end
        phone.speak(demo_channels, speed=40)
        phone.become("completed", notified=False)
        assert run.end(None) == 0
    assert all(re.match(r"#1 \d\d:\d\d \S+: [a-z' ]+$", line) for line in run.out)
    assert len(run.out) > 8
    assert not (tmp_path / "data" / "calls.sqlite3").exists()


@pytest.mark.parametrize(("status", "notified"), [("busy", True), ("no-answer", False), ("failed", True)])
def test_nobody_who_is_reached_is_one_sentence(api, dial, status, notified):
    with dial() as run:
        phone = Telephone(api, run)
        phone.become(status, notified=notified)
        assert run.end(None) == 2
    assert run.err[-1] == f"Error: {SOMEBODY} was not reached ({status})."
    assert "Traceback" not in "\n".join(run.err)
    assert phone.status == status


def test_ctrl_c_hangs_up_and_keeps_what_was_said(api, dial, tmp_path, demo_channels):
    with dial("--json") as run:
        phone = Telephone(api, run)
        phone.become("in-progress")
        speaking = threading.Thread(target=phone.speak, args=(demo_channels,), kwargs={"speed": 2})
        speaking.start()
        run.wait_for('"partial"', run.out)
        assert run.end(signal.SIGINT) == 130
        speaking.join()
    assert phone.status == "completed"
    assert json.loads(run.out[-1])["reason"] == "shutdown"
    ((call, said),) = kept(tmp_path)
    assert (call.reason, said != []) == ("shutdown", True)
    assert is_gone(ngrok_log(tmp_path)[0]["pid"])


def test_ctrl_c_while_it_rings_stops_the_ringing(api, dial):
    with dial() as run:
        phone = Telephone(api, run)
        phone.become("ringing")
        assert run.end(signal.SIGINT) == 130
    assert phone.status == "completed"


def test_ctrl_c_while_the_call_is_being_placed_hangs_up_too(api, dial):
    api.seconds_to_place = 2.0
    with dial() as run:
        deadline = time.monotonic() + 400
        while not any(method == "POST" for method, _ in tuple(api.requests)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert run.end(signal.SIGINT) == 130
    (call,) = api.calls.values()
    assert call["status"] == "completed"


def test_a_call_of_which_nothing_can_be_learned_is_given_up_and_hung_up(api, tmp_path, monkeypatch):
    monkeypatch.setattr(single_call, "ANSWER_TIMEOUT", 0.5)
    monkeypatch.setattr(single_call, "STATUS_POLL_SECONDS", 0.1)
    notified = []

    def once_placed(text):
        notified.append(text)
        api.bad_moments = [503] * 1000  # from now on

    monkeypatch.setattr(single_call, "notices", SimpleNamespace(info=once_placed))
    ringing = SingleCall(dialer_of(api, tmp_path), SimpleQueue())
    with pytest.raises(DialError, match=r"Nothing was heard of call CA\w+ for 120 s"):
        ringing.run(OutboundCall(SOMEBODY))
    api.bad_moments = [503] * 3  # to the question that comes before
    ringing.hang_up()
    (call,) = api.calls.values()
    assert (call["status"], len(notified)) == ("completed", 1)


def test_a_script_that_calls_again_and_again_is_held_back(api, dial):
    for last in (f"Error: {SOMEBODY} was not reached (busy).", "LOCAL_STT_DIALS_PER_HOUR"):
        with dial("--dials-per-hour", "1") as run:
            if "reached" in last:
                Telephone(api, run).become("busy")
            assert run.end(None) == 2
        assert last in run.err[-1]
    assert len(api.calls) == 1


def test_a_call_that_cannot_be_hung_up_is_told(api, dial):
    with dial() as run:
        Telephone(api, run)
        api.failing = 403
        assert run.end(signal.SIGINT) == 130
    assert "could not be hung up: do so at https://console.twilio.com. Twilio does not allow" in run.err[-1]


def test_an_ngrok_that_dies_ends_the_command_and_the_call(api, dial, tmp_path):
    with dial() as run:
        phone = Telephone(api, run)
        os.kill(ngrok_log(tmp_path)[0]["pid"], signal.SIGKILL)
        assert run.end(None) == 2
    assert "ngrok has ended by itself" in run.err[-1]
    assert phone.status == "completed"


def test_a_stream_that_breaks_is_started_again(api, dial, tmp_path, demo_channels):
    first, rest = (
        [channel[part] for channel in demo_channels] for part in (slice(24_000), slice(24_000, None))
    )
    with dial("--json") as run:
        phone = Telephone(api, run)
        phone.become("in-progress")
        phone.speak(first, speed=1, faults=Faults(stop=False))
        run.wait_for("had broken and is started again", run.err)
        time.sleep(0.5)
        (asked,) = api.streams
        count = sum(name.endswith(".Name") for name in asked)
        named = {asked[f"Parameter{n}.Name"]: asked[f"Parameter{n}.Value"] for n in range(1, count + 1)}
        again = Instructions(asked["Url"], ("inbound", "outbound"), named, 600)
        phone.speak(rest, instructions=again)
        phone.become("completed")
        assert run.end(None) == 0
    kinds = [json.loads(line)["type"] for line in run.out]
    assert kinds.count("call-ended") == 1
    assert "gap" in kinds
    ((call, said),) = kept(tmp_path)
    assert call.reason == "hung-up"
    assert "appointment" in " ".join(line.text for line in said)


@pytest.mark.parametrize(
    ("status", "notified"),
    [("in-progress", "audio does not come here"), ("completed", "before anything")],
)
def test_a_call_of_which_nothing_is_heard_ends_with_a_sentence(api, dial, status, notified):
    with dial() as run:
        phone = Telephone(api, run)
        phone.become(status)
        assert run.end(None) == 2
    assert re.search(notified, run.err[-1])
    assert phone.status == "completed"


def test_callers_are_told_that_all_lines_are_busy_and_strangers_nothing(api, dial):
    with dial() as run:
        phone = Telephone(api, run)
        url = f"{phone.base}/call"
        form = {"CallSid": "CAother", "From": SOMEBODY_ELSE, "To": OURS}
        assert requests.post(url, form, timeout=400).status_code == 403
        answer = requests.post(url, form, headers=sign(AUTH_TOKEN, url, form), timeout=400).text
        assert "All lines are busy" in answer
        assert "Stream" not in answer
        assert requests.get(f"{phone.base}/", timeout=400).status_code in (403, 404)
        phone.become("busy")
        assert run.end(None) == 2


def test_calls_that_a_killed_program_left_wait_for_the_next_one_that_stays(api, dial, tmp_path):
    settings = Settings(data_dir=tmp_path / "data")
    with Storage(settings, lambda _: "m", Hub()) as writer:
        writer.store.start_call(CallStarted("CAleft", ("inbound",)), at=1, server="gone", model="m")
    (tmp_path / "data" / "servers" / "gone").touch()
    with dial() as run:
        Telephone(api, run).become("busy")
        assert run.end(None) == 2
    ((call, _),) = kept(tmp_path)
    assert (call.call_id, call.state) == ("CAleft", "live")
    with Storage(settings, lambda _: "m", Hub()) as writer:
        assert [each.call_id for each in writer.interrupted] == ["CAleft"]


MISTAKES = {
    "no way in": (["--no-tunnel"], {}, "LOCAL_STT_TUNNEL is no"),
    "no account": ([], {"TWILIO_ACCOUNT_SID": ""}, "TWILIO_ACCOUNT_SID is not set"),
    "no account, and no number to point here": (
        [],
        {"TWILIO_ACCOUNT_SID": "", "LOCAL_STT_WIRE": "no"},
        "TWILIO_ACCOUNT_SID is not set",
    ),
    "no token": ([], {"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN is not set"),
    "no tunnel to be had": ([], {"NGROK_AUTHTOKEN": ""}, "NGROK_AUTHTOKEN is not set"),
    "no such number": (["--phone-number", "+15559999999"], {}, "TWILIO_PHONE_NUMBER"),
    "no calls within an hour": (["--dials-per-hour", "0"], {}, "LOCAL_STT_DIALS_PER_HOUR"),
    "no such model": (["--model", "nonesuch"], {}, "nonesuch"),
    "a number that nobody can have": (["--connect", "+112"], {}, "nobody can have"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_call_that_cannot_be_placed_is_one_sentence_and_exit_status_2(api, dial, mistake):
    arguments, changes, notified = MISTAKES[mistake]
    with dial(*arguments, **changes) as run:
        assert run.end(None) == 2
    assert notified in run.err[-1]
    assert "Traceback" not in "\n".join(run.err)
    assert api.calls == {}


def test_what_twilio_refuses_is_one_sentence(api, dial):
    api.refusing = 400
    with dial() as run:
        assert run.end(None) == 2
    assert run.err[-1].startswith("Error: Twilio does not take it (400)")
    assert not any("hung up" in line for line in run.err)


def test_an_address_of_ones_own_needs_no_ngrok(api, dial):
    url = "https://calls.example.com"
    with dial("--public-url", url, PYNGROK_NGROK_PATH="/nonexistent") as run:
        call_id = run.wait_for(r"Calling \S+ (CA\w+)", run.err)[1]
        assert api.calls[call_id]["StatusCallback"] == f"{url}/call-status"
        assert read_twiml(api.calls[call_id]["Twiml"]).stream_url == "wss://calls.example.com/stream"
        api.calls[call_id]["status"] = "canceled"  # which Twilio does not tell
        assert run.end(None) == 2
    assert run.err[-1] == f"Error: {SOMEBODY} was not reached (canceled)."
