"""`/api/recordings`: audio files that viewers send to be transcribed."""

from typing import IO, Any, cast

from flask import request
from flask_smorest import abort
from marshmallow import RAISE, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from ..errors import NoRoomError, UploadError
from ..jobs.uploads import Uploads
from ..net.guards import Guard
from ..system.reserve import SparingFile
from ..transcription import display_name
from . import schemas
from .blueprint import ApiBlueprint

BLOCK = 256 * 1024
"""Bytes"""

MAX_PARTS = 20
"""Of a form; one is the file"""

MAX_FIELD_BYTES = 256 * 1024
"""Bytes of a field beside it, or of a part's head; Werkzeug reads 64 kB at a time, which must be less"""

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


def uploading(guard: Guard, uploads: Uploads | None) -> ApiBlueprint:
    """What is asked of uploads; None where no files are taken."""
    blueprint = guard.protect(
        ApiBlueprint("uploads", __name__, url_prefix="/api", description="Audio files to transcribe")
    )

    def there() -> Uploads:
        if uploads is None:
            raise UploadError("No files are taken here (LOCAL_STT_MAX_UPLOAD_MB).")
        return uploads

    @blueprint.get("/recordings")
    @blueprint.response(200, schemas.Uploading)
    def limits() -> dict[str, Any]:
        """How large a file may be."""
        return {"most_bytes": uploads.max_bytes if uploads else 0}

    @blueprint.post("/recordings")
    @blueprint.arguments(schemas.UploadQuery, location="query", unknown=RAISE)
    @blueprint.response(202, schemas.Upload)
    @blueprint.alt_response(409, schema=schemas.Error)
    @blueprint.alt_response(413, schema=schemas.Error)
    @blueprint.alt_response(507, schema=schemas.Error)
    @blueprint.doc(requestBody=BODY)
    def send(query: dict[str, Any]) -> Any:
        """Have a file transcribed, which is the request's body, or a part of it as forms send files.

        What is in it is found out later, but for what its beginning shows: see `state` and `error`.
        """
        files = there()
        request.max_content_length = files.max_bytes
        try:
            with files.receive() as arrival:
                name, mono = _received(arrival.file)
                return files.add(
                    arrival, display_name(_named(query["name"] or name)), mono=query["mono"] or mono
                )
        except RequestEntityTooLarge:
            abort(413, message=_too_large(files.max_bytes))
        except OSError as error:
            raise NoRoomError(f"The file cannot be held on disk ({error.strerror}): make room.") from error

    @blueprint.get("/recordings/<upload_id>")
    @blueprint.response(200, schemas.Upload)
    @blueprint.alt_response(404, schema=schemas.Error)
    @blueprint.alt_response(409, schema=schemas.Error)
    def progress(upload_id: str) -> Any:
        """What became of a file that was sent not long ago."""
        upload = there().find(upload_id)
        if upload is None:
            return {"error": f"No file {upload_id[:80]} was sent lately."}, 404
        return upload

    return blueprint


def _received(file: SparingFile) -> tuple[str, bool]:
    """Write what is sent to a file; return what a form says of it: its name, and whether to mix its channels.

    Raises `OSError` when there is no room for it.
    """
    stream = request.stream  # what announces that it is too large is refused here
    file.require_room(request.content_length or 0)
    if request.mimetype == "multipart/form-data":
        return _part(file)
    for block in iter(lambda: stream.read(BLOCK), b""):
        file.write(block)
    return "", False


def _part(file: SparingFile) -> tuple[str, bool]:
    """Write the file of a form, as `curl -F file=@talk.mp3` sends it."""
    parser = FormDataParser(
        stream_factory=lambda *_, **__: cast(IO[bytes], file),  # a second one is refused below
        max_form_memory_size=MAX_FIELD_BYTES,
        max_form_parts=MAX_PARTS,
        silent=False,
    )
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
    return sent[0].filename or "", form["mono"]


def _too_large(max_bytes: int) -> str:
    """Say of the request in hand what is too large."""
    if 0 < (request.content_length or 0) <= max_bytes:
        return "The form has too much beside its file."
    return f"The file is larger than {max_bytes / 1e6:g} MB (LOCAL_STT_MAX_UPLOAD_MB): use `transcribe`."


def _named(name: str) -> str:
    if not 1 <= len(name) <= schemas.MAX_FILE_NAME:
        abort(422, message=f"name: {schemas.FILE_NAME}")
    return name
