"""Each event as Twilio posts it (https://www.twilio.com/docs/voice/twiml/transcription#statuscallbackurl)."""

import json
import re

import pytest

from local_stt.events import NAMES, AudioSetAside, CallEnded, CallStarted, EndReason, Turn, Word, to_dict
from local_stt.webhooks.transcription_form import EVENTS, Configuration, form_of, transcription_sid

CALL_ID = "CA" + "5" * 32
ACCOUNT = "AC" + "1" * 32
ENGLISH = Configuration(language="en-US", model="demo-en")

OF_ALL = {
    "AccountSid": ACCOUNT,
    "CallSid": CALL_ID,
    "TranscriptionSid": transcription_sid(CALL_ID),
    "Timestamp": "2026-11-20T13:15:02.345Z",
    "SequenceId": "7",
}


def posted(event, configuration=ENGLISH, account=ACCOUNT):
    """Return the fields of the seventh event of a call."""
    queued = {**to_dict(event), "timestamp": "2026-11-20T13:15:02.345Z", "number": 7}
    return form_of(json.loads(json.dumps(queued)), account, configuration)


def turn(formatted, *confidences, track="inbound"):
    words = tuple(Word("word", 1.0 + at, 1.5 + at, value) for at, value in enumerate(confidences))
    return Turn(CALL_ID, track, 0, True, True, 0.9, "words", formatted, 1.0, 2.0, words, ())


def test_the_start_says_how_the_call_is_transcribed():
    fields = posted(CallStarted(CALL_ID, ("inbound", "outbound"), "+15550001", "+15550002"))
    assert json.loads(fields.pop("ProviderConfiguration")) == {
        "profanityFilter": "false",
        "speechModel": "demo-en",
        "enableAutomaticPunctuation": "true",
    }
    assert fields == OF_ALL | {
        "TranscriptionEvent": "transcription-started",
        "TranscriptionEngine": "local_stt",
        "Track": "both_tracks",
        "PartialResults": "false",
        "LanguageCode": "en-US",
    }


@pytest.mark.parametrize(
    ("tracks", "track"),
    [
        (("inbound",), "inbound_track"),
        (("outbound",), "outbound_track"),
        (("inbound", "outbound"), "both_tracks"),
    ],
)
def test_the_start_names_the_tracks(tracks, track):
    assert posted(CallStarted(CALL_ID, tracks))["Track"] == track


def test_a_turn_is_content_as_people_write_it():
    fields = posted(turn("¿Qué? Call 415-555-1212.", 0.9, 0.8, 0.85, track="outbound"))
    assert fields == OF_ALL | {
        "TranscriptionEvent": "transcription-content",
        "LanguageCode": "en-US",
        "Track": "outbound_track",
        "TranscriptionData": '{"transcript":"¿Qué? Call 415-555-1212.","confidence":0.85}',
        "Final": "true",
    }


def test_the_end_of_a_call_has_no_fields_of_its_own():
    fields = posted(CallEnded(CALL_ID, EndReason.FAILED, 9.5))
    assert fields == OF_ALL | {"TranscriptionEvent": "transcription-stopped"}


def test_audio_that_is_set_aside_is_an_error():
    fields = posted(AudioSetAside(CALL_ID, "inbound", 3.0, 5.25))
    assert fields == OF_ALL | {
        "TranscriptionEvent": "transcription-error",
        "TranscriptionErrorCode": "32655",
        "TranscriptionError": "inbound_track could not be recognized from 3.0 s to 5.2 s",
    }


def test_what_is_not_known_is_left_out():
    fields = posted(turn("hello", 0.9), Configuration(), account="")
    assert "AccountSid" not in fields
    assert "LanguageCode" not in fields


def test_a_transcription_has_a_sid_of_twilios_shape_that_stays():
    assert re.fullmatch("GT[0-9a-f]{32}", transcription_sid(CALL_ID))
    assert transcription_sid(CALL_ID) == "GT65383f3edd2c6964e28d8f6b99de47d8"
    assert transcription_sid("CA2") != transcription_sid(CALL_ID)


def test_no_event_has_a_number_of_a_telephone():
    events = [
        CallStarted(CALL_ID, ("inbound",), "+15550001", "+15550002"),
        turn("hello", 0.9),
        CallEnded(CALL_ID, EndReason.HUNG_UP, 9.5),
        AudioSetAside(CALL_ID, "inbound", 3.0, 5.25),
    ]
    assert {NAMES[type(event)] for event in events} == {NAMES[kind] for kind in EVENTS}
    assert not any("+1555" in value for event in events for value in posted(event).values())
