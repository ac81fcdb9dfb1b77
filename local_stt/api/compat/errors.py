"""Answer every error of a vendor's routes in the vendor's own shape."""

from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import HTTPException

from ...errors import AssistantError, AudioFileError, LocalSttError, NoSuchCall, NoSuchRecording, UploadError
from ...store import DatabaseError

RETRY_AFTER_SECONDS = 30
"""Seconds after which a program may try again where this one is busy"""

Shape = Callable[[int, str], dict[str, object]]
"""Makes the JSON of an error, from its status and a sentence"""


def error_alone(_: int, said: str) -> dict[str, object]:
    """Write an error as a sentence, which is all that some vendors have."""
    return {"error": said}


def answer_errors(blueprint: Blueprint, shape: Shape) -> None:
    """Answer errors on the routes of a blueprint in a shape.

    SDKs try again after 429 and from 500 on, so only an error that may pass has such a status.
    """

    def answer(error: Exception) -> Response:
        status, said, headers = _facts(error)
        response = jsonify(shape(status, said))
        response.status_code = status
        response.headers.update(headers)
        if status in (429, 503):
            response.headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))
        return response

    for kind in (HTTPException, LocalSttError, DatabaseError):
        blueprint.register_error_handler(kind, answer)


def _facts(error: Exception) -> tuple[int, str, dict[str, str]]:
    """Return the status of an error, a sentence about it, and headers."""
    if isinstance(error, HTTPException):
        details = getattr(error, "data", None) or {}
        said = details.get("message") or error.description or error.name
        return error.code or 500, said, details.get("headers", {})
    if isinstance(error, NoSuchCall | NoSuchRecording):
        return 404, str(error), {}
    if isinstance(error, AssistantError):
        return error.status, str(error), {}
    if isinstance(error, UploadError):
        return (429 if error.may_pass else 400), str(error), {}
    if isinstance(error, AudioFileError):
        return (503 if error.may_pass else 400), str(error), {}
    if isinstance(error, LocalSttError):
        return (503 if error.may_pass else 500), str(error), {}
    return 503, "The store cannot be reached at the moment.", {}
