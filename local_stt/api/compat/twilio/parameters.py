"""Read what a program asks Twilio's Conversational Intelligence for.

Source: https://www.twilio.com/docs/conversational-intelligence/api/transcript-resource
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import abort, request

from ....jobs.sources import KeptCall, Recording, Source
from ....jobs.transcripts import Transcript
from ..json_text import read_object
from ..parameters import TRUE
from ..sources import refusal, source_of
from . import answers

_RECORDING = re.compile("RE[0-9a-f]{32}")


def account() -> str:
    """Return the account that the program names as the user, as Twilio's API has it in all answers."""
    return (request.authorization.username if request.authorization else None) or ""


def resource(kind: str, sid: str) -> str:
    return f"{request.host_url}v2/{kind}/{sid}"


def flag_in(values: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    value = values.get(name, "")
    return value.lower() in TRUE if value else default


def read_channel() -> dict[str, Any]:
    """Read what the transcript is of, which comes as JSON in a field of the form."""
    try:
        return read_object(request.form.get("Channel", ""))
    except ValueError as error:
        abort(400, f"Channel: this is no JSON that can be read: {error}.")


def media_start_time() -> str | None:
    """Read when the recording began; refuse what is no time."""
    at = _read_time(request.form.get("MediaStartTime", ""))
    return answers.moment(round(1000 * at.timestamp())) if at else None


def media_properties(channel: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = channel.get("media_properties")
    return properties if isinstance(properties, dict) else {}


def source_in(channel: Mapping[str, Any]) -> Source:
    """Return what the transcript is of; where both are given, the address wins."""
    properties = media_properties(channel)
    address, sid = properties.get("media_url"), properties.get("source_sid")
    if isinstance(address, str) and address:
        if source := source_of(address, request.host):
            return source
        abort(400, refusal("media_url", request.host))
    if not (isinstance(sid, str) and sid):
        abort(400, "Channel: media_properties has neither source_sid nor media_url.")
    return Recording(sid) if _RECORDING.fullmatch(sid) else KeptCall(sid)


def read_filter(language: str) -> Callable[[Transcript], bool]:
    """Read which transcripts are wanted."""
    exact = {
        name: request.args[parameter]
        for parameter, name in (("ServiceSid", "service_sid"), ("SourceSid", "source_sid"))
        if request.args.get(parameter)
    }
    status, code = request.args.get("Status"), request.args.get("LanguageCode")
    created = _between("DateCreated")
    started = _between("StartTime")

    def is_wanted(kept: Transcript) -> bool:
        begun = kept.request["media_start_time"]
        return (
            all(kept.request[name] == value for name, value in exact.items())
            and status in (None, "", answers.STATUSES[kept.state])
            and code in (None, "", language)
            and created(answers.moment(kept.created_at))
            and (started(begun) if begun else not _has_bounds("StartTime"))
        )

    return is_wanted


def _has_bounds(name: str) -> bool:
    return any(request.args.get(f"{bound}{name}") for bound in ("Before", "After"))


def _between(name: str) -> Callable[[str], bool]:
    """Return a check of whether a time is within the bounds that the request has for it."""
    bounds = [_read_time(request.args.get(f"{bound}{name}", "")) for bound in ("After", "Before")]

    def is_between(text: str) -> bool:
        at = _read_time(text)
        return at is None or ((bounds[0] is None or at > bounds[0]) and (bounds[1] is None or at < bounds[1]))

    return is_between


def _read_time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        abort(400, f"{text[:30]!r} is no time such as 2026-01-31T12:00:00Z.")
