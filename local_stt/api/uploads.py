"""The routes below `/api/recordings`, which take audio files to transcribe."""

from typing import Any

from flask_smorest import abort
from marshmallow import RAISE, ValidationError

from ..errors import UploadError
from ..jobs.file_options import FileOptions
from ..jobs.uploads import Uploads
from ..net.guards import Guard
from ..system.reserve import SparingFile
from ..transcription import display_name
from . import schemas
from .blueprint import ApiBlueprint
from .received_file import NoFile, is_form, receive, write_body, write_form_file

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
        with receive(files) as arrival:
            name, mono = _received(arrival.file)
            named = display_name(_named(query["name"] or name))
            return files.add(arrival, named, FileOptions(mono=query["mono"] or mono))

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
    """Write the request's file to disk; return a form's name for it, and whether to mix its channels.

    Without a form the name is empty.  Raises `OSError` if there is no room for the file.
    """
    if not is_form():
        write_body(file)
        return "", False
    try:
        name, fields = write_form_file(file)
        mono = schemas.UploadForm().load(fields.to_dict())["mono"]
    except NoFile as error:
        abort(422, message=str(error))
    except ValidationError as error:
        abort(422, messages=error.messages)
    return name, mono


def _named(name: str) -> str:
    if not 1 <= len(name) <= schemas.MAX_FILE_NAME:
        abort(422, message=f"name: {schemas.FILE_NAME}")
    return name
