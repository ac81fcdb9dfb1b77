"""AssemblyAI's own SDKs and their protocol on a WebSocket, against a live server with the real engine."""

import json

import pytest
import requests

from helpers.live_sessions import opened, received, talked
from helpers.sdks import run_node_with, run_with
from helpers.servers import VIEWERS_TOKEN, finals
from helpers.tls import behind_tls
from helpers.twilio import VALID
from helpers.waiting import wait_until
from local_stt.api.compat.assemblyai.session import AssemblyaiSession
from local_stt.audio import decode_mulaw
from local_stt.events import CallEnded, EndReason
from local_stt.simulator import Caller, place_call

TOKEN = {"Authorization": VIEWERS_TOKEN}
TERMINATE = json.dumps({"type": "Terminate"})

CLIENT = """
import json, sys, threading
import assemblyai.streaming.v3 as aai
base, key, path = sys.argv[1:]
options = aai.StreamingClientOptions(
    api_host=base.replace("http", "ws"), api_key=key, connect_timeout=60, terminate_timeout=400
)
client = aai.StreamingClient(options)
messages, errors, closed = [], [], threading.Event()
def dumped(event):
    return json.loads(event.model_dump_json() if hasattr(event, "model_dump_json") else event.json())
for kind in aai.StreamingEvents:
    if kind.name != "Error":
        client.on(kind, lambda _, event: messages.append(dumped(event)))
def failed(_, error):
    errors.append([str(error), error.code])
    closed.set()
client.on(aai.StreamingEvents.Error, failed)
audio = open(path, "rb").read()
"""
"""The beginning of a script that uses the SDK"""

TALK = (
    CLIENT
    + """
client.connect(aai.StreamingParameters(
    sample_rate=8000, encoding="pcm_mulaw", format_turns=True, keyterms_prompt=["Zyx", "Northwind Bank"],
    speech_model="universal-streaming-english", min_turn_silence=400, inactivity_timeout=3600,
))
for at in range(0, len(audio), 1600):
    client.stream(audio[at : at + 1600])
client.set_params(aai.StreamingSessionParameters(max_turn_silence=900))
client.force_endpoint()
client.disconnect(terminate=True)
print(json.dumps([messages, errors]))
"""
)

WITH_TLS = (
    CLIENT
    + """
client.connect(aai.StreamingParameters(sample_rate=8000, format_turns=True))
for at in range(0, len(audio), 1600):
    client.stream(audio[at : at + 1600])
client.disconnect(terminate=True)
print(json.dumps([messages, client.create_temporary_token(expires_in_seconds=60)]))
"""
)

NODE = """
import { readFileSync } from "fs";
import { AssemblyAI } from "assemblyai";
const [, base, key, path, connectTimeout] = process.argv;
const audio = readFileSync(path);
async function main() {
    const client = new AssemblyAI({ apiKey: key, streamingBaseUrl: `https://${base}` });
    const token = await client.streaming.createTemporaryToken({ expires_in_seconds: 600 });
    const messages = [];
    const transcriber = (parameters) => client.streaming.transcriber({
        websocketBaseUrl: `wss://${base}/v3/ws`, connectTimeout: Number(connectTimeout), sampleRate: 8000,
        encoding: "pcm_mulaw", ...parameters,
    });
    const talk = transcriber({ token, formatTurns: true });
    for (const name of ["open", "turn", "speechStarted", "warning", "error"])
        talk.on(name, (event) => messages.push([name, event]));
    await talk.connect();
    for (let at = 0; at < audio.length; at += 1600) talk.sendAudio(audio.subarray(at, at + 1600));
    const closed = new Promise((resolve) => talk.on("close", resolve));
    talk.socket.send('{"type": "Terminate"}');
    const code = await closed;
    const errors = [];
    for (const parameters of [{ token }, { apiKey: "wrong" }, { encoding: "opus" }])
        await transcriber({ maxConnectionRetries: 0, ...parameters }).connect().catch(
            (error) => errors.push(error.message));
    console.log(JSON.stringify([messages, code, errors]));
}
main();
"""

MISTAKE = (
    CLIENT
    + """
client.connect(aai.StreamingParameters(sample_rate=8000, **json.loads(audio)))
closed.wait(400)
client.disconnect()
print(json.dumps(errors))
"""
)

NONSENSE = (
    CLIENT
    + """
client.connect(aai.StreamingParameters(sample_rate=8000, encoding="pcm_mulaw"))
for message in (audio, *["nonsense"] * 20):
    client._websocket.send(message)
closed.wait(400)
client.disconnect()
print(json.dumps([messages, errors]))
"""
)

SDKS = ["assemblyai-1", "assemblyai-1-settings", "assemblyai-0"]


@pytest.fixture(scope="session")
def caller(demo_channels):
    """What the caller says in the first twenty seconds of the demo's call."""
    return demo_channels[0][: 20 * 8000]


@pytest.fixture
def called(server, caller):
    """The words of the same audio as a call of Twilio's."""
    place_call([caller, b""], to=server.stream, caller=Caller("CA1"), auth_token="", speed=20.0)
    server.witness.wait_for_ends(1)
    return " ".join(finals(server.witness, "CA1", "inbound"))


def connected(server, headers=TOKEN, **parameters):
    """Open a session."""
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return opened(server, f"v3/ws?{query}", headers=headers)


def talk(server, audio, *more, step=3200, **parameters):
    """Send audio and more messages in a session, and return what comes until the server closes it."""
    return talked(connected(server, **parameters), audio, *more, step=step)


def ended_turns(messages, *, is_formatted=False):
    return [
        each
        for each in messages
        if each["type"] == "Turn" and each["end_of_turn"] and each["turn_is_formatted"] is is_formatted
    ]


def words(messages):
    return " ".join(turn["transcript"] for turn in ended_turns(messages))


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", SDKS)
def test_a_session_has_the_words_of_the_same_audio_as_a_call(server, called, caller, sdk, tmp_path):
    path = tmp_path / "audio"
    path.write_bytes(caller)
    messages, errors = run_with(sdk, TALK, server.http, VIEWERS_TOKEN, path)
    assert errors == []
    assert words(messages) == called
    kinds = [message["type"] for message in messages]
    assert (kinds[0], kinds[-1]) == ("Begin", "Termination")
    assert messages[-1]["audio_duration_seconds"] == 20
    assert server.witness.of(CallEnded)[-1].call_id == messages[0]["id"]
    turns = ended_turns(messages)
    assert [turn["turn_order"] for turn in turns] == list(range(len(turns)))
    written = ended_turns(messages, is_formatted=True)
    assert [turn["turn_order"] for turn in written] == [turn["turn_order"] for turn in turns]
    assert "Yes, my customer number is 427351." in " ".join(turn["transcript"] for turn in written)
    assert kinds.count("SpeechStarted") == len(turns)
    for turn in turns:
        assert [word["text"] for word in turn["words"]] == turn["transcript"].split()
        assert all(word["word_is_final"] and word["end"] >= word["start"] for word in turn["words"])
    said = [message["warning"] for message in messages if message["type"] == "Warning"]
    assert said == ["Not done here: min_turn_silence.", "Not done here: max_turn_silence."]


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdk_reports_what_is_refused(server, running, store, sdk, tmp_path):
    path = tmp_path / "parameters"

    def code(server, key=VIEWERS_TOKEN, **parameters):
        path.write_text(json.dumps(parameters))
        ((_, code),) = run_with(sdk, MISTAKE, server.http, key, path)
        return code

    assert code(server, key="wrong") == 401
    assert code(server, encoding="opus") == 400
    assert code(server, redact_pii=True) == 400
    with running(store=store, max_calls=0) as full:
        assert code(full) == 503


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", SDKS)
def test_an_sdk_gets_its_words_and_the_error_after_much_nonsense(server, called, caller, sdk, tmp_path):
    path = tmp_path / "audio"
    path.write_bytes(caller)
    messages, errors = run_with(sdk, NONSENSE, server.http, VIEWERS_TOKEN, path)
    assert words(messages) == called
    assert errors == [["a text message that is no JSON object", 3006]]


@pytest.mark.sdk
@pytest.mark.parametrize("sdk", ["assemblyai-0.43", "assemblyai-1"])
def test_sdks_that_ask_for_tls_have_the_words_too(server, called, caller, sdk, tmp_path):
    path = tmp_path / "audio"
    path.write_bytes(decode_mulaw(caller).tobytes())
    with behind_tls(server.http, tmp_path) as (host, certificate):
        messages, token = run_with(sdk, WITH_TLS, host, VIEWERS_TOKEN, path, SSL_CERT_FILE=str(certificate))
    assert words(messages) == called
    assert [each["turn_order"] for each in ended_turns(messages, is_formatted=True)] == [0, 1]
    client = connected(server, headers={"Authorization": token})
    assert json.loads(client.receive(timeout=400))["type"] == "Begin"
    client.close()


@pytest.mark.sdk
def test_the_sdk_of_node_has_the_words_with_a_token(server, called, caller, tmp_path):
    path = tmp_path / "audio"
    path.write_bytes(caller)
    with behind_tls(server.http, tmp_path) as (host, certificate):
        messages, code, errors = run_node_with(
            "assemblyai-node-4",
            NODE,
            host,
            VIEWERS_TOKEN,
            path,
            400_000,
            NODE_EXTRA_CA_CERTS=str(certificate),
        )
    assert code == 1000
    assert messages[0][0] == "open"
    assert {name for name, _ in messages} == {"open", "speechStarted", "turn"}
    turns = [event for name, event in messages if name == "turn"]
    assert words(turns) == called
    assert [each["turn_order"] for each in ended_turns(turns, is_formatted=True)] == [0, 1]
    assert [error[-3:] for error in errors] == ["401", "401", "400"]


def test_a_session_begins_before_any_audio_and_ends_without_any(server):
    client = connected(server)
    begin = json.loads(client.receive(timeout=400))
    assert begin["type"] == "Begin"
    assert begin["id"].startswith("assemblyai-")
    client.send(TERMINATE)
    assert [each["type"] for each in received(client)] == ["Termination"]
    assert client.close_reason == 1000


def test_linear_audio_of_torn_samples_is_the_default(server, called, caller):
    pcm = decode_mulaw(caller).tobytes()
    assert words(talk(server, pcm, TERMINATE, sample_rate=8000, step=3199)) == called


def test_partial_words_come_while_a_turn_goes_on(server, caller):
    client = connected(server, encoding="pcm_mulaw", sample_rate=8000)
    shown = []
    for at in range(0, len(caller), 1600):
        client.send(caller[at : at + 1600])
        while message := client.receive(timeout=0):
            shown.append(json.loads(message))
    client.send(TERMINATE)
    turns = [each for each in [*shown, *received(client)] if each["type"] == "Turn"]
    assert turns[-1]["end_of_turn"]
    for turn in turns:
        assert turn["transcript"].split() == [word["text"] for word in turn["words"] if word["word_is_final"]]


def test_a_turn_ends_where_a_program_asks_for_it(server, caller):
    """No silence ends this one, as somebody speaks when its audio stops."""
    client = connected(server, encoding="pcm_mulaw", sample_rate=8000)
    client.send(caller[: 7 * 8000])
    client.send(json.dumps({"type": "ForceEndpoint"}))
    client.send(json.dumps({"type": "KeepAlive"}))
    message = {}
    while not message.get("end_of_turn"):
        message = json.loads(client.receive(timeout=400))
    assert message["transcript"].startswith("hi my name is david")
    client.send(TERMINATE)
    assert received(client)[-1]["type"] == "Termination"


def test_a_program_that_just_leaves_ends_its_call(server, caller):
    client = connected(server, encoding="pcm_mulaw", sample_rate=8000)
    client.send(caller[: 8 * 8000])
    client.close()
    wait_until(lambda: server.witness.of(CallEnded))
    (ended,) = server.witness.of(CallEnded)
    assert finals(server.witness, ended.call_id, "inbound")


def test_a_session_is_a_call_like_any_other(server, caller):
    (begin, *_) = talk(server, caller, TERMINATE, encoding="pcm_mulaw", sample_rate=8000)
    (ended,) = server.witness.of(CallEnded)
    assert (ended.call_id, ended.seconds, ended.reason) == (begin["id"], 20.0, EndReason.HUNG_UP)


def test_a_session_without_a_message_is_closed(server, monkeypatch):
    monkeypatch.setattr("local_stt.api.compat.assemblyai.live.MIN_IDLE_TIMEOUT", 1)
    kinds = [each["type"] for each in talk(server, b"", inactivity_timeout=1)]
    assert kinds == ["Begin", "Termination"]


def test_parameters_that_are_missed_are_named_once(server):
    _, warning, _ = talk(
        server,
        b"",
        TERMINATE,
        speaker_labels="True",
        vad_threshold=0.3,
        filter_profanity="false",
        language_codes='["de"]',
        speech_model="u3-rt-pro",
        something="else",
    )
    assert warning["warning"] == "Not done here: vad_threshold, speaker_labels, language_codes."


def refused(server, path="ws", headers=TOKEN, **parameters):
    """Ask for a session or a token; return the status and the sentence of the refusal."""
    url = f"{server.http}/v3/{path}"
    if path == "ws":
        headers = VALID | headers
    answer = requests.get(url, params=parameters, headers=headers, timeout=400)
    return answer.status_code, answer.json()["error"]


def test_what_cannot_be_is_refused_before_the_socket_opens(server, running, store):
    assert refused(server, headers={})[0] == 401
    assert refused(server, encoding="opus") == (
        400,
        "encoding: 'opus' is not one of pcm_s16le, pcm_mulaw.",
    )
    for wrong in (
        {"sample_rate": "4000"},
        {"sample_rate": "x"},
        {"inactivity_timeout": 4},
        {"keyterms_prompt": "Acme"},
        {"keyterms_prompt": "[1]"},
        {"keyterms_prompt": '["..."]'},
        {"redact_pii": "True"},
        {"redact_pii_policies": '["phone_number"]'},
        {"webhook_url": "https://example.com"},
    ):
        status, said = refused(server, **wrong)
        assert (status, said.partition(":")[0].split()[0]) == (
            400,
            next(iter(wrong)).removesuffix("_policies"),
        )
    with running(store=store, max_calls=0) as full:
        answer = requests.get(f"{full.http}/v3/ws", headers=VALID | TOKEN, timeout=400)
        assert (answer.status_code, list(answer.json())) == (503, ["error"])
        assert answer.headers["Retry-After"].isdigit()


def new_token(server, **parameters):
    asked = {"expires_in_seconds": 600} | parameters
    answer = requests.get(f"{server.http}/v3/token", params=asked, headers=TOKEN, timeout=400)
    assert answer.json()["expires_in_seconds"] == 600
    return answer.json()["token"]


def test_a_token_opens_one_session_and_nothing_else(server):
    token = new_token(server)
    for path in ("v3/token?expires_in_seconds=60", "v1/models", "api/calls"):
        for headers in ({"Authorization": token}, {"Authorization": f"Bearer {token}"}):
            assert requests.get(f"{server.http}/{path}", headers=headers, timeout=400).status_code == 401
    url = f"{server.http}/v1/listen?encoding=mulaw&token={token}"
    assert requests.get(url, headers=VALID, timeout=400).status_code == 401
    client = connected(server, headers={}, token=token)
    assert json.loads(client.receive(timeout=400))["type"] == "Begin"
    client.send(TERMINATE)
    received(client)
    assert refused(server, headers={}, token=token)[0] == 401
    assert refused(server, headers={"Authorization": token})[0] == 401


def test_the_header_takes_a_token_too(server):
    client = connected(server, headers={"Authorization": new_token(server)})
    assert json.loads(client.receive(timeout=400))["type"] == "Begin"
    client.close()


def test_a_token_says_how_long_its_session_lasts(server, monkeypatch):
    monkeypatch.setattr(AssemblyaiSession, "_seconds", 61.0)
    token = new_token(server, max_session_duration_seconds=60)
    client = connected(server, headers={}, token=token)
    begin = json.loads(client.receive(timeout=400))
    client.send(b"\xff" * 800)
    (error,) = received(client)
    assert (begin["type"], error["type"], error["error_code"]) == ("Begin", "Error", 3008)
    assert client.close_reason == 3008


def test_a_token_needs_the_key_and_a_time(server):
    assert refused(server, "token", headers={}, expires_in_seconds=60)[0] == 401
    for wrong in (
        {},
        {"expires_in_seconds": 0},
        {"expires_in_seconds": 601},
        {"expires_in_seconds": 60, "max_session_duration_seconds": 59},
        {"expires_in_seconds": 60, "max_session_duration_seconds": 10801},
    ):
        assert refused(server, "token", **wrong)[0] == 400
