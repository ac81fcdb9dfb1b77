"""Calls posted to a program that was written for Twilio's Real-Time Transcriptions."""

import json
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from helpers.events import final, recording, started
from helpers.servers import VIEWERS_TOKEN, Witness
from helpers.settings import settings_of
from helpers.webhooks import KEY
from local_stt.config.phonebook import Phone, Phonebook
from local_stt.config.settings import Settings, TwilioSettings, WebhookSettings
from local_stt.engine import EngineRouter
from local_stt.errors import SettingError
from local_stt.events import AudioSetAside, CallEnded, EndReason, Turn
from local_stt.hub import Hub
from local_stt.service.application import Application
from local_stt.service.public_address import check
from local_stt.service.storage import Storage
from local_stt.simulator import Caller, place_call
from local_stt.telephony.call_flow import load_phonebook
from local_stt.webhooks import Configuration, TwilioEndpoint
from stand_ins.receiver import webhook_receiver
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN

STARTED, CONTENT, STOPPED = (f"transcription-{event}" for event in ("started", "content", "stopped"))


def forms(receiver):
    """Return the fields of each post, whose signature is Twilio's."""
    read = []
    for post in receiver.posts:
        assert post.headers["content-type"].startswith("application/x-www-form-urlencoded")
        fields = dict(parse_qsl(post.body.decode(), keep_blank_values=True, strict_parsing=True))
        signature = post.headers["x-twilio-signature"]
        assert RequestValidator(AUTH_TOKEN).validate(receiver.url, fields, signature)
        assert not RequestValidator(AUTH_TOKEN).validate(receiver.url, fields | {"Track": "x"}, signature)
        read.append(fields)
    return read


def taken(receiver):
    """Return the kind and the number of each post."""
    return [(form["TranscriptionEvent"], int(form["SequenceId"])) for form in forms(receiver)]


def turn(text, *, is_over=True):
    words = final(text).words
    end = words[-1].end
    return Turn("CA1", "inbound", 0, is_over, True, 0.9, text, f"{text.capitalize()}.", 1.0, end, words, ())


def storage(folder, receiver, *, phonebook=None, **webhooks):
    settings = Settings(
        data_dir=folder,
        twilio=TwilioSettings(account_sid=ACCOUNT_SID, auth_token=AUTH_TOKEN),
        webhooks=WebhookSettings(transcription_callback_url=receiver.url, **webhooks),
    )
    return Storage(settings, lambda _: "demo-en", Hub(), phonebook=phonebook)


# One post


def test_a_post_is_signed_as_twilio_signs_and_named_the_same_each_time(receiver):
    endpoint = TwilioEndpoint(receiver.url, AUTH_TOKEN, ACCOUNT_SID, lambda _: Configuration())
    ended = {"type": "call-ended", "call_id": "CA1", "timestamp": "2026-11-20T13:15:02.345Z", "number": 3}
    for _ in range(2):
        endpoint.post("a-name", ended, at=0)
    assert taken(receiver) == [(STOPPED, 3)] * 2
    assert [post.headers["i-twilio-idempotency-token"] for post in receiver.posts] == ["a-name"] * 2


# The events of a call


def test_a_call_is_posted_in_order_with_the_settings_of_its_number(tmp_path, receiver):
    phonebook = Phonebook(Phone(language="en-US"), {"+15550002": Phone(language="en-GB")})
    with storage(tmp_path, receiver, phonebook=phonebook) as keep:
        for event in (
            started(),
            final("hello there"),
            turn("hello there", is_over=False),
            turn("hello there"),
            AudioSetAside("CA1", "inbound", 3.0, 5.0),
            CallEnded("CA1", EndReason.HUNG_UP, 9.5),
        ):
            keep(event)
        receiver.wait_for(4)
    assert taken(receiver) == [(STARTED, 1), (CONTENT, 2), ("transcription-error", 3), (STOPPED, 4)]
    beginning, said, *_ = forms(receiver)
    assert {form["CallSid"] for form in forms(receiver)} == {"CA1"}
    assert {form["AccountSid"] for form in forms(receiver)} == {ACCOUNT_SID}
    assert json.loads(said["TranscriptionData"]) == {"transcript": "Hello there.", "confidence": 0.9}
    assert (beginning["LanguageCode"], said["LanguageCode"]) == ("en-GB", "en-GB")
    assert json.loads(beginning["ProviderConfiguration"])["speechModel"] == "demo-en"


def test_a_file_that_is_kept_as_a_call_is_not_posted(tmp_path, receiver):
    with storage(tmp_path, receiver) as keep:
        keep.store.save_call(recording(), [])
        keep(started())
        receiver.wait_for(1)
    assert [form["CallSid"] for form in forms(receiver)] == ["CA1"]


def test_webhooks_to_the_same_address_are_posted_beside_it(tmp_path, receiver):
    with storage(tmp_path, receiver, url=receiver.url, key=KEY, finals=True) as keep:
        for event in (started(), final("hello"), turn("hello"), CallEnded("CA1", EndReason.HUNG_UP, 9.5)):
            keep(event)
        receiver.wait_for(5)
    of_json = [post for post in receiver.posts if "webhook-signature" in post.headers]
    receiver.posts = [post for post in receiver.posts if post not in of_json]
    assert taken(receiver) == [(STARTED, 1), (CONTENT, 2), (STOPPED, 3)]
    assert [post.event["type"] for post in of_json] == ["final", "call-ended"]
    assert not any("number" in post.event for post in of_json)


def test_what_is_not_delivered_is_posted_by_the_next_start(tmp_path):
    with webhook_receiver() as gone:
        pass
    with storage(tmp_path, gone) as keep:
        keep(started())
        keep(turn("hello"))
    with webhook_receiver(gone.port) as receiver, storage(tmp_path, receiver) as keep:
        keep(CallEnded("CA1", EndReason.HUNG_UP, 9.5))
        receiver.wait_for(3)
        assert taken(receiver) == [(STARTED, 1), (CONTENT, 2), (STOPPED, 3)]


@pytest.mark.model
def test_a_program_for_twilio_follows_calls_although_it_was_away_at_first(engine, tmp_path, demo_channels):
    failed, delivered = set(), []

    def answer(post):
        """Take a post, unless it is the beginning of a call for the first time."""
        name = post.headers["i-twilio-idempotency-token"]
        if STARTED.encode() in post.body and name not in failed:
            failed.add(name)
            return 503, {}
        delivered.append(post)
        return 200, {}

    with webhook_receiver() as receiver:
        receiver.answer = answer
        settings = settings_of(
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            transcription_callback_url=receiver.url,
            format_text=True,
            port=0,
            max_calls=10,
            token=VIEWERS_TOKEN,
            data_dir=tmp_path,
        )
        witness, phonebook = Witness(), load_phonebook(settings)
        with Application(settings, phonebook, EngineRouter(engine, {}), witness, public=False) as here:
            to = f"ws{here.server.local_url.removeprefix('http')}/stream"
            for call_id in ("CA1", "CA2"):
                place_call(demo_channels, to=to, caller=Caller(call_id), auth_token=AUTH_TOKEN, speed=40)
            witness.wait_for_ends(2)
            turns = [each for each in witness.of(Turn) if each.end_of_turn]
            starts_and_ends = 4
            receiver.wait_for(len(turns) + starts_and_ends + 2, seconds=400)
    assert len(failed) == 2
    receiver.posts = delivered
    for call_id in ("CA1", "CA2"):
        of_call = [form for form in forms(receiver) if form["CallSid"] == call_id]
        said = [each for each in turns if each.call_id == call_id]
        assert [form["SequenceId"] for form in of_call] == [str(at + 1) for at in range(len(said) + 2)]
        kinds = [form["TranscriptionEvent"] for form in of_call]
        assert kinds == [STARTED, *[CONTENT] * len(said), STOPPED]
        data = [json.loads(form["TranscriptionData"]) for form in of_call[1:-1]]
        assert [each["transcript"] for each in data] == [each.formatted for each in said]
        assert all(0 < each["confidence"] <= 1 for each in data)
        by_caller = " ".join(
            each["transcript"]
            for each, form in zip(data, of_call[1:-1], strict=True)
            if form["Track"] == "inbound_track"
        )
        assert "David Miller" in by_caller
        assert "427351" in by_caller


# Settings


def test_settings_that_do_not_go_together_are_refused():
    url = "https://name.example/calls?token=s3cret"
    unsigned = settings_of(transcription_callback_url=url)
    with pytest.raises(SettingError, match="set without TWILIO_AUTH_TOKEN, which signs") as caught:
        check(unsigned, load_phonebook(unsigned))
    assert "s3cret" not in str(caught.value) + repr(unsigned)
    unkept = settings_of(transcription_callback_url=url, auth_token=AUTH_TOKEN, keep_calls=False)
    with pytest.raises(SettingError, match=r"LOCAL_STT_KEEP_CALLS .*or unset TRANSCRIPTION_CALLBACK_URL\.$"):
        check(unkept, load_phonebook(unkept))
    kept = settings_of(transcription_callback_url=url, auth_token=AUTH_TOKEN)
    check(kept, load_phonebook(kept))
