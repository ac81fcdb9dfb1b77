"""Deepgram's own SDK, unmodified, against a live server with the real engine."""

import hashlib
from dataclasses import replace

import pytest
import requests

from helpers.events import final, recording
from helpers.sdks import DEEPGRAM_CLIENT, run_with
from helpers.servers import VIEWERS_TOKEN
from local_stt.core.call_record import utterance_of
from local_stt.events import Token
from local_stt.jobs.uploads import Uploads

pytestmark = pytest.mark.sdk

TOKEN = {"Authorization": f"Token {VIEWERS_TOKEN}"}

NEW = (
    DEEPGRAM_CLIENT
    + """
def ask(request=audio, key=key, **options):
    options.setdefault("request_options", {"max_retries": 0})
    return client(key).listen.v1.media.transcribe_file(request=request, model="nova-3", **options)
whole = ask(multichannel=True, smart_format=True, utterances=True, search=["calling"], tag=["mine"])
plain = ask()
print(json.dumps({"whole": json.loads(whole.json()), "plain": json.loads(plain.json())}))
"""
)

OLD = """
import json, sys
from deepgram import DeepgramClient, DeepgramClientOptions, PrerecordedOptions
base, key, path = sys.argv[1:]
client = DeepgramClient(key, DeepgramClientOptions(url=base))
source = {"buffer": open(path, "rb").read()}
def ask(**options):
    answer = client.listen.rest.v("1").transcribe_file(source, PrerecordedOptions(model="nova-2", **options))
    return json.loads(answer.to_json())
print(json.dumps({
    "whole": ask(multichannel=True, smart_format=True, utterances=True, search=["calling"], tag=["mine"]),
    "plain": ask(),
}))
"""

ERRORS = (
    DEEPGRAM_CLIENT
    + """
from deepgram.core.api_error import ApiError
def name(call):
    try:
        call()
    except ApiError as error:
        return [error.status_code, error.body["err_code"], error.body["err_msg"]]
def ask(request=audio, key=key, **options):
    once = {"max_retries": 0}
    return client(key).listen.v1.media.transcribe_file(request=request, request_options=once, **options)
def fetch(url):
    return client().listen.v1.media.transcribe_url(url=url, request_options={"max_retries": 0})
print(json.dumps({
    "key": name(lambda: ask(key="wrong")),
    "audio": name(lambda: ask(b"no audio at all" * 100)),
    "empty": name(lambda: ask(b"")),
    "large": name(lambda: ask(bytes(21_000_000))),
    "foreign": name(lambda: fetch("https://example.com/a.wav")),
    "gone": name(lambda: fetch(base + "/api/calls/none/audio")),
    "redact": name(lambda: ask(redact="drug")),
    "callback": name(lambda: ask(callback="https://example.com")),
}))
"""
)


def first_call(store):
    """Return the call that was kept first, and what was said on it."""
    (*_, call) = store.page(limit=10).calls
    return store.call_with_utterances(call.call_id)


def said_by(said, track):
    return sorted((each for each in said if each.track == track), key=lambda each: each.start)


@pytest.mark.parametrize(("sdk", "script"), [("deepgram-7", NEW), ("deepgram-5", NEW), ("deepgram-4", OLD)])
def test_a_file_has_the_text_of_each_channel(server, store, talk, sdk, script):
    found = run_with(sdk, script, server.http, VIEWERS_TOKEN, talk)
    _, said = first_call(store)
    whole, plain = found["whole"], found["plain"]
    channels = [said_by(said, "inbound"), said_by(said, "outbound")]
    for channel, spoken in zip(whole["results"]["channels"], channels, strict=True):
        (alternative,) = channel["alternatives"]
        assert alternative["transcript"] == " ".join(each.formatted for each in spoken)
        pieces = [piece for each in spoken for piece in each.pieces]
        assert [word["punctuated_word"] for word in alternative["words"]] == [each.text for each in pieces]
        assert [word["start"] for word in alternative["words"]] == [each.start for each in pieces]
        assert 0.5 < alternative["confidence"] <= 1
        assert alternative["paragraphs"]["paragraphs"][0]["sentences"]
    hits = [hit for channel in whole["results"]["channels"] for hit in channel["search"][0]["hits"]]
    assert {hit["snippet"] for hit in hits} == {"calling"}
    in_order = sorted(said, key=lambda each: each.start)
    assert [each["transcript"] for each in whole["results"]["utterances"]] == [
        each.formatted for each in in_order
    ]
    assert [each["channel"] for each in whole["results"]["utterances"]] == [
        ["inbound", "outbound"].index(each.track) for each in in_order
    ]
    metadata = whole["metadata"]
    assert metadata["sha256"] == hashlib.sha256(talk.read_bytes()).hexdigest()
    assert metadata["duration"] == pytest.approx(20, abs=0.1)
    assert metadata["channels"] == 2
    assert metadata["request_id"] != plain["metadata"]["request_id"]
    (channel,) = plain["results"]["channels"]
    assert channel["alternatives"][0]["transcript"] == " ".join(each.text for each in in_order)
    assert "punctuated_word" not in channel["alternatives"][0]["words"][0] or (
        channel["alternatives"][0]["words"][0]["punctuated_word"] is None
    )


@pytest.mark.parametrize("sdk", ["deepgram-7", "deepgram-5"])
def test_every_error_has_its_status_and_a_sentence(server, talk, sdk):
    found = run_with(sdk, ERRORS, server.http, VIEWERS_TOKEN, talk)
    assert {name: error[:2] for name, error in found.items()} == {
        "key": [401, "INVALID_AUTH"],
        "audio": [400, "Bad Request"],
        "empty": [400, "Bad Request"],
        "large": [413, "PAYLOAD_TOO_LARGE"],
        "foreign": [400, "Bad Request"],
        "gone": [400, "Bad Request"],
        "redact": [400, "Bad Request"],
        "callback": [400, "Bad Request"],
    }
    assert all(error[2].endswith(".") for error in found.values())


def listen(server, talk, **parameters):
    answer = requests.post(
        f"{server.http}/v1/listen", data=talk.read_bytes(), params=parameters, headers=TOKEN, timeout=400
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def transcript(answer):
    return answer["results"]["channels"][0]["alternatives"][0]["transcript"]


def test_what_is_to_be_redacted_is(server, store, talk):
    answer = listen(server, talk, redact="numbers", smart_format="true")
    _, said = first_call(store)
    assert any(each.redactions for each in said)
    assert "[" in transcript(answer)
    assert "427351" not in transcript(answer)
    assert "427351" in transcript(listen(server, talk, smart_format="true"))


def test_key_terms_are_written_where_words_sound_like_them(server, talk):
    assert "David Millar" in transcript(listen(server, talk, keyterm=["David Millar"], smart_format="true"))


def test_another_language_is_ignored_with_a_warning(server, talk):
    answer = listen(server, talk, language="ko", unknown="1")
    assert [each["parameter"] for each in answer["metadata"]["warnings"]] == ["language"]
    assert transcript(answer)


def test_a_damaged_file_comes_with_a_warning(server, talk, tmp_path):
    short = tmp_path / "short.wav"
    short.write_bytes(talk.read_bytes()[:-200_000])
    (warning,) = listen(server, short)["metadata"]["warnings"]
    assert "breaks off" in warning["message"]


def test_audio_may_come_in_chunks_without_a_length(server, talk):
    def chunks():
        data = talk.read_bytes()
        for at in range(0, len(data), 50_000):
            yield data[at : at + 50_000]

    answer = requests.post(f"{server.http}/v1/listen", data=chunks(), headers=TOKEN, timeout=400)
    assert answer.status_code == 200, answer.text
    assert transcript(answer.json()) == transcript(listen(server, talk))


def test_a_call_that_is_kept_is_named_by_the_address_of_its_audio(server, store, talk):
    text = transcript(listen(server, talk))
    call, _ = first_call(store)
    answer = requests.post(
        f"{server.http}/v1/listen",
        json={"url": f"{server.http}/api/calls/{call.call_id}/audio"},
        headers=TOKEN,
        timeout=400,
    )
    assert transcript(answer.json()) == text


def test_a_number_that_is_said_in_groups_is_one_word(server, store):
    """A number's token goes on in the next utterances; the last of them has none of its own."""
    lines = [
        utterance_of(final(text, start=start))
        for text, start in (("my number is four one five", 1), ("five five five", 6), ("one two one two", 9))
    ]
    words = [Token(word, at, at + 1) for at, word in enumerate(("My", "number", "is"))]
    lines[0] = replace(lines[0], tokens=(*words, Token("415-555-1212.", 3, 13, "phone")))
    store.save_call(recording(), lines)
    body = {"url": f"{server.http}/api/calls/file-1/audio"}

    def asked(**parameters):
        answer = requests.post(
            f"{server.http}/v1/listen", json=body, params=parameters, headers=TOKEN, timeout=400
        )
        return answer.json()["results"]["channels"][0]["alternatives"][0]

    written = asked(smart_format="true")
    assert written["transcript"] == "My number is 415-555-1212."
    assert [word["word"] for word in written["words"]] == ["my", "number", "is", "415-555-1212"]
    assert written["words"][-1]["end"] == lines[-1].end
    assert asked()["transcript"] == " ".join(line.text for line in lines)


def answer_to(server, **options):
    url = f"{server.http}/v1/listen"
    answer = requests.post(url, headers=TOKEN, timeout=400, **options)
    return answer.status_code, answer.json().get("err_msg", "")


@pytest.mark.parametrize(
    "address", ["http://[x/api/calls/1/audio", "HERE/api/calls/\ud800/audio", "HERE/api/calls/%00/audio", 5]
)
def test_an_address_that_makes_no_sense_is_the_senders_fault(server, address):
    named = address if address == 5 else address.replace("HERE", server.http)
    assert answer_to(server, json={"url": named})[0] == 400


def test_a_kept_call_is_not_given_where_it_should_be_redacted(server, talk, store):
    listen(server, talk)
    call, _ = first_call(store)
    body = {"url": f"{server.http}/api/calls/{call.call_id}/audio"}
    status, said = answer_to(server, json=body, params={"redact": "numbers"})
    assert status == 400
    assert said.startswith("redact: ")


@pytest.mark.parametrize("redact", ["", "pci,numbers", ["ssn", "true"]])
def test_all_ways_to_ask_for_redaction_redact(server, talk, redact):
    answer = listen(server, talk, redact=redact, smart_format="true")
    assert "427351" not in transcript(answer)
    words = [word["word"] for word in answer["results"]["channels"][0]["alternatives"][0]["words"]]
    assert "[ACCOUNT_NUMBER]" in words


def test_a_file_is_kept_for_the_next_start_when_the_program_ends(server, talk, monkeypatch):
    monkeypatch.setattr("local_stt.jobs.runner.JobRunner.take_next", lambda _: None)
    monkeypatch.setattr(
        "local_stt.jobs.uploads.Uploads.wait",
        lambda self, key, *_: (setattr(self, "_closing", True), self.find(key))[1],
    )
    status, said = answer_to(server, data=talk.read_bytes())
    assert status == 503
    assert "next start goes on" in said


def test_a_busy_server_says_when_to_try_again(server, talk, monkeypatch):
    monkeypatch.setattr(Uploads, "max_waiting", 0)
    answer = requests.post(f"{server.http}/v1/listen", data=talk.read_bytes(), headers=TOKEN, timeout=400)
    assert answer.status_code == 429
    assert answer.json()["err_code"] == "TOO_MANY_REQUESTS"
    assert int(answer.headers["Retry-After"]) > 0


def test_a_file_that_does_not_begin_in_time_is_withdrawn(server, store, talk, monkeypatch):
    monkeypatch.setattr("local_stt.api.compat.submissions.START_SECONDS", 0.0)
    monkeypatch.setattr("local_stt.jobs.runner.JobRunner.take_next", lambda _: None)
    answer = requests.post(f"{server.http}/v1/listen", data=talk.read_bytes(), headers=TOKEN, timeout=400)
    assert answer.status_code == 429
    assert not list((store.recordings.folder.parent / "uploads").glob("[0-9a-f]*[0-9]"))
