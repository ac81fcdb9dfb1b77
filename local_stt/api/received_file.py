"""Write the file of a request to disk: its body, or a part of a form."""

import contextlib
from collections.abc import Iterator
from typing import IO, cast

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from ..errors import NoRoomError
from ..jobs.upload_folder import Arrival
from ..jobs.uploads import Uploads
from ..system.reserve import SparingFile

BLOCK = 256 * 1024
"""Bytes that are read at once"""

MAX_PARTS = 20
"""Parts of a form, the file included"""

MAX_FIELD_BYTES = 256 * 1024
"""Bytes of a field beside the file, or of a part's head; more than the 64 kB that Werkzeug reads at once"""


class NoFile(ValueError):  # noqa: N818  (the sender's, not ours)
    """A form is malformed, or does not have exactly one file."""


@contextlib.contextmanager
def receive(uploads: Uploads) -> Iterator[Arrival]:
    """Reserve a place for the file of the request, which is deleted unless it is added.

    Raises `BusyError` if no place is free, `NoRoomError` for a file that does not fit on the disk, an error
    with status 413 for one that is too large, and SQLAlchemy's errors.
    """
    request.max_content_length = uploads.max_bytes
    try:
        with uploads.receive() as arrival:
            yield arrival
    except RequestEntityTooLarge as error:
        error.description = _too_large(uploads.max_bytes)
        raise
    except OSError as error:
        raise NoRoomError(f"The file cannot be stored on disk ({error.strerror}): make room.") from error


def is_form() -> bool:
    """Tell whether the request is a form with a file."""
    return request.mimetype == "multipart/form-data"


def write_body(file: SparingFile) -> None:
    """Write the request's body to a file.  Raises `OSError` if there is no room for it."""
    stream = request.stream  # this raises for a request that announces too large a body
    file.require_room(request.content_length or 0)
    for block in iter(lambda: stream.read(BLOCK), b""):
        file.write(block)


def write_form_file(file: SparingFile) -> tuple[str, MultiDict[str, str]]:
    """Write the file of a form, as `curl -F file=@talk.mp3` sends it; return its name, and the other fields.

    The name is empty if the form has none.  Raises `NoFile`, and `OSError` if there is no room for the file.
    """
    parser = FormDataParser(
        stream_factory=lambda *_, **__: cast(IO[bytes], file),  # a second one is refused below
        max_form_memory_size=MAX_FIELD_BYTES,
        max_form_parts=MAX_PARTS,
        silent=False,
    )
    stream = request.stream  # this raises for a request that announces too large a body
    file.require_room(request.content_length or 0)
    try:
        _, fields, files = parser.parse(stream, request.mimetype, None, request.mimetype_params)
    except ValueError as error:
        raise NoFile("This is not a form as browsers and curl send it.") from error
    sent = [part for parts in files.listvalues() for part in parts]
    if len(sent) != 1:
        raise NoFile("Send one file a request: as the body, or as in curl -F file=@talk.mp3.")
    return sent[0].filename or "", fields


def _too_large(max_bytes: int) -> str:
    """Say what is too large in the current request."""
    if 0 < (request.content_length or 0) <= max_bytes:
        return "The form has too much beside its file."
    return f"The file is larger than {max_bytes / 1e6:g} MB (LOCAL_STT_MAX_UPLOAD_MB): use `transcribe`."
