"""Write events as the fields that Twilio posts of its Real-Time Transcriptions.  No I/O, no clock.

https://www.twilio.com/docs/voice/twiml/transcription#statuscallbackurl
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..events import NAMES, AudioSetAside, CallEnded, CallStarted, Event, Turn

ENGINE = "local_stt"
"""The engine, where Twilio names `google` or `deepgram`"""

PROVIDER_UNAVAILABLE = "32655"
"""Twilio's code for speech that its provider could not recognize (https://www.twilio.com/docs/api/errors)"""


@dataclass(frozen=True, slots=True)
class Configuration:
    """How a call is transcribed."""

    language: str = ""
    """BCP-47, for example `en-US`"""
    model: str = ""
    is_formatted: bool = True
    masks_profanity: bool = False


def form_of(event: Mapping[str, Any], account_sid: str, configuration: Configuration) -> dict[str, str]:
    """Return the fields of an event of `EVENTS`, as a numbered `Subscription` queued it.

    A field without a value is left out, as many programs drop it before they check the signature.
    """
    event_name, fields_of = _BY_NAME[event["type"]]
    fields = {
        "AccountSid": account_sid,
        "CallSid": event["call_id"],
        "TranscriptionSid": transcription_sid(event["call_id"]),
        "Timestamp": event["timestamp"],
        "SequenceId": str(event["number"]),
        "TranscriptionEvent": event_name,
        **fields_of(event, configuration),
    }
    return {name: value for name, value in fields.items() if value}


def transcription_sid(call_id: str) -> str:
    """Return the SID of a call's transcription: always the same for a call, in the shape of Twilio's."""
    return "GT" + hashlib.sha256(call_id.encode()).hexdigest()[:32]


def _started(event: Mapping[str, Any], configuration: Configuration) -> dict[str, str]:
    provider = {
        "profanityFilter": _written(configuration.masks_profanity),
        "speechModel": configuration.model,
        "enableAutomaticPunctuation": _written(configuration.is_formatted),
    }
    return {
        "ProviderConfiguration": _json(provider),
        "TranscriptionEngine": ENGINE,
        "Track": _tracks(event["tracks"]),
        "PartialResults": "false",
        "LanguageCode": configuration.language,
    }


def _content(turn: Mapping[str, Any], configuration: Configuration) -> dict[str, str]:
    confidences = [word["confidence"] for word in turn["words"]]
    data = {
        "transcript": turn["formatted"],
        "confidence": round(sum(confidences) / len(confidences), 4),
    }
    return {
        "LanguageCode": configuration.language,
        "Track": _tracks([turn["track"]]),
        "TranscriptionData": _json(data),
        "Final": "true",
    }


def _stopped(_: Mapping[str, Any], __: Configuration) -> dict[str, str]:
    return {}


def _error(lost: Mapping[str, Any], _: Configuration) -> dict[str, str]:
    return {
        "TranscriptionErrorCode": PROVIDER_UNAVAILABLE,
        "TranscriptionError": (
            f"{_tracks([lost['track']])} could not be recognized "
            f"from {lost['start']:.1f} s to {lost['end']:.1f} s"
        ),
    }


FieldsOf = Callable[[Mapping[str, Any], Configuration], dict[str, str]]
"""Makes the fields that only one kind of event has"""

EVENTS: dict[type[Event], tuple[str, FieldsOf]] = {
    CallStarted: ("transcription-started", _started),
    Turn: ("transcription-content", _content),
    AudioSetAside: ("transcription-error", _error),
    CallEnded: ("transcription-stopped", _stopped),
}
"""The events that Twilio has too, with its name and the fields of each"""

_BY_NAME = {NAMES[kind]: each for kind, each in EVENTS.items()}


def _tracks(tracks: Collection[str]) -> str:
    return f"{next(iter(tracks))}_track" if len(tracks) == 1 else "both_tracks"


def _written(value: bool) -> str:
    return "true" if value else "false"


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
