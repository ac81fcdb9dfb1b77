"""Deepgram's own SDK and its protocol on a WebSocket, against a live server with the real engine."""

import json

import numpy as np
import pytest
import requests
import soxr
from simple_websocket import Client

from helpers.live_sessions import opened, received, talked
from helpers.sdks import DEEPGRAM_CLIENT, run_with
from helpers.servers import VIEWERS_TOKEN, finals
from helpers.twilio import VALID
from helpers.waiting import wait_until
from local_stt.api.compat.deepgram.session import DeepgramSession
from local_stt.audio import ALAW_TO_LINEAR, decode_mulaw
from local_stt.events import CallEnded, EndReason
from local_stt.simulator import Caller, place_call

TOKEN = {"Authorization": f"Token {VIEWERS_TOKEN}"}

LIVE = (
    DEEPGRAM_CLIENT
    + """
import threading
with client().listen.v1.connect(
    model="nova-3", encoding="mulaw", sample_rate=8000, channels=2, multichannel=True,
    interim_results=True, utterance_end_ms=1000, vad_events=True,
) as socket:
    def send():
        for at in range(0, len(audio), 6400):
            socket.send_media(audio[at : at + 6400])
        close(socket)
    thread = threading.Thread(target=send)
    thread.start()
    messages = [json.loads(message.json()) for message in socket]
    thread.join()
print(json.dumps(messages))
"""
)

CLOSE = {
    "deepgram-7": "def close(socket):\n    socket.send_close_stream()\n",
    "deepgram-5": """
from deepgram.extensions.types.sockets import ListenV1ControlMessage
def close(socket):
    socket.send_control(ListenV1ControlMessage(type="CloseStream"))
""",
}


@pytest.fixture(scope="session")
def channels(demo_channels):
    """The first twenty seconds of the demo's call."""
    return [channel[: 20 * 8000] for channel in demo_channels]


def interleaved(channels):
    return np.stack([np.frombuffer(each, np.uint8) for each in channels], axis=1).tobytes()


@pytest.fixture
def called(server, channels):
    """What the same audio is as a call of Twilio's, by track."""
    place_call(channels, to=server.stream, caller=Caller("CA1"), auth_token="", speed=20.0)
    server.witness.wait_for_ends(1)
    return [finals(server.witness, "CA1", track) for track in ("inbound", "outbound")]


def results(messages, channel=0, *, is_final=True):
    return [
        each
        for each in messages
        if each["type"] == "Results" and each["is_final"] is is_final and each["channel_index"][0] == channel
    ]


def transcripts(messages, channel=0):
    texts = [each["channel"]["alternatives"][0]["transcript"] for each in results(messages, channel)]
    return [text for text in texts if text]


def connected(server, query):
    """Open a session."""
    return opened(server, f"v1/listen?{query}", headers=TOKEN)


def talk(server, audio, *more, step=3200, **parameters):
    """Send audio and more messages in a session, and return what comes until the server closes it."""
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return talked(connected(server, query), audio, *more, step=step)


CLOSE_STREAM = json.dumps({"type": "CloseStream"})


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", ["deepgram-7", "deepgram-5"])
def test_a_session_has_the_text_of_the_same_audio_as_a_call(server, called, channels, sdk, tmp_path):
    path = tmp_path / "audio"
    path.write_bytes(interleaved(channels))
    messages = run_with(sdk, CLOSE[sdk] + LIVE, server.http, VIEWERS_TOKEN, path)
    assert [transcripts(messages, 0), transcripts(messages, 1)] == called
    kinds = [message["type"] for message in messages]
    assert kinds.count("UtteranceEnd") == sum(map(len, called))
    assert kinds[-1] == "Metadata"
    assert messages[-1]["duration"] == 20.0
    assert messages[-1]["channels"] == 2
    for result in results(messages):
        (alternative,) = result["channel"]["alternatives"]
        words = alternative["words"]
        assert [word["word"] for word in words] == alternative["transcript"].split()
        assert all(word["end"] >= word["start"] >= result["start"] for word in words)
        assert result["metadata"]["model_info"]["name"] == "demo-en"


def test_one_channel_and_an_empty_message_at_the_end(server, called, channels):
    assert transcripts(talk(server, channels[0], b"", encoding="mulaw", sample_rate=8000)) == called[0]


def test_a_message_that_makes_no_sense_changes_nothing(server, called, channels):
    client = connected(server, "encoding=mulaw")
    for message in ("nonsense", channels[0], "{}", CLOSE_STREAM):
        client.send(message)
    answers = []
    while not answers or answers[-1]["type"] != "Metadata":
        answers.append(json.loads(client.receive(timeout=400)))
    assert transcripts(answers) == called[0]


def test_a_program_that_sends_much_nonsense_is_disconnected_with_its_words(server, called, channels):
    client = connected(server, "encoding=mulaw")
    client.send(channels[0])
    for _ in range(20):
        client.send("nonsense")
    assert transcripts(received(client)) == called[0]
    assert client.close_reason == 1008


def test_a_session_without_a_message_is_closed(server, monkeypatch):
    monkeypatch.setattr(DeepgramSession, "idle_timeout", 0.5)
    assert [each["type"] for each in talk(server, b"", encoding="mulaw")] == ["Metadata"]


def test_a_subprotocol_that_carries_the_token_is_chosen(server):
    url = f"{server.stream.removesuffix('/stream')}/v1/listen?encoding=mulaw"
    client = Client.connect(url, subprotocols=["token", VIEWERS_TOKEN])
    assert client.subprotocol == "token"
    client.send(CLOSE_STREAM)
    assert json.loads(client.receive(timeout=400))["type"] == "Metadata"


def as_alaw(mulaw):
    """Encode as A-law, each sample as the nearest one there is."""
    samples = decode_mulaw(mulaw).astype(np.int32)
    order = np.argsort(ALAW_TO_LINEAR, kind="stable")
    values = ALAW_TO_LINEAR[order].astype(np.int32)
    at = np.clip(np.searchsorted(values, samples), 1, 255)
    is_lower = samples - values[at - 1] < values[at] - samples
    return order[np.where(is_lower, at - 1, at)].astype(np.uint8).tobytes()


def test_all_encodings_and_rates_give_the_words(server, called, channels):
    expected = " ".join(called[1]).split()
    linear = decode_mulaw(channels[1])
    wide = soxr.resample(linear, 8000, 48000)
    said = {
        "linear16": talk(server, linear.tobytes(), CLOSE_STREAM, encoding="linear16", sample_rate=8000),
        "alaw": talk(server, as_alaw(channels[1]), CLOSE_STREAM, encoding="alaw", sample_rate=8000),
        "48 kHz": talk(
            server, wide.tobytes(), CLOSE_STREAM, encoding="linear16", sample_rate=48000, step=96001
        ),
    }
    for name, messages in said.items():
        words = " ".join(transcripts(messages)).split()
        assert len(set(expected) - set(words)) <= 2, name
    assert transcripts(said["linear16"]) == called[1]


def test_channels_that_are_not_told_apart_are_mixed(server, channels):
    audio = interleaved(channels)
    messages = talk(server, audio, CLOSE_STREAM, encoding="mulaw", sample_rate=8000, channels=2)
    assert {tuple(each["channel_index"]) for each in results(messages)} == {(0, 1)}
    assert "calling" in " ".join(transcripts(messages))


def test_text_is_written_as_people_do_on_request(server, channels):
    messages = talk(
        server, channels[0], CLOSE_STREAM, encoding="mulaw", sample_rate=8000, smart_format="true"
    )
    assert "Yes, my customer number is 427351." in " ".join(transcripts(messages))
    written = [word for each in results(messages) for word in each["channel"]["alternatives"][0]["words"]]
    (number,) = [word for word in written if word["word"] == "427351"]
    assert number["end"] - number["start"] > 1


def test_finalize_is_answered_and_the_session_goes_on(server, channels):
    """Also where nothing was said."""
    finalize = json.dumps({"type": "Finalize"})
    keep_alive = json.dumps({"type": "KeepAlive"})
    client = connected(server, "encoding=mulaw")
    client.send(b"\xff" * 800)
    client.send(finalize)
    answer = json.loads(client.receive(timeout=400))
    assert (answer["from_finalize"], answer["channel"]["alternatives"][0]["transcript"]) == (True, "")
    client.send(keep_alive)
    client.send(json.dumps({"type": "Configure"}))
    assert json.loads(client.receive(timeout=400))["type"] == "ConfigureFailure"
    client.send(channels[1][: 4 * 8000])
    client.send(finalize)
    answer = json.loads(client.receive(timeout=400))
    assert answer["channel"]["alternatives"][0]["transcript"]
    client.send(CLOSE_STREAM)
    while answer["type"] != "Metadata":
        answer = json.loads(client.receive(timeout=400))


def test_a_program_that_just_leaves_ends_its_call(server, channels):
    client = connected(server, "encoding=mulaw")
    client.send(channels[1][: 4 * 8000])
    client.close()
    wait_until(lambda: server.witness.of(CallEnded))
    (ended,) = server.witness.of(CallEnded)
    assert ended.call_id.startswith("deepgram-")
    assert finals(server.witness, ended.call_id, "inbound")


def refused(server, headers=TOKEN, **parameters):
    """Try a handshake; return the status that it is refused with, and the error's code."""
    url = f"{server.http}/v1/listen"
    answer = requests.get(url, params=parameters, headers=VALID | headers, timeout=400)
    return answer.status_code, answer.json()["err_code"]


def test_what_cannot_be_is_refused_before_the_socket_opens(server, running, store):
    assert refused(server, headers={}, encoding="mulaw") == (401, "INVALID_AUTH")
    bad = (400, "Bad Request")
    assert refused(server, encoding="opus") == bad
    assert refused(server) == bad
    assert refused(server, encoding="mulaw", sample_rate="4000") == bad
    assert refused(server, encoding="mulaw", sample_rate="x") == bad
    assert refused(server, encoding="mulaw", channels=3) == bad
    assert refused(server, encoding="mulaw", redact="numbers") == bad
    with running(store=store, max_calls=0) as full:
        assert refused(full, encoding="mulaw") == (503, "SERVICE_UNAVAILABLE")


def test_a_session_is_a_call_like_any_other(server, channels):
    talk(server, channels[0], CLOSE_STREAM, encoding="mulaw", sample_rate=8000)
    (ended,) = server.witness.of(CallEnded)
    assert (ended.seconds, ended.reason) == (20.0, EndReason.HUNG_UP)
