"""Files as answers, whole or in the range that a player asks for."""

import re

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from ..store.recordings.folder import Snapshot

MAX_DIGITS = 19
"""Of a number of bytes that a file can have"""


def sent(recording: Snapshot, media_type: str, name: str) -> Response:
    """The answer with a recording, or with the part of it that the request in hand asks for.

    Flask's `send_file` would send more than it says of a recording that still grows.
    https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
    """
    response = Response(
        wrap_file(request.environ, recording), content_type=media_type, direct_passthrough=True
    )
    response.content_length = recording.size
    response.headers.set("Content-Disposition", "inline", filename=name)
    response.set_etag(recording.version)
    if not _is_one_range(recording.size):
        request.environ.pop("HTTP_RANGE", None)
    try:
        response.make_conditional(request, accept_ranges=True, complete_length=recording.size)
    except RequestedRangeNotSatisfiable:
        recording.close()
        raise
    return response


def _is_one_range(size: int) -> bool:
    """Whether the request is for one range of bytes; for anything else all of them are as good an answer."""
    found = re.fullmatch(r"bytes=(\d+-\d*|-(\d+))", request.headers.get("Range", ""), re.ASCII)
    last = ((found and found[2]) or "0")[:MAX_DIGITS]
    return bool(found and request.method == "GET" and int(last) <= size)
