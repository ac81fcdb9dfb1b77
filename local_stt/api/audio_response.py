"""Answer with a file, whole or in the range that a player asks for."""

import re
from typing import IO, cast

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file

from ..store.recordings.snapshot import Snapshot

MAX_DIGITS = 19
"""Digits of the largest number of bytes that a file can have"""


def sent(recording: Snapshot, media_type: str, name: str) -> Response:
    """Return the answer with a recording, or with the part of it that the current request asks for.

    Flask's `send_file` would send more than it announces of a recording that still grows.  Raises
    `RequestedRangeNotSatisfiable`.  Source: https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
    """
    response = Response(
        wrap_file(request.environ, cast(IO[bytes], recording)),
        content_type=media_type,
        direct_passthrough=True,
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
    """Tell whether the request is for one range of bytes; any other may be answered with all of them."""
    found = re.fullmatch(r"bytes=(\d+-\d*|-(\d+))", request.headers.get("Range", ""), re.ASCII)
    last = ((found and found[2]) or "0")[:MAX_DIGITS]
    return bool(found and request.method == "GET" and int(last) <= size)
