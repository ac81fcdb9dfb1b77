"""The routes of Twilio's webhooks: for calls, and for the status of calls, recordings and streams."""

import logging
from collections.abc import Callable, Mapping

from flask import Blueprint, Response, request

from ..net.guards import Guard
from .admission import ASKED, SEPARATOR
from .call_flow import CallFlow
from .outbound import Dialer
from .recordings import RECORDING_COMPLETED, is_sid

logger = logging.getLogger(__name__)

STREAM_ERRORS = {
    "31901": "the connection to this server timed out",
    "31902": "the connection to this server was refused",
    "31910": "this server's TLS certificate was not accepted",
    "31920": "the WebSocket handshake was refused; often a signature made with another TWILIO_AUTH_TOKEN",
    "31921": "this server closed the connection",
    "31923": "the stream's URL is not valid",
    "31924": "the WebSocket protocol was violated",
    "31941": "the stream's track is not valid",
}
"""Meanings of Twilio's error codes of streams: https://www.twilio.com/docs/api/errors"""

Form = Mapping[str, str]


def webhooks(
    guard: Guard,
    call_flow: CallFlow,
    *,
    dialer: Dialer | None,
    on_recording: Callable[[Form], None] | None,
    account_sid: str,
) -> Blueprint:
    """Make the blueprint of the webhooks.

    `dialer` takes the status of calls that were placed from here, and `on_recording` each form that says that
    a recording of the account `account_sid` is complete; they are None where nobody needs to know.
    """
    blueprint = guard.protect(Blueprint("twilio", __name__))

    @blueprint.route("/call", methods=["GET", "POST"], strict_slashes=False)
    def call() -> Response:
        """Answer a call.  People set this address by hand, with the other method or a slash at its end."""
        asked = set(filter(None, request.args.get(ASKED, "").split(SEPARATOR)))
        return Response(call_flow.incoming(request.values, asked), mimetype="text/xml")

    @blueprint.post("/dialed")
    def dialed() -> Response:
        return Response(call_flow.dialed(request.form), mimetype="text/xml")

    @blueprint.post("/call-status")
    def call_status() -> tuple[str, int]:
        if dialer:
            dialer.on_status(request.form)
        return "", 204

    @blueprint.post("/recording-status")
    def recording_status() -> tuple[str, int]:
        if _is_complete_recording(request.form, account_sid):
            logger.info(
                "Twilio has recording %s of call %.64r",
                request.form["RecordingSid"],
                request.form.get("CallSid", ""),
            )
            if on_recording:
                on_recording(request.form)
        return "", 204

    @blueprint.post("/stream-status")
    def stream_status() -> tuple[str, int]:
        if request.form.get("StreamEvent") == "stream-error":
            _log_stream_error(request.form.get("CallSid", ""), request.form.get("StreamError", ""))
        return "", 204

    return blueprint


def _is_complete_recording(form: Form, account_sid: str) -> bool:
    return (
        form.get("AccountSid") == account_sid
        and form.get("RecordingStatus") == RECORDING_COMPLETED
        and is_sid(form.get("RecordingSid", ""))
    )


def _log_stream_error(call_id: str, error: str) -> None:
    code = next((code for code in STREAM_ERRORS if code in error), "")
    meaning = STREAM_ERRORS.get(code, "see https://www.twilio.com/docs/api/errors")
    logger.error("Twilio could not stream call %.64r: %.200r: %s", call_id, error, meaning)
