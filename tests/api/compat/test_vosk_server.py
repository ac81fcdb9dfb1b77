"""vosk-server's protocol on a WebSocket, as its own clients speak it, with the real engine.

The clients' requests are made again here, as they are not on PyPI.
"""

import io
import json
import re
import wave

import pytest
import requests
import soxr
from simple_websocket import Client, ConnectionClosed

from helpers.live_sessions import opened, received
from helpers.servers import VIEWERS_TOKEN, finals
from helpers.twilio import VALID
from helpers.waiting import wait_until
from local_stt.audio import decode_mulaw
from local_stt.events import CallEnded
from local_stt.simulator import Caller, place_call


@pytest.fixture(scope="session")
def linear(demo_channels):
    """What the callee says in the first ten seconds of the demo's call, as 16-bit PCM at 8 kHz."""
    return decode_mulaw(demo_channels[1][: 10 * 8000])


@pytest.fixture
def called(server, demo_channels):
    """The text of the same audio as a call of Twilio's."""
    channels = [demo_channels[0][:0], demo_channels[1][: 10 * 8000]]
    place_call(channels, to=server.stream, caller=Caller("CA1"), auth_token="", speed=20.0)
    server.witness.wait_for_ends(1)
    return finals(server.witness, "CA1", "outbound")


def connected(server, **options):
    return opened(server, f"vosk?token={VIEWERS_TOKEN}", **options)


def answer(client):
    return json.loads(client.receive(timeout=400))


def in_turn(client, pcm, rate, step):
    """Send audio and wait for each answer, as `test.py` of vosk-server does; return the answers."""
    client.send(json.dumps({"config": {"sample_rate": rate}}))
    answers = []
    for at in range(0, len(pcm), step):
        client.send(pcm[at : at + step])
        answers.append(answer(client))
    client.send('{"eof" : 1}')
    answers.append(answer(client))
    with pytest.raises(ConnectionClosed):
        client.receive(timeout=400)
    assert client.close_reason == 1000
    return answers


def texts(answers):
    return [each["text"] for each in answers if each.get("text")]


@pytest.mark.parametrize("step", [3200, 8000])
def test_a_program_that_waits_for_each_answer_gets_the_words_of_a_call(server, called, linear, step):
    pcm = linear.tobytes()
    answers = in_turn(connected(server), pcm, 8000, step)
    assert len(answers) == -(-len(pcm) // step) + 1
    assert " ".join(texts(answers)) == " ".join(called)
    words = [word for each in answers for word in each.get("result", ())]
    assert [word["word"] for word in words] == " ".join(called).split()
    assert all(0 <= word["start"] < word["end"] <= 10 and 0 <= word["conf"] <= 1 for word in words)
    assert "result" in answers[-1] or answers[-1] == {"text": ""}


def test_one_message_with_a_whole_file(server, called, linear):
    """As jigasi sends it, and with the header that many programs leave on."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 16000, 0, "NONE", ""))
        writer.writeframes(soxr.resample(linear, 8000, 16000).tobytes())
    client = connected(server)
    client.send('{"config" : {"sample_rate" : 16000.0}}')
    client.send(file.getvalue())
    client.send('{"eof" : 1}')
    answers = received(client)
    assert len(answers) == 2
    said = " ".join(texts(answers)).split()
    assert len(set(" ".join(called).split()) - set(said)) <= 2


def test_a_program_that_waits_for_nothing(server, called, linear):
    """As Asterisk's module: no config, a subprotocol of its own, and the end without a farewell."""
    pcm = linear.tobytes()
    client = connected(server, subprotocols=["ws"])
    for at in range(0, len(pcm), 3200):
        client.send(pcm[at : at + 3200])
    client.send('{"eof" : 1}')
    client.close()
    wait_until(lambda: len(server.witness.of(CallEnded)) == 2)
    ended = server.witness.of(CallEnded)[-1]
    assert ended.call_id.startswith("vosk-")
    assert finals(server.witness, ended.call_id, "inbound") == called


def test_a_rate_that_cannot_be_read_is_said_when_the_socket_closes(server):
    client = connected(server)
    client.send(json.dumps({"config": {"sample_rate": 4000}}))
    with pytest.raises(ConnectionClosed) as caught:
        list(iter(lambda: client.receive(timeout=400), None))
    assert caught.value.reason == 1008
    assert "sample_rate: 4000 is not between 8000 and 48000" in caught.value.message


def test_the_token_is_asked_for_before_the_socket_opens(server):
    answer = requests.get(f"{server.http}/vosk", headers=VALID, timeout=400)
    assert answer.status_code == 401
    assert "token" in answer.json()["error"]


@pytest.fixture
def beside(running):
    with running(vosk_port=0) as server:
        yield server


def test_a_port_of_its_own_needs_no_token_on_this_machine(beside, linear):
    client = Client.connect(f"ws://localhost:{beside.application.vosk_server.port}/", max_message_size=2**20)
    assert texts(in_turn(client, linear.tobytes(), 8000, 8000))


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "calls.example.com"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"Origin": "https://page.example"},
        {"Origin": "http://localhost:1"},
    ],
)
def test_the_port_of_its_own_answers_nobody_else(beside, headers):
    url = f"http://localhost:{beside.application.vosk_server.port}/"
    assert requests.get(url, headers=VALID | headers, timeout=400).status_code == 403


def test_the_port_of_its_own_has_no_other_route(beside):
    url = f"http://localhost:{beside.application.vosk_server.port}"
    assert {
        requests.get(f"{url}/{path}", timeout=400).status_code for path in ("client", "metrics", "api/calls")
    } == {404}


def test_a_full_machine_refuses_before_the_socket_opens(running, store):
    with running(store=store, max_calls=0) as full:
        url = f"{full.http}/vosk?token={VIEWERS_TOKEN}"
        answer = requests.get(url, headers=VALID, timeout=400)
        assert answer.status_code == 503
        assert re.fullmatch(r"\d+", answer.headers["Retry-After"])
