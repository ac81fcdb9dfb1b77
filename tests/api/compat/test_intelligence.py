"""Twilio's own SDK and its Conversational Intelligence API, against a live server with the real engine."""

import base64
from datetime import UTC, datetime

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from helpers.events import save_call
from helpers.servers import VIEWERS_TOKEN
from helpers.waiting import wait_until
from local_stt.core.call_record import CallState

ACCOUNT = "AC" + "a1" * 16
SERVICE = "GA" + "0f" * 16

TALK = (
    "the water hose is torn and i am very angry about the water hose",
    "you can call me at four one five five five five one two one two please",
)
KEY = {"Authorization": VIEWERS_TOKEN}


@pytest.fixture
def client(server):
    client = Client(ACCOUNT, VIEWERS_TOKEN)
    client.intelligence.base_url = server.http
    return client


@pytest.fixture
def uploaded(server, talk):
    """The address of a file that was uploaded."""
    sent = requests.post(f"{server.http}/v2/upload", data=talk.read_bytes(), headers=KEY, timeout=400)
    return sent.json()["upload_url"]


def of(**media):
    return {"media_properties": media, "participants": [{"channel_participant": 1, "role": "Customer"}]}


def made(client, uploaded, **options):
    """Make a transcript of the uploaded file, and wait until it is done."""
    sid = client.intelligence.v2.transcripts.create(
        service_sid=options.pop("service_sid", SERVICE), channel=of(media_url=uploaded), **options
    ).sid
    transcript = client.intelligence.v2.transcripts(sid)
    wait_until(lambda: transcript.fetch().status == "completed")
    return transcript


def test_a_file_is_transcribed_and_read(client, uploaded, server):
    transcript = made(client, uploaded, customer_key="k1")
    fetched = transcript.fetch()
    assert (fetched.account_sid, fetched.service_sid, fetched.customer_key) == (ACCOUNT, SERVICE, "k1")
    assert fetched.duration == 20
    assert isinstance(fetched.date_created, datetime)
    assert fetched.channel["participants"][0]["role"] == "Customer"

    sentences = transcript.sentences.list(word_timestamps=True)
    assert [each.sentence_index for each in sentences] == list(range(len(sentences)))
    assert {each.media_channel for each in sentences} == {1, 2}
    (help_,) = [each for each in sentences if each.transcript == "How can I help you?"]
    assert help_.media_channel == 2
    assert [word["word"] for word in help_.words] == ["How", "can", "I", "help", "you"]
    assert float(help_.start_time) <= help_.words[0]["start_time"] < help_.words[-1]["end_time"]
    assert 0 < float(help_.confidence) <= 1
    assert all(each.sid.startswith("GX") for each in sentences)
    in_pages = transcript.sentences.list(page_size=2)
    assert [each.sid for each in in_pages] == [each.sid for each in sentences]
    assert in_pages[0].words is None

    media = transcript.media().fetch()
    assert requests.get(media.media_url, timeout=400).content.startswith(b"RIFF")
    found = {each.name: each for each in transcript.operator_results.list()}
    assert "clinic" in found["Conversation Summary"].text_generation_results["result"]

    assert transcript.delete() is True
    with pytest.raises(TwilioRestException) as caught:
        transcript.fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)
    assert client.intelligence.v2.transcripts.list() == []


def test_operators_find_what_a_call_was_about(client, store):
    save_call(store, "CA1", *TALK)
    channel = of(source_sid="CA1")
    transcript = client.intelligence.v2.transcripts.create(service_sid=SERVICE, channel=channel)
    listed = transcript.operator_results.list()
    assert [each.operator_type for each in listed] == [
        "text-generation",
        "conversation-classify",
        "pii-extract",
        "extract",
        "utterance-classify",
    ]
    found = {each.name: each for each in listed}
    summary = found["Conversation Summary"].text_generation_results
    assert summary["format"] == "text"
    assert "water hose" in summary["result"]
    assert found["Sentiment Analysis"].predicted_label == "negative"
    assert found["Entity Recognition"].extract_results["phone_number"] == ["415-555-1212"]
    assert "water hose" in found["Key Phrases"].extract_results["key_phrases"]
    (topic,) = found["Topics"].utterance_results
    sentences = transcript.sentences.list()
    assert (topic["label"], topic["text"]) == ("damage", sentences[topic["utterance_index"]].transcript)
    assert found["Topics"].utterance_match

    again = found["Topics"].fetch()
    assert (again.operator_sid, again.utterance_results) == (found["Topics"].operator_sid, [topic])
    redacted = transcript.operator_results.list(redacted=True)
    assert "415" not in str([each.__dict__ for each in redacted])
    assert redacted[2].extract_results["phone_number"] == ["[PHONE_NUMBER]"]
    with pytest.raises(TwilioRestException) as caught:
        client.intelligence.v2.transcripts(transcript.sid).operator_results(f"LY{'0' * 32}").fetch()
    assert caught.value.status == 404


def test_operators_are_the_same_for_every_service(client):
    intelligence = client.intelligence.v2
    listed = intelligence.operators.list()
    assert [each.friendly_name for each in listed][:2] == ["Conversation Summary", "Sentiment Analysis"]
    sids = [each.sid for each in listed]
    assert [each.sid for each in intelligence.prebuilt_operators.list()] == sids
    assert intelligence.custom_operators.list() == []
    assert intelligence.operators(sids[0]).fetch().operator_type == "text-generation"
    service = intelligence.services.create(unique_name="mine")
    assert service.read_only_attached_operator_sids == sids
    assert intelligence.operator_attachments(service.sid).fetch().operator_sids == sids
    with pytest.raises(TwilioRestException):
        intelligence.operators(f"LY{'0' * 32}").fetch()


def test_redacted_sentences_and_audio_give_nothing_away(client, uploaded):
    transcript = made(client, uploaded)
    plain = " ".join(each.transcript for each in transcript.sentences.list())
    redacted = " ".join(each.transcript for each in transcript.sentences.list(redacted=True))
    assert "427351" in plain
    assert "427351" not in redacted
    assert "ACCOUNT_NUMBER" in redacted
    heard, silent = (transcript.media().fetch(redacted=redacted).media_url for redacted in (False, True))
    assert requests.get(heard, timeout=400).content != requests.get(silent, timeout=400).content
    mixed = silent.split("?")[0].replace(".redacted", "") + "?" + silent.split("?")[1]
    assert requests.get(mixed, timeout=400).status_code == 403


def test_a_service_may_redact_by_itself(client, uploaded):
    service = client.intelligence.v2.services.create(unique_name="private", auto_redaction=True)
    transcript = made(client, uploaded, service_sid=service.sid)
    assert transcript.fetch().redaction is True
    assert "427351" not in " ".join(each.transcript for each in transcript.sentences.list())
    assert "427351" in " ".join(each.transcript for each in transcript.sentences.list(redacted=False))


def test_services_are_kept(client):
    services = client.intelligence.v2.services
    first = services.create(unique_name="one", friendly_name="The first", auto_transcribe=True)
    assert (first.unique_name, first.friendly_name, first.auto_transcribe) == ("one", "The first", True)
    assert first.sid.startswith("GA")
    assert services("one").fetch().sid == first.sid
    changed = services(first.sid).update(friendly_name="Another")
    assert (changed.friendly_name, changed.version) == ("Another", 2)
    services.create(unique_name="two")
    assert [each.unique_name for each in services.list(page_size=1)] == ["two", "one"]
    with pytest.raises(TwilioRestException) as caught:
        services.create(unique_name="two")
    assert caught.value.status == 409
    assert services("one").delete() is True
    with pytest.raises(TwilioRestException):
        services("one").fetch()
    with pytest.raises(TwilioRestException):
        services.create(unique_name="with an address", webhook_url="https://example.com")
    other = services.create(unique_name="three")
    for name in ("two", "", "a/b", ".", "..", "GA" + "0" * 32, "x" * 65):
        with pytest.raises(TwilioRestException):
            services(other.sid).update(unique_name=name)
    assert services(other.sid).update(friendly_name="Still the third").unique_name == "three"


def test_transcripts_are_listed_by_what_they_are(client, store):
    save_call(store, "CA1", "hello there")
    save_call(store, "CA2", "good bye")
    transcripts = client.intelligence.v2.transcripts
    began = datetime(2026, 1, 31, 12, tzinfo=UTC)
    first = transcripts.create(service_sid=SERVICE, channel=of(source_sid="CA1"), media_start_time=began)
    other = "GA" + "1e" * 16
    second = transcripts.create(service_sid=other, channel=of(source_sid="CA2"))
    assert first.status == second.status == "completed"

    def sids(**wanted):
        return [each.sid for each in transcripts.list(**wanted)]

    assert sids() == [second.sid, first.sid]
    assert sids(page_size=1) == [second.sid, first.sid]
    assert sids(limit=1) == [second.sid]
    assert sids(service_sid=SERVICE) == [first.sid]
    assert sids(source_sid="CA2") == [second.sid]
    assert sids(status="completed", language_code="en-US") == [second.sid, first.sid]
    assert sids(status="queued") == []
    assert sids(language_code="de-DE") == []
    assert sids(after_start_time="2026-01-31T11:00:00Z") == [first.sid]
    assert sids(before_start_time="2026-01-31T11:00:00Z") == []
    assert sids(after_date_created="2000-01-01T00:00:00Z") == [second.sid, first.sid]
    assert sids(before_date_created="2000-01-01T00:00:00Z") == []
    transcripts(first.sid).delete()
    assert store.call("CA1").state is CallState.ENDED
    assert sids() == [second.sid]


@pytest.mark.parametrize(
    ("service_sid", "channel", "said"),
    [
        ("nonsense", of(source_sid="CA1"), "ServiceSid"),
        (SERVICE, {}, "media_properties"),
        (SERVICE, of(source_sid="CA9"), "source_sid"),
        (SERVICE, of(media_url="https://example.com/a.wav"), "media_url: nothing is fetched"),
    ],
)
def test_what_cannot_be_transcribed_is_named(client, service_sid, channel, said):
    with pytest.raises(TwilioRestException) as caught:
        client.intelligence.v2.transcripts.create(service_sid=service_sid, channel=channel)
    assert (caught.value.status, caught.value.code) == (400, 20001)
    assert said in caught.value.msg


@pytest.mark.parametrize("began", ["yesterday", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_is_none_is_refused_when_it_comes(client, store, began):
    save_call(store, "CA1", "hello there")
    transcripts = client.intelligence.v2.transcripts
    with pytest.raises(TwilioRestException) as caught:
        transcripts.create(service_sid=SERVICE, channel=of(source_sid="CA1"), media_start_time=began)
    assert caught.value.status == 400
    assert transcripts.list() == []


def test_the_audio_of_a_deleted_call_is_not_found(client, uploaded, store):
    transcript = made(client, uploaded)
    address = transcript.media().fetch().media_url
    transcript.delete()
    assert requests.get(address, timeout=400).status_code == 404


def test_a_wrong_token_and_broken_json(server):
    client = Client(ACCOUNT, "wrong")
    client.intelligence.base_url = server.http
    with pytest.raises(TwilioRestException) as caught:
        client.intelligence.v2.transcripts("GT" + "0" * 32).fetch()
    assert (caught.value.status, caught.value.code) == (401, 20003)
    basic = base64.b64encode(f"{ACCOUNT}:{VIEWERS_TOKEN}".encode()).decode()
    answer = requests.post(
        f"{server.http}/v2/Transcripts",
        data={"ServiceSid": SERVICE, "Channel": '{"media_properties": {"source_sid": "\\ud800"}}'},
        headers={"Authorization": f"Basic {basic}"},
        timeout=400,
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
