"""The whole program as a user starts it, with the real clients against stand-ins."""

import contextlib
import fcntl
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
import requests
import soundfile

from helpers.models import DEMO_MODEL
from helpers.program import NOTHING_SET, call_until_closed, credentials, homes, ngrok_log, program
from helpers.project import PROJECT
from helpers.waiting import wait_until
from local_stt.core.call_record import Edition
from local_stt.demo import RECORDING
from local_stt.simulator import Caller
from local_stt.store import open_store
from stand_ins.proxy import http_proxy
from stand_ins.receiver import webhook_receiver
from stand_ins.twilio_api import AUTH_TOKEN, number, twilio_api

PHONES = """
["+15551110001"]
greeting = "Front desk."
answer = "forward"
forward_to = "+15557654321"
record = true

["+15551110002"]
model = "%s"
words = ["press", "eight"]
"""


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_phone_number_is_answered_and_everything_is_put_back(tmp_path, demo_channels, signum):
    """Tunnel, number, a signed call cut off by a signal in the middle of what is being said."""
    with (
        twilio_api(number("+15551110001")) as api,
        program("run", "--json", "--port", "0", folder=tmp_path, **credentials(api, tmp_path)) as run,
    ):
        run.wait_for(r"Waiting for calls on \+15551110001", run.err)
        (record,) = api.numbers.values()
        assert record["voice_url"] == "https://stand-in.ngrok-free.app/call"
        started, opened = ngrok_log(tmp_path)
        local = opened["endpoint"]["upstream"]["url"]
        to = "ws" + local.removeprefix("http") + "/stream"
        caller = Caller("CAlong")
        held = threading.Thread(target=call_until_closed, args=(demo_channels, to, caller))
        held.start()
        run.wait_for('"partial"', run.out)
        assert run.end(signum) == 0
        held.join()
        events = [json.loads(line) for line in run.out]
        assert events[0]["type"] == "call-started"
        kinds = [event["type"] for event in events if event["type"] != "turn"]
        assert kinds[-2:] == ["final", "call-ended"]
        assert events[-1]["reason"] == "shutdown"
        assert (record["voice_url"], record["voice_method"]) == ("https://before.example/voice", "GET")
        with pytest.raises(ProcessLookupError):
            os.kill(started["pid"], 0)
        assert not any(AUTH_TOKEN in line for line in run.out + run.err)


def test_a_proxy_of_the_environment_is_asked_nothing_that_is_for_this_machine(tmp_path):
    """Neither ngrok's own API nor, in this test, Twilio's."""
    with (
        http_proxy() as proxy,
        twilio_api(number("+15551110001")) as api,
        program(
            *("run", "--port", "0", "--workers", "0", "--max-calls", "1"),
            folder=tmp_path,
            **credentials(api, tmp_path) | proxy.environ | {"NO_PROXY": "", "no_proxy": ""},
        ) as run,
    ):
        run.wait_for(r"Waiting for calls on \+15551110001", run.err)
        assert run.end() == 0
        assert proxy.asked == []


def test_several_numbers_each_get_what_the_file_says_and_are_all_put_back(tmp_path):
    (tmp_path / "phones.toml").write_text(PHONES % DEMO_MODEL)
    numbers = [number(f"+1555111000{n}", sid=f"PN{n}" + "0" * 31) for n in (1, 2, 3)]
    with (
        twilio_api(*numbers) as api,
        program("run", "--json", "--port", "0", folder=tmp_path, **credentials(api, tmp_path)) as run,
    ):
        run.wait_for(r"Waiting for calls on \+15551110001, \+15551110002 ", run.err)
        ours = "https://stand-in.ngrok-free.app/call"
        before = "https://before.example/voice"
        assert [each["voice_url"] for each in api.numbers.values()] == [ours, ours, before]
        to = "ws" + ngrok_log(tmp_path)[1]["endpoint"]["upstream"]["url"].removeprefix("http") + "/stream"
        secret = {"TWILIO_AUTH_TOKEN": AUTH_TOKEN}
        for called in ("+15551110001", "+15551110002"):
            with program(
                "call", "--to", to, "--speed", "20", "--called", called, folder=tmp_path, **secret
            ) as call:
                assert call.process.wait(400) == 0
        run.wait_for('"call-ended"', run.out)
        assert run.end() == 0
        assert [each["voice_url"] for each in api.numbers.values()] == [before] * 3
    events = [json.loads(line) for line in run.out]
    first, second = [event["call_id"] for event in events if event["type"] == "call-started"]
    said = {
        call_id: {
            word
            for event in events
            if event["type"] == "final" and event["call_id"] == call_id
            for word in event["text"].split()
        }
        for call_id in (first, second)
    }
    assert "appointment" in said[first]
    assert said[second] <= {"press", "eight"}
    recorded = [file.stem for file in (tmp_path / "data" / "recordings").iterdir()]
    assert recorded == [first]


def test_a_number_that_cannot_be_put_back_is_an_error_after_everything_else_is(tmp_path):
    with (
        twilio_api(number("+15551110001")) as api,
        program("run", "--port", "0", folder=tmp_path, **credentials(api, tmp_path)) as run,
    ):
        run.wait_for("Waiting for calls", run.err)
        api.failing = 500
        assert run.end() == 2
        assert "https://before.example/voice" in run.err[-1]
        assert "Traceback" not in "\n".join(run.err)
        with pytest.raises(ProcessLookupError):
            os.kill(ngrok_log(tmp_path)[0]["pid"], 0)


def test_an_ngrok_that_dies_stops_the_program_which_puts_the_number_back(tmp_path):
    """Otherwise the number would be dead and nobody would notice.  A supervisor starts the program again."""
    with (
        twilio_api(number("+15551110001")) as api,
        program("run", "--port", "0", folder=tmp_path, **credentials(api, tmp_path)) as run,
    ):
        run.wait_for("Waiting for calls", run.err)
        os.kill(ngrok_log(tmp_path)[0]["pid"], signal.SIGKILL)
        assert run.process.wait(400) == 2
        run.end()
        assert "ngrok has ended by itself" in run.err[-1]
        assert "Traceback" not in "\n".join(run.err)
        (record,) = api.numbers.values()
        assert record["voice_url"] == "https://before.example/voice"


@pytest.mark.parametrize("option", ["--no-wire", "--no-tunnel"])
def test_what_a_killed_run_left_outside_is_cleared_up_by_the_next_whatever_it_does(tmp_path, option):
    with twilio_api(number("+15551110001")) as api:
        settings = credentials(api, tmp_path)
        without = {name: settings[name] for name in ("LOCAL_STT_DATA_DIR", "LOCAL_STT_MODEL")}
        with program("run", "--port", "0", folder=tmp_path, **settings) as killed:
            killed.wait_for("Waiting for calls", killed.err)
            killed.process.kill()
            killed.process.wait(400)
            (record,) = api.numbers.values()
            assert record["voice_url"] == "https://stand-in.ngrok-free.app/call"
            ngrok = ngrok_log(tmp_path)[0]["pid"]
            try:
                os.kill(ngrok, 0)
                with program("run", "--port", "0", "--no-tunnel", folder=tmp_path, **without) as run:
                    run.wait_for(rf"ngrok is ended \(process {ngrok}\)", run.err)
                    run.wait_for(r"\+15551110001 may still point to a server that is gone", run.err)
                    run.wait_for("Local mode", run.err)
                    assert run.end() == 0
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(ngrok, signal.SIGKILL)  # or it would keep the output open for ever
        with program("run", "--port", "0", option, folder=tmp_path, **settings) as run:
            run.wait_for(r"\+15551110001 is put back to https://before\.example/voice", run.err)
            run.wait_for("Waiting for calls|Local mode", run.err)
            assert record["voice_url"] == "https://before.example/voice"
            assert run.end() == 0


def test_without_credentials_it_says_which_is_missing_and_takes_local_calls(tmp_path):
    with program("run", "--port", "0", folder=tmp_path, LOCAL_STT_MODEL="demo-en") as run:
        run.wait_for(r"TWILIO_ACCOUNT_SID is not set.*console\.twilio\.com", run.err)
        run.wait_for("embedded demo model", run.err)
        to = run.wait_for(r"Local mode: taking calls on (ws://\S+/stream).* call", run.err)[1]
        with program("call", str(RECORDING), "--to", to, "--speed", "20", folder=tmp_path) as call:
            assert call.process.wait(400) == 0
        run.wait_for(r"^#1 \d\d:\d\d \+15550100001: ", run.out)
        link = run.wait_for(r"(http://\S+)/enter\?token=(\S+)", run.err)
        figures = requests.get(
            f"{link[1]}/metrics", headers={"Authorization": f"Bearer {link[2]}"}, timeout=400
        ).text
        assert re.search(r"^local_stt_calls_started_total 1.0$", figures, re.MULTILINE)
        factor = float(re.search(r"^local_stt_real_time_factor (\S+)$", figures, re.MULTILINE)[1])
        assert 0 < factor < 1
        assert run.end() == 0
        assert all(re.match(r"#1 \d\d:\d\d (\+15550100001|callee): [a-z' ]+$", line) for line in run.out)


def test_killed_in_the_middle_of_a_call_it_loses_nothing_that_was_final_and_no_audio(tmp_path):
    settings = {"LOCAL_STT_MODEL": "demo-en", "RECORD_CALLS": "1"}
    arguments = ["run", "--json", "--no-tunnel", "--port", "0"]
    with program(*arguments, folder=tmp_path, **settings) as killed:
        to = killed.wait_for(r"ws://\S+/stream", killed.err)[0]
        with program("call", "--to", to, folder=tmp_path):  # at its pace: finals come apart
            killed.wait_for('"final".*"track": "outbound"', killed.out)
            killed.process.kill()
            killed.end()
    events = [json.loads(line) for line in killed.out]
    (call_id,) = {event["call_id"] for event in events}
    finals = [event for event in events if event["type"] == "final"]
    heard = max(event["at"] for event in events if event["type"] == "partial")
    with program(*arguments, folder=tmp_path, **settings) as run:
        run.wait_for("1 calls were cut off when this program was last killed", run.err)
        assert run.end() == 0
    store = open_store(tmp_path / "data")
    call, said = store.call_with_utterances(call_id)
    store.close()
    assert call.reason == "interrupted"
    # The last one told may have been on its way to the store; none before it is missing.
    kept, notices = sorted(each.text for each in said), [each["text"] for each in finals]
    assert kept in (sorted(notices), sorted(notices[:-1]))
    samples, rate = soundfile.read(store.recordings.path(call_id))
    assert samples.shape[1] == 2
    assert len(samples) / rate >= heard - 0.2


def test_a_recorded_call_is_heard_again_though_the_program_was_killed_before(tmp_path):
    (tmp_path / "better").symlink_to(DEMO_MODEL)
    settings = {"LOCAL_STT_MODEL": "demo-en", "RECORD_CALLS": "1", "LOCAL_STT_WORKERS": "1"}
    arguments = ["run", "--json", "--no-tunnel", "--port", "0", "--second-pass", str(tmp_path / "better")]
    with program(*arguments, folder=tmp_path, **settings) as killed:
        to = killed.wait_for(r"ws://\S+/stream", killed.err)[0]
        with program("call", "--to", to, "--speed", "10", folder=tmp_path):
            killed.wait_for('"final".*"track": "outbound"', killed.out)
            killed.wait_for('"final".*"track": "inbound"', killed.out)
            killed.process.kill()
            killed.end()
    store = open_store(tmp_path / "data")
    (call,) = store.page().calls
    with program(*arguments, folder=tmp_path, **settings) as run:
        run.wait_for("Local mode", run.err)
        deadline = time.monotonic() + 400
        while store.call(call.call_id).second_pass != "done":
            assert time.monotonic() < deadline, run.err
            time.sleep(0.1)
        assert run.end() == 0
        assert not any("second pass" in line for line in run.err)
    again, said = store.call_with_utterances(call.call_id)
    assert (again.reason, again.model, again.text_model) == ("interrupted", "demo-en", "better")
    assert {each.speaker for each in said} == {"caller", "callee"}
    assert store.call_with_utterances(call.call_id, edition=Edition.LIVE)[0].text_model == "demo-en"
    store.close()


def test_a_file_that_is_sent_is_transcribed_beside_the_calls(tmp_path):
    token = {"Authorization": "Bearer the-token-of-viewers"}
    settings = {"LOCAL_STT_MODEL": "demo-en", "LOCAL_STT_TOKEN": "the-token-of-viewers"}
    with program("run", "--no-tunnel", "--port", "0", folder=tmp_path, **settings) as run:
        port = run.wait_for(r"ws://127\.0\.0\.1:(\d+)", run.err)[1]
        url = f"http://127.0.0.1:{port}/api/recordings"
        sent = requests.post(
            f"{url}?name=talk.wav", data=RECORDING.read_bytes(), headers=token, timeout=400
        ).json()
        deadline = time.monotonic() + 400
        while not (found := requests.get(f"{url}/{sent['id']}", headers=token, timeout=400).json())[
            "call_id"
        ]:
            assert found["error"] is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert run.end() == 0
    store = open_store(tmp_path / "data")
    call, said = store.call_with_utterances(found["call_id"])
    assert (call.model, call.recorded) == ("demo-en", True)
    assert "appointment" in " ".join(each.text for each in said)
    store.close()


def test_a_file_that_waits_when_the_program_is_killed_is_transcribed_by_the_next(tmp_path):
    token = {"Authorization": "Bearer the-token-of-viewers"}
    settings = {"LOCAL_STT_MODEL": "demo-en", "LOCAL_STT_TOKEN": "the-token-of-viewers"}
    arguments = ("run", "--no-tunnel", "--port", "0")
    with program(*arguments, folder=tmp_path, **settings) as killed:
        port = killed.wait_for(r"ws://127\.0\.0\.1:(\d+)", killed.err)[1]
        url, data = f"http://127.0.0.1:{port}/api/recordings", RECORDING.read_bytes()
        answers = [
            requests.post(f"{url}?name={name}.wav", data=data, headers=token, timeout=400) for name in "ab"
        ]
        killed.process.kill()
        killed.end()
    assert [answer.status_code for answer in answers] == [202, 202]
    with program(*arguments, folder=tmp_path, **settings) as run:
        port = run.wait_for(r"ws://127\.0\.0\.1:(\d+)", run.err)[1]
        urls = [f"http://127.0.0.1:{port}/api/recordings/{answer.json()['id']}" for answer in answers]

        def outcomes():
            return [requests.get(url, headers=token, timeout=400).json() for url in urls]

        wait_until(lambda: all(each["state"] == "done" for each in outcomes()))
        assert [each["name"] for each in outcomes()] == ["a.wav", "b.wav"]
        assert len({each["call_id"] for each in outcomes()}) == 1  # as it is the same audio
        assert run.end() == 0
    assert [each.name for each in (tmp_path / "data" / "uploads").iterdir()] == ["identity"]


def test_a_public_url_of_ones_own_needs_no_ngrok_and_no_wire_leaves_the_number_alone(tmp_path):
    with twilio_api(number("+15551110001")) as api:
        settings = credentials(api, tmp_path) | {"PYNGROK_NGROK_PATH": "/nonexistent"}
        url = "https://calls.example.com"
        with program(
            "run", "--port", "0", "--public-url", url, "--no-wire", folder=tmp_path, **settings
        ) as run:
            run.wait_for(r"https://calls\.example\.com/call \(POST\)", run.err)
            assert run.end() == 0
        assert api.updates == []
        with program("run", "--port", "0", "--public-url", url, folder=tmp_path, **settings) as run:
            run.wait_for("Waiting for calls", run.err)
            assert api.updates[0]["VoiceUrl"] == url + "/call"
            assert run.end() == 0


def test_no_end_of_a_call_is_kept_from_a_receiver_not_even_by_a_kill(tmp_path, demo_channels):
    """One ends while the receiver is down, one is cut off by a kill, and one by a signal."""
    with webhook_receiver() as gone:
        pass
    notices = {"WEBHOOK_URL": gone.url, "WEBHOOK_SECRET": "s3cret-s3cret-s3cret", "NO_PROXY": "*"}
    run_it = ["run", "--port", "0", "--no-tunnel", "--json", "--data-dir", str(tmp_path)]

    def call(run, call_id, speed):
        to = run.wait_for(r"(ws://\S+/stream)", run.err)[1]
        return threading.Thread(target=call_until_closed, args=(demo_channels, to, Caller(call_id), speed))

    with program(*run_it, folder=tmp_path, LOCAL_STT_MODEL="demo-en", **notices) as killed:
        ended = call(killed, "CAended", speed=40)
        ended.start()
        killed.wait_for("127.0.0.1 does not take webhooks: Connection refused", killed.err)
        ended.join()
        cut_off = call(killed, "CAcutoff", speed=2)
        cut_off.start()
        killed.wait_for('"final", "call_id": "CAcutoff"', killed.out)
        killed.process.kill()
        cut_off.join()
    with (
        webhook_receiver(gone.port) as receiver,
        program(*run_it, folder=tmp_path, LOCAL_STT_MODEL="demo-en", **notices) as run,
    ):
        last = call(run, "CAlast", speed=2)
        last.start()
        run.wait_for('"partial", "call_id": "CAlast"', run.out)
        receiver.wait_for(2)
        assert run.end() == 0
        last.join()
        ends = {event["call_id"]: (event["type"], event["reason"]) for event in receiver.events}
        assert ends == {
            "CAended": ("call-ended", "hung-up"),
            "CAcutoff": ("call-ended", "interrupted"),
            "CAlast": ("call-ended", "shutdown"),
        }
        assert not any("s3cret" in line for line in killed.err + run.err)


def test_an_output_that_nobody_reads_does_not_keep_the_program_from_ending(tmp_path):
    """The reader is there and its pipe is full: writing would wait for ever."""
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096) if hasattr(fcntl, "F_SETPIPE_SZ") else None
    arguments = ["run", "--json", "--no-tunnel", "--port", "0", "--finish-seconds", "1"]
    with subprocess.Popen(
        [sys.executable, "-m", "local_stt", *arguments],
        cwd=tmp_path,
        env=NOTHING_SET | homes(tmp_path) | {"PYTHONPATH": str(PROJECT), "LOCAL_STT_MODEL": "demo-en"},
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(write)
        to = next(match for line in process.stderr if (match := re.search(r"ws://\S+/stream", line)))[0]
        with program("call", "--to", to, "--speed", "40", folder=tmp_path) as call:
            call.process.wait(400)
        process.send_signal(signal.SIGTERM)
        assert process.wait(400) == 0
        assert "Nobody reads the output" in process.stderr.read()
    os.close(read)


def test_settings_may_be_in_a_dotenv_file(tmp_path):
    (tmp_path / ".env").write_text("LOCAL_STT_MODEL=demo-en\nLOCAL_STT_PORT=0\nLOCAL_STT_TUNNEL=no\n")
    with program("run", folder=tmp_path) as run:
        run.wait_for("Local mode", run.err)
        assert run.end() == 0


MISTAKES = {
    "no such model": (["--model", "nonesuch"], {}, "nonesuch"),
    "a folder that is no model": (
        ["--model", str(PROJECT / "tests")],
        {},
        "tests is not a Vosk model: am/final.mdl",
    ),
    "a wrong port": (["--port", "x"], {}, "--port"),
    "a misspelt setting": ([], {"LOCAL_STT_PROT": "1"}, "LOCAL_STT_PORT"),
    "open to all without a token": (["--host", "0.0.0.0"], {}, "TWILIO_AUTH_TOKEN"),
    "public without a token": (["--public-url", "https://a.example"], {}, "TWILIO_AUTH_TOKEN"),
    "a tunnel asked for without credentials": (["--tunnel"], {}, "TWILIO_ACCOUNT_SID"),
    "webhooks that anybody could forge": ([], {"WEBHOOK_URL": "https://a.example"}, "WEBHOOK_SECRET"),
    "webhooks without a place to wait": (
        ["--no-keep-calls"],
        {"WEBHOOK_URL": "https://a.example", "WEBHOOK_SECRET": "s3cret-s3cret-s3cret"},
        "LOCAL_STT_KEEP_CALLS",
    ),
    "a second pass over nothing": (["--second-pass", "demo-en"], {}, "RECORD_CALLS"),
    "a second pass without its model": (
        ["--second-pass", "nonesuch", "--record-calls"],
        {},
        "nonesuch",
    ),
    "words nobody knows": (["--words", "xylophone"], {}, "xylophone"),
    "an unknown option": (["--frobnicate"], {}, "frobnicate"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_sentence_and_exit_status_2(tmp_path, mistake):
    arguments, environ, notices = MISTAKES[mistake]
    environ = {"LOCAL_STT_MODEL": str(DEMO_MODEL)} | environ
    with program("run", *arguments, folder=tmp_path, **environ) as run:
        assert run.process.wait(400) == 2
        run.end()
        assert "Traceback" not in "\n".join(run.err)
        assert notices in run.err[-1]


@pytest.mark.parametrize(
    ("change", "orders", "sentence"),
    [
        ({"TWILIO_AUTH_TOKEN": "wrong"}, {}, "TWILIO_AUTH_TOKEN"),
        ({"TWILIO_PHONE_NUMBER": "+15559999999"}, {}, "TWILIO_PHONE_NUMBER"),
        ({"NGROK_AUTHTOKEN": "bad"}, {"error": "ERR_NGROK_105"}, "NGROK_AUTHTOKEN"),
        ({"PYNGROK_NGROK_PATH": str(PROJECT / "README.md")}, {}, "PYNGROK_NGROK_PATH"),
        ({"LOCAL_STT_TWILIO_API_URL": "http://127.0.0.1:9"}, {}, "network"),
    ],
)
def test_what_others_refuse_is_one_sentence_and_exit_status_2(tmp_path, change, orders, sentence):
    (tmp_path / "orders.json").write_text(json.dumps(orders))
    with twilio_api(number("+15551110001")) as api:
        settings = credentials(api, tmp_path) | change
        with program("run", "--port", "0", folder=tmp_path, **settings) as run:
            assert run.process.wait(400) == 2
            run.end()
        assert "Traceback" not in "\n".join(run.err)
        assert sentence in run.err[-1]
        assert api.updates == []


def test_several_numbers_and_none_chosen_are_listed(tmp_path):
    with twilio_api(number("+15551110001", sid="PN1"), number("+15551110002", sid="PN2")) as api:
        with program("run", "--port", "0", folder=tmp_path, **credentials(api, tmp_path)) as run:
            assert run.process.wait(400) == 2
            run.end()
        assert "+15551110001, +15551110002" in run.err[-1]


def test_a_port_in_use_is_one_sentence(tmp_path):
    with program("run", "--port", "0", folder=tmp_path, LOCAL_STT_MODEL="demo-en") as first:
        port = first.wait_for(r"ws://127\.0\.0\.1:(\d+)", first.err)[1]
        with program("run", "--port", port, folder=tmp_path, LOCAL_STT_MODEL="demo-en") as second:
            assert second.process.wait(400) == 2
            second.end()
            assert "LOCAL_STT_PORT" in second.err[-1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nonesuch.wav"], "nonesuch.wav"),
        ([str(PROJECT / "README.md")], "audio"),
        ([str(RECORDING), "--to", "ws://127.0.0.1:9/stream"], "make run"),
        ([str(RECORDING), "--loss", "1"], "100%"),
        ([str(RECORDING), "--loss", "lots"], "share"),
        (["--speed", "nan"], "--speed"),
        (["--speed", "inf"], "--speed"),
        (["--speed", "1e-300"], "--speed"),
        (["--jitter", "inf"], "--jitter"),
        (["--jitter", "nan"], "--jitter"),
        (["--to", "ws://[x"], "--to"),
        (["--port", "0"], "LOCAL_STT_PORT is 0"),
    ],
)
def test_a_test_call_that_cannot_be_placed_is_one_sentence(tmp_path, arguments, sentence):
    with program("call", *arguments, folder=tmp_path) as call:
        assert call.process.wait(400) == 2
        call.end()
        assert "Traceback" not in "\n".join(call.err)
        assert sentence in call.err[-1]


def test_a_test_call_goes_where_the_server_of_the_same_settings_listens(tmp_path, demo_channels):
    """Signed as well: the signature is made over the address as the server spells it."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as free:
        port = str(free.getsockname()[1])
    settings = {"LOCAL_STT_HOST": "::1", "LOCAL_STT_PORT": port, "LOCAL_STT_MODEL": "demo-en"}
    settings |= {"LOCAL_STT_TUNNEL": "no", "TWILIO_AUTH_TOKEN": AUTH_TOKEN}
    with program("run", folder=tmp_path, **settings) as run:
        run.wait_for("Local mode", run.err)
        with program("call", "--speed", "100", folder=tmp_path, **settings) as call:
            assert call.process.wait(400) == 0, call.err


@pytest.mark.parametrize(("command", "module"), [("run", "vosk"), ("call", "requests"), ("demo", "vosk")])
def test_ctrl_c_while_it_is_still_being_loaded_ends_it_without_a_word(tmp_path, command, module):
    (tmp_path / f"{module}.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGINT)")
    with program(command, folder=tmp_path, PYTHONPATH=f"{tmp_path}:{PROJECT}") as interrupted:
        assert interrupted.process.wait(400) == 130
        interrupted.end()
        assert interrupted.out == interrupted.err == []


def test_ctrl_c_ends_a_test_call_without_a_word(tmp_path):
    with program("run", "--port", "0", folder=tmp_path, LOCAL_STT_MODEL="demo-en") as run:
        to = run.wait_for(r"(ws://\S+/stream)", run.err)[1]
        with program("call", "--to", to, folder=tmp_path) as call:
            run.wait_for("^#1", run.out)
            assert call.end(signal.SIGINT) == 130
            assert all(line.startswith("Playing") for line in call.err)


def test_the_demo_shows_the_call_then_its_transcript_and_error_rate(tmp_path):
    with program("demo", "--speed", "8", folder=tmp_path) as demo:
        assert demo.process.wait(400) == 0
        demo.end()
        rate = float(demo.wait_for(r"Word error rate: ([\d.]+) %", demo.out)[1])
        assert rate <= 3.0
        shown = demo.out.index("The transcript:")
        assert any("Hello, this is Susan from the clinic." in line for line in demo.out[:shown])
        assert shown > 8
        assert len([line for line in demo.out[shown:] if re.match("(caller|callee): ", line)]) > 8
