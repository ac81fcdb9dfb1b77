"""OpenAI's own SDK, unmodified, against a live server with the real engine."""

import pytest
import requests

from helpers.sdks import run_with
from helpers.servers import VIEWERS_TOKEN

pytestmark = pytest.mark.sdk

TOKEN = {"Authorization": f"Bearer {VIEWERS_TOKEN}"}

ALL_FORMATS = """
import json, sys
from openai import OpenAI
base, key, path = sys.argv[1:]
client = OpenAI(base_url=base + "/v1", api_key=key, max_retries=0)
def ask(**options):
    with open(path, "rb") as file:
        return client.audio.transcriptions.create(file=file, model="whisper-1", **options)
verbose = ask(response_format="verbose_json", timestamp_granularities=["word", "segment"])
diarized = ask(response_format="diarized_json")
events = list(ask(stream=True))
print(json.dumps({
    "json": ask(language="en").text,
    "text": ask(response_format="text"),
    "srt": ask(response_format="srt"),
    "vtt": ask(response_format="vtt"),
    "verbose": verbose.model_dump(),
    "diarized": diarized.model_dump() if hasattr(diarized, "model_dump") else None,
    "events": [event.model_dump() for event in events],
    "models": [model.id for model in client.models.list()],
}))
"""

ERRORS = """
import json, sys
import openai
base, key, path = sys.argv[1:]
def name(call):
    try:
        call()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.body["message"]]
def ask(key=key, file=None, **options):
    client = openai.OpenAI(base_url=base + "/v1", api_key=key, max_retries=0)
    with open(path, "rb") as audio:
        return client.audio.transcriptions.create(file=file or audio, model="whisper-1", **options)
client = openai.OpenAI(base_url=base + "/v1", api_key=key, max_retries=0)
print(json.dumps({
    "key": name(lambda: ask(key="wrong")),
    "audio": name(lambda: ask(file=("a.wav", b"no audio at all" * 100))),
    "empty": name(lambda: ask(file=("a.wav", b""))),
    "format": name(lambda: ask(response_format="xml")),
    "language": name(lambda: ask(language="ko")),
    "large": name(lambda: ask(file=("a.wav", bytes(21_000_000)))),
    "model": name(lambda: client.models.retrieve("none")),
    "translation": name(lambda: client.audio.translations.create(file=("a.wav", b"x"), model="whisper-1")),
}))
"""


def kept(store):
    """What is kept of the only distinct text, in order."""
    (call, *_) = store.page(limit=1).calls
    _, said = store.call_with_utterances(call.call_id)
    return sorted(said, key=lambda each: each.start)


@pytest.mark.parametrize("sdk", ["openai-3", "openai-1"])
def test_all_formats_have_the_text_of_the_file(server, store, talk, sdk):
    found = run_with(sdk, ALL_FORMATS, server.http, VIEWERS_TOKEN, talk)
    said = kept(store)
    text = " ".join(each.formatted for each in said)
    assert "calling" in text.lower()
    assert found["json"] == text
    assert found["text"] == f"{text}\n"
    captions = " ".join(line for line in found["srt"].splitlines() if line[:1].isalpha())
    assert sorted(captions.split()) == sorted(text.split())
    assert found["vtt"].startswith("WEBVTT")
    assert found["events"][-1]["type"] == "transcript.text.done"
    deltas = [event["delta"] for event in found["events"][:-1]]
    assert "".join(deltas) == found["events"][-1]["text"] == text
    assert found["models"] == ["demo-en"]
    verbose = found["verbose"]
    assert (verbose["language"], verbose["text"]) == ("english", text)
    assert verbose["duration"] == pytest.approx(20, abs=0.1)
    assert [each["text"] for each in verbose["segments"]] == [each.formatted for each in said]
    assert [each["start"] for each in verbose["words"]] == [p.start for each in said for p in each.pieces]


def test_each_channel_is_a_speaker(server, store, talk):
    diarized = run_with("openai-3", ALL_FORMATS, server.http, VIEWERS_TOKEN, talk)["diarized"]
    speakers = {"inbound": "A", "outbound": "B"}
    said = kept(store)
    assert [(each["speaker"], each["text"]) for each in diarized["segments"]] == [
        (speakers[each.track], each.formatted) for each in said
    ]


@pytest.mark.parametrize("sdk", ["openai-3", "openai-1"])
def test_every_error_has_its_class_and_a_sentence(server, talk, sdk):
    found = run_with(sdk, ERRORS, server.http, VIEWERS_TOKEN, talk)
    assert {name: error[:2] for name, error in found.items()} == {
        "key": ["AuthenticationError", 401],
        "audio": ["BadRequestError", 400],
        "empty": ["BadRequestError", 400],
        "format": ["BadRequestError", 400],
        "language": ["BadRequestError", 400],
        "large": ["APIStatusError", 413],
        "model": ["NotFoundError", 404],
        "translation": ["BadRequestError", 400],
    }
    assert all(error[2].endswith(".") for error in found.values())
    assert "LOCAL_STT_MAX_UPLOAD_MB" in found["large"][2]


def test_each_file_that_is_sent_is_a_call_of_its_own(server, store, talk):
    for _ in range(2):
        answer = requests.post(
            f"{server.http}/v1/audio/transcriptions",
            files={"file": ("talk.wav", talk.read_bytes())},
            headers=TOKEN,
            timeout=400,
        )
        assert answer.status_code == 200, answer.text
    calls = store.page(limit=10).calls
    assert len({call.call_id for call in calls}) == 2
    assert {call.caller for call in calls} == {"talk.wav"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": VIEWERS_TOKEN},
        {"Authorization": f"token {VIEWERS_TOKEN}"},
        {"Authorization": f"BEARER {VIEWERS_TOKEN}"},
        {"Sec-WebSocket-Protocol": f"token, {VIEWERS_TOKEN}"},
        {"Sec-WebSocket-Protocol": f"bearer, {VIEWERS_TOKEN}, x-deepgram-session-id, 1"},
    ],
)
def test_the_token_may_come_in_any_header(server, headers):
    assert requests.get(f"{server.http}/v1/models", headers=headers, timeout=400).status_code == 200


def test_the_token_may_be_a_password_or_in_the_address(server):
    url = f"{server.http}/v1/models"
    assert requests.get(url, auth=("AC1", VIEWERS_TOKEN), timeout=400).status_code == 200
    assert requests.get(url, params={"token": VIEWERS_TOKEN}, timeout=400).status_code == 200
    assert requests.get(url, timeout=400).status_code == 401
    for wrong in ({"Authorization": "Basic !"}, {"Authorization": "Bearer"}, {"Cookie": "local_stt=1"}):
        assert requests.get(url, headers=wrong, timeout=400).status_code == 401
