"""TwiML and signatures."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from twilio.request_validator import RequestValidator

from local_stt.telephony import twiml
from local_stt.telephony.signature import Signatures, sign
from local_stt.telephony.twiml import Hold, Meet, Ring, Streaming

FORM = {"CallSid": "CA1", "From": "+15551234567", "To": "+15557654321"}


STREAMING = Streaming(
    "wss://name.example/stream",
    "https://name.example/stream-status",
    "both_tracks",
    {"caller": "+1555", "callee": "+1666"},
)


def answered(*says, streaming=STREAMING, then=Hold(14_400)):  # noqa: B008  (a constant)
    return ElementTree.fromstring(twiml.answer(streaming, says, "en-US", then))


def test_the_call_is_streamed_greeted_and_held():
    response = answered("Hello <you> & all")
    assert [verb.tag for verb in response] == ["Start", "Say", "Pause"]
    stream = response.find("Start/Stream")
    assert stream.attrib == {
        "url": "wss://name.example/stream",
        "track": "both_tracks",
        "name": "local_stt",
        "statusCallback": "https://name.example/stream-status",
        "statusCallbackMethod": "POST",
    }
    assert {each.get("name"): each.get("value") for each in stream} == {"caller": "+1555", "callee": "+1666"}
    assert response.find("Say").text == "Hello <you> & all"
    assert response.find("Pause").get("length") == "14400"


def test_without_a_greeting_nothing_is_said():
    assert [verb.tag for verb in answered("")] == ["Start", "Pause"]


def test_a_parameter_stays_below_twilios_limit():
    long = replace(STREAMING, parameters={"caller": "x" * 900})
    (parameter,) = answered(streaming=long).findall("Start/Stream/Parameter")
    assert len(parameter.get("name") + parameter.get("value")) < 500


def test_another_telephone_rings_and_shows_who_calls():
    dial = answered("hello", then=Ring("+15557654321", 25, "https://name.example/dialed")).find("Dial")
    assert dial.attrib == {
        "timeout": "25",
        "action": "https://name.example/dialed",
        "method": "POST",
        "timeLimit": "14400",
    }
    assert [(each.tag, each.text) for each in dial] == [("Number", "+15557654321")]
    placed = answered(then=Ring("+1", 25, "https://x", caller_id="+15550001")).find("Dial")
    assert placed.get("callerId") == "+15550001"


def test_callers_meet_in_a_room():
    response = answered(then=Meet("team"))
    assert response.find("Dial/Conference").text == "team"


def test_nothing_more_is_hanging_up():
    assert [verb.tag for verb in answered(streaming=None, then=None)] == ["Hangup"]


def signatures(*tokens):
    return Signatures(tokens or ("secret",), ["https://name.example", "http://127.0.0.1:8080"])


def test_a_webhook_signed_for_one_of_our_addresses_is_taken():
    for base in ("https://name.example", "http://127.0.0.1:8080"):
        assert signatures().webhook_is_signed("/call?x=1", FORM, sign("secret", f"{base}/call?x=1", FORM).get)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "rubbish"},
        {"X-Twilio-Signature": "é"},
        sign("other", "https://name.example/call", FORM),
        sign("secret", "https://elsewhere.example/call", FORM),
        sign("secret", "https://name.example/call", FORM | {"From": "+1"}),
        sign("secret", "https://name.example/call", FORM)
        | {"X-Twilio-Webhooks-Signature-Settings": "algorithm=NONE"},
    ],
)
def test_any_other_webhook_is_refused(headers, caplog):
    assert not signatures().webhook_is_signed("/call", FORM, headers.get)
    assert caplog.text == ""


def test_a_handshake_is_signed_over_the_wss_address_with_or_without_a_slash():
    for url in ("wss://name.example/stream", "wss://name.example/stream/", "ws://127.0.0.1:8080/stream"):
        assert signatures().handshake_is_signed("/stream", sign("secret", url, {}).get)
    assert not signatures().handshake_is_signed(
        "/stream", sign("secret", "https://name.example/stream", {}).get
    )


def test_two_tokens_are_accepted_during_a_rotation():
    both = signatures("new", "old")
    for token in ("new", "old"):
        assert both.webhook_is_signed("/call", FORM, sign(token, "https://name.example/call", FORM).get)


def test_the_newer_sha256_signature_is_understood():
    signature = RequestValidator("secret").compute_signature("https://name.example/call", FORM, "HMAC_SHA256")
    headers = {
        "X-Twilio-Signature": signature,
        "X-Twilio-Webhooks-Signature-Settings": "key=k1,algorithm=HMAC_SHA256",
    }
    assert signatures().webhook_is_signed("/call", FORM, headers.get)
