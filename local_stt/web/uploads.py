"""`/api/recordings`: audio files that viewers send to be transcribed."""

import contextlib
import tempfile
from dataclasses import asdict
from io import BufferedRandom, RawIOBase
from pathlib import Path
from typing import Any, BinaryIO, cast

from flask import request
from flask_smorest import Blueprint, abort
from marshmallow import RAISE, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from ..errors import UploadError
from ..transcription import shown
from ..unbuffered import write_all
from ..uploads import Upload, Uploads
from . import schemas

UPLOADS = "uploads"
"""The blueprint's name"""

BLOCK = 256 * 1024
"""Bytes"""

MOST_PARTS = 20
"""Of a form; one is the file"""
BODY = {
    "required": True,
    "description": "the file's bytes",
    "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "mono": {"type": "boolean", "default": False, "description": schemas.MONO},
                },
                "required": ["file"],
            }
        },
    },
}


def uploading(uploads: Uploads | None) -> Blueprint:
    """What is asked of uploads; None where no files are taken."""
    blueprint = Blueprint(UPLOADS, __name__, url_prefix="/api", description="Audio files to transcribe")

    def there() -> Uploads:
        if uploads is None:
            raise UploadError("No files are taken here (LOCAL_STT_MAX_UPLOAD_MB).")
        return uploads

    @blueprint.get("/recordings")
    @blueprint.response(200, schemas.Uploading)
    def limits() -> dict[str, Any]:
        """How large a file may be."""
        return {"most_bytes": uploads.most_bytes if uploads else 0}

    @blueprint.post("/recordings")
    @blueprint.arguments(schemas.UploadQuery, location="query", unknown=RAISE)
    @blueprint.response(202, schemas.Upload)
    @blueprint.alt_response(409, schema=schemas.Error)
    @blueprint.alt_response(413, schema=schemas.Error)
    @blueprint.doc(requestBody=BODY)
    def send(query: dict[str, Any]) -> Any:
        """Have a file transcribed, which is the request's body, or a part of it as forms send files."""
        files = there()
        files.check_room()
        request.max_content_length = files.most_bytes
        with contextlib.ExitStack() as stack:
            try:
                name, file, mono = _received(stack, files.folder)
            except RequestEntityTooLarge:
                abort(
                    413,
                    message=f"The file is larger than {files.most_bytes / 1e6:g} MB "
                    "(LOCAL_STT_MAX_UPLOAD_MB): use `transcribe`.",
                )
            except OSError as error:
                raise UploadError(
                    f"The file cannot be held on disk ({error.strerror}): make room."
                ) from error
            upload = files.add(shown(_named(query["name"] or name)), file, mono=query["mono"] or mono)
            stack.pop_all()  # it is closed when it is done
        return _told(upload)

    @blueprint.get("/recordings/<upload_id>")
    @blueprint.response(200, schemas.Upload)
    @blueprint.alt_response(404, schema=schemas.Error)
    @blueprint.alt_response(409, schema=schemas.Error)
    def progress(upload_id: str) -> Any:
        """What became of a file that was sent not long ago."""
        upload = there().find(upload_id)
        if upload is None:
            return {"error": f"No file {upload_id[:80]} was sent lately."}, 404
        return _told(upload)

    return blueprint


def _received(stack: contextlib.ExitStack, folder: Path) -> tuple[str, RawIOBase, bool]:
    """Take the file that is sent, and what a form says of it: its name, and whether to mix its channels.

    The stack closes the file.

    Raises `OSError` when the disk is full.
    """
    if request.mimetype == "multipart/form-data":
        return _part(stack, folder)
    file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115  (the stack closes it)
    stack.callback(file.close)
    for block in iter(lambda: request.stream.read(BLOCK), b""):
        write_all(file, block)
    return "", file, False


def _part(stack: contextlib.ExitStack, folder: Path) -> tuple[str, RawIOBase, bool]:
    """Take the file of a form, as `curl -F file=@talk.mp3` sends it."""

    def opened(*_: object, **__: object) -> BinaryIO:
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  (the stack closes it)
        stack.callback(file.raw.close)  # whether it is detached by then or not
        return file

    parser = FormDataParser(stream_factory=opened, max_form_parts=MOST_PARTS, silent=False)
    try:
        parsed = parser.parse(request.stream, request.mimetype, None, request.mimetype_params)
    except ValueError:
        abort(422, message="This is not a form as browsers and curl send it.")
    sent = [part for parts in parsed[2].listvalues() for part in parts]
    if len(sent) != 1:
        abort(422, message="Send one file a request: as the body, or as in curl -F file=@talk.mp3.")
    try:
        form = schemas.UploadForm().load(parsed[1].to_dict())
    except ValidationError as error:
        abort(422, messages=error.messages)
    return sent[0].filename or "", cast(BufferedRandom, sent[0].stream).detach(), form["mono"]


def _named(name: str) -> str:
    if not 1 <= len(name) <= schemas.LONGEST_FILE_NAME:
        abort(422, message=f"name: {schemas.FILE_NAME}")
    return name


def _told(upload: Upload) -> dict[str, Any]:
    return {**asdict(upload), "state": str(upload.state)}
