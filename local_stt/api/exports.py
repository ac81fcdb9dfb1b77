"""The routes of transcripts in formats that people and other programs read, of one call or of several."""

from typing import Any

from flask import Response
from marshmallow import RAISE

from ..core.captions import CHARS_PER_CAPTION
from ..core.formats import FORMATS
from ..exports import DOCX, MEDIA_TYPES, CallExports, ExportOptions
from ..net.guards import Guard
from . import export_schemas
from .blueprint import ApiBlueprint
from .calls import edition_of
from .schemas import RAW, CaptionQuery, Error

BYTES = {"type": "string", "format": "binary"}
ZIP = "application/zip"


def exporting(guard: Guard, exports: CallExports) -> ApiBlueprint:
    """Make the routes."""
    blueprint = guard.protect(
        ApiBlueprint("exports", __name__, url_prefix="/api", description="Exports of calls")
    )

    def sent(call_id: str, name: str, query: dict[str, Any]) -> Response:
        options = _options(name, query)
        with exports.open(call_id, options) as content:
            answer = Response(content.read(), content_type=MEDIA_TYPES[name])
        answer.headers.set("Content-Disposition", "inline", filename=exports.name(call_id, options))
        return answer

    for name, (media_type, _) in FORMATS.items():
        takes = export_schemas.TextExportQuery if name == "txt" else CaptionQuery

        @blueprint.get(f"/calls/<call_id>/transcript.{name}", endpoint=f"transcript_{name}")
        @blueprint.arguments(takes, location="query", unknown=RAISE)
        @blueprint.response(200, content_type=media_type.partition(";")[0], schema={"type": "string"})
        @blueprint.alt_response(404, schema=Error)
        def transcript(query: dict[str, Any], call_id: str, name: str = name) -> Response:
            """Return the call's transcript in a format that other programs read."""
            return sent(call_id, name, query)

    @blueprint.get("/calls/<call_id>/transcript.docx")
    @blueprint.arguments(export_schemas.DocumentQuery, location="query", unknown=RAISE)
    @blueprint.response(200, content_type=MEDIA_TYPES[DOCX], schema=BYTES)
    @blueprint.alt_response(404, schema=Error)
    def document(query: dict[str, Any], call_id: str) -> Response:
        """Return the call's transcript as a document of Word."""
        return sent(call_id, DOCX, query)

    @blueprint.get("/calls/export")
    @blueprint.arguments(export_schemas.ExportQuery, location="query", unknown=RAISE)
    @blueprint.response(200, content_type=ZIP, schema=BYTES)
    def several(query: dict[str, Any]) -> Response:
        """Return a zip with a file for each call.

        Calls that are deleted, or cannot be exported, are listed in its `missing.txt` with the reason.
        """
        call_ids, name = query["id"], query["format"]
        answer = Response(exports.zipped(call_ids, _options(name, query)), content_type=ZIP)
        answer.headers.set("Content-Disposition", "attachment", filename="calls.zip")
        return answer

    return blueprint


def _options(name: str, query: dict[str, Any]) -> ExportOptions:
    return ExportOptions(
        format=name,
        edition=edition_of(query["edition"]),
        is_redacted=query["redacted"],
        is_raw=query["text"] == RAW,
        has_times=query.get("times", True),
        chars_per_caption=query.get("chars_per_caption", CHARS_PER_CAPTION),
    )
