"""The routes below `/api/recordings`, which take audio files to transcribe."""

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
"""Bytes that are read at once"""

MAX_PARTS = 20
"""Parts of a form, the file included"""

MAX_FIELD_BYTES = 256 * 1024
"""Bytes of a field beside the file, or of a part's head; more than the 64 kB that Werkzeug reads at once"""

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
    """Make the routes that take files; `uploads` is None where no files are taken."""
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
        """Return the largest size of a file in bytes."""
        return {"most_bytes": uploads.max_bytes if uploads else 0}

    @blueprint.post("/recordings")
    @blueprint.arguments(schemas.UploadQuery, location="query", unknown=RAISE)
    @blueprint.response(202, schemas.Upload)
    @blueprint.alt_response(409, schema=schemas.Error)
    @blueprint.alt_response(413, schema=schemas.Error)
    @blueprint.alt_response(507, schema=schemas.Error)
    @blueprint.doc(requestBody=BODY)
    def send(query: dict[str, Any]) -> Any:
        """Transcribe a file, which is the request's body or a part of a form.

        Only its beginning is checked now; `state` and `error` show later whether the rest can be read.
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
            raise NoRoomError(f"The file cannot be stored on disk ({error.strerror}): make room.") from error

    @blueprint.get("/recordings/<upload_id>")
    @blueprint.response(200, schemas.Upload)
    @blueprint.alt_response(404, schema=schemas.Error)
    @blueprint.alt_response(409, schema=schemas.Error)
    def progress(upload_id: str) -> Any:
        """Return the state of a file that was sent recently."""
        upload = there().find(upload_id)
        if upload is None:
            return {"error": f"No file {upload_id[:80]} was sent lately."}, 404
        return upload

    return blueprint


def _received(file: SparingFile) -> tuple[str, bool]:
    """Write the request's body to a file; return a form's name for it, and whether to mix its channels.

    Without a form the name is empty.  Raises `OSError` if there is no room for the file.
    """
    stream = request.stream  # this raises for a request that announces too large a body
    file.require_room(request.content_length or 0)
    if request.mimetype == "multipart/form-data":
        return _part(file)
    for block in iter(lambda: stream.read(BLOCK), b""):
        file.write(block)
    return "", False


def _part(file: SparingFile) -> tuple[str, bool]:
    """Write the file of a form, as `curl -F file=@talk.mp3` sends it; return as `_received` does."""
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
    """Say what is too large in the current request."""
    if 0 < (request.content_length or 0) <= max_bytes:
        return "The form has too much beside its file."
    return f"The file is larger than {max_bytes / 1e6:g} MB (LOCAL_STT_MAX_UPLOAD_MB): use `transcribe`."


def _named(name: str) -> str:
    if not 1 <= len(name) <= schemas.MAX_FILE_NAME:
        abort(422, message=f"name: {schemas.FILE_NAME}")
    return name
