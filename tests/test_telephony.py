"""TwiML and signatures."""

from xml.etree import ElementTree

import pytest
from twilio.request_validator import RequestValidator

from local_stt.telephony import twiml
from local_stt.telephony.signature import Signatures, sign

FORM = {"CallSid": "CA1", "From": "+15551234567", "To": "+15557654321"}


def answered(**changes):
    options = {
        "stream_url": "wss://name.example/stream",
        "status_url": "https://name.example/stream-status",
        "track": "both_tracks",
        "parameters": {"caller": "+1555", "callee": "+1666"},
        "greeting": "Hello <you> & all",
        "language": "en-US",
        "seconds": 14_400,
    }
    return ElementTree.fromstring(twiml.answer(**options | changes))


def test_the_call_is_streamed_greeted_and_held():
    response = answered()
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
    assert [verb.tag for verb in answered(greeting="")] == ["Start", "Pause"]


def test_a_parameter_stays_below_twilios_limit():
    (parameter,) = answered(parameters={"caller": "x" * 900}).findall("Start/Stream/Parameter")
    assert len(parameter.get("name") + parameter.get("value")) < 500


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
def test_any_other_webhook_is_refused(headers):
    assert not signatures().webhook_is_signed("/call", FORM, headers.get)


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
