"""The routes below `/api` about calls that are kept, for programs and for the page."""

import json
from typing import Any

from flask import Blueprint, Flask, Response
from flask.views import MethodView
from flask_smorest import Api
from marshmallow import RAISE
from werkzeug.exceptions import HTTPException

from .. import __version__
from ..core.analysis import Analysis
from ..core.call_record import CallRecord, Edition, Utterance, speaker_of
from ..core.captions import find_phrase, paragraphs
from ..core.media_stream import TRACKS
from ..core.readable import formatted
from ..errors import (
    AnnotationError,
    AssistantError,
    AudioFileError,
    BadQuery,
    ContactsError,
    CorrectionError,
    DialError,
    NoRoomError,
    NoSuchCall,
    NoSuchCorrection,
    NoSuchEdition,
    NoSuchRecording,
    RedactedError,
    StoreError,
    TelephonyError,
    UploadError,
)
from ..events import CallDeleted
from ..exports import FileNames
from ..formatters import Analyzer, Formatters, RedactedCopies
from ..hub import Hub
from ..net.guards import Guard
from ..store import CallFilter, DatabaseError, Store, now
from ..store.recordings.snapshot import Snapshot
from . import schemas
from .audio_response import sent
from .blueprint import ApiBlueprint

WAV = "audio/wav"
NOT_OVERWRITTEN = "deleted, but not yet overwritten on the disk, as another program reads the store"
BYTES = {"type": "string", "format": "binary"}


class OneErrorShape(Api):  # type: ignore[misc]
    """An API in which every error is `{"error": "one sentence"}`."""

    ERROR_SCHEMA = schemas.Error

    def handle_http_exception(self, error: HTTPException) -> Any:
        """Answer an HTTP error; Flask calls this."""
        details = getattr(error, "data", None) or {}
        said = _said(details.get("messages")) or details.get("message") or error.description or error.name
        return {"error": said}, error.code, details.get("headers", {})


def _said(messages: object, path: str = "") -> str:
    """Join the messages of marshmallow to a sentence."""
    if isinstance(messages, dict):
        return " ".join(
            _said(each, "" if key in ("query", "json") else str(key)) for key, each in messages.items()
        )
    if isinstance(messages, list):
        return f"{path}: {' '.join(map(str, messages))}" if path else " ".join(map(str, messages))
    return str(messages or "")


def new_api(app: Flask) -> Api:
    """Add an API to the app, for blueprints that describe their answers."""
    app.config.update(
        API_TITLE="local_stt",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
    )
    api = OneErrorShape(app)
    bearer = {"type": "http", "scheme": "bearer"}
    api.spec.components.security_scheme("token", bearer)
    api.spec.options["security"] = [{"token": []}]
    for missing in (NoSuchCall, NoSuchEdition, NoSuchRecording, NoSuchCorrection):
        app.register_error_handler(missing, lambda error: ({"error": str(error)}, 404))
    # It may be a `DatabaseError` too, if the store is damaged or removed; its sentence is for the user.
    app.register_error_handler(StoreError, lambda error: ({"error": str(error)}, 503))
    for conflict in (CorrectionError, AnnotationError):
        app.register_error_handler(conflict, lambda error: ({"error": str(error)}, 409))
    app.register_error_handler(RedactedError, lambda error: ({"error": str(error)}, 422))
    app.register_error_handler(AudioFileError, lambda error: ({"error": str(error)}, 422))
    app.register_error_handler(NoRoomError, lambda error: ({"error": str(error)}, 507))
    app.register_error_handler(UploadError, lambda error: ({"error": str(error)}, 409))
    app.register_error_handler(ContactsError, lambda error: ({"error": str(error)}, 422))
    app.register_error_handler(DialError, lambda error: ({"error": str(error)}, 409))
    app.register_error_handler(TelephonyError, lambda error: ({"error": str(error)}, 502))
    app.register_error_handler(AssistantError, lambda error: ({"error": str(error)}, error.status))
    app.register_error_handler(BadQuery, lambda error: ({"error": str(error)}, 422))
    app.register_error_handler(
        DatabaseError, lambda _: ({"error": "The store cannot be reached at the moment."}, 503)
    )
    return api


def description(guard: Guard, api: Api) -> Blueprint:
    """Make the route of the API's description, as flask-smorest's own could have no guard."""
    blueprint = guard.protect(Blueprint("description", __name__))

    @blueprint.get("/api/openapi.json")
    def openapi() -> Response:
        """Describe the API as OpenAPI does."""
        return Response(json.dumps(api.spec.to_dict(), indent=2), mimetype="application/json")

    return blueprint


def kept_calls(
    guard: Guard, store: Store, hub: Hub, formatters: Formatters, copies: RedactedCopies, analyze: Analyzer
) -> ApiBlueprint:
    """Make the routes about calls that are kept.  Deletions are published to `hub`.

    `copies` redacts what was kept as it was.
    """
    blueprint = guard.protect(
        ApiBlueprint("api", __name__, url_prefix="/api", description="Calls that are kept")
    )

    def _lines(call_id: str, query: dict[str, Any]) -> tuple[CallRecord, list[Utterance]]:
        call, said = store.call_with_utterances(call_id, edition=edition_of(query["edition"]))
        return copies.copy(call, said) if query["redacted"] else (call, said)

    def _formatted(call_id: str, query: dict[str, Any]) -> tuple[CallRecord, list[Utterance]]:
        call, said = _lines(call_id, query)
        is_raw = query.get("text") == schemas.RAW
        formatter = None if is_raw else formatters.for_call(call)
        return call, formatted(said, formatter)

    def _recording(call_id: str, query: dict[str, Any]) -> Snapshot:
        return (
            store.redacted_recording(call_id, copies.spans) if query["redacted"] else store.recording(call_id)
        )

    @blueprint.get("/calls")
    @blueprint.arguments(schemas.CallQuery, location="query", unknown=RAISE)
    @blueprint.response(200, schemas.CallPage)
    def list_calls(query: dict[str, Any]) -> dict[str, Any]:
        """List calls, the newest first."""
        before, limit = query.pop("before", None), query.pop("limit")
        page = store.page(CallFilter(**query), before=before and _place(before), limit=limit)
        older = page.older and "-".join(map(str, page.older))
        return {"calls": page.calls, "next": older, "total": page.total}

    @blueprint.route("/calls/<call_id>")
    class OneCall(MethodView):
        """One call."""

        @blueprint.response(200, schemas.Call)
        @blueprint.alt_response(404, schema=schemas.Error)
        def get(self, call_id: str) -> CallRecord:
            """Return a call."""
            return store.call(call_id)

        @blueprint.response(200, schemas.Call)
        @blueprint.alt_response(202, schema=schemas.Call, description=NOT_OVERWRITTEN)
        @blueprint.alt_response(404, schema=schemas.Error)
        def delete(self, call_id: str) -> Any:
            """Delete the words and the audio of a call; its id and times stay."""
            left = store.delete(call_id, at=now())
            hub.publish([CallDeleted(call_id)])
            return left, 202 if store.eraser.pending else 200

    @blueprint.get("/calls/<call_id>/sentences")
    @blueprint.arguments(schemas.EditionQuery, location="query", unknown=RAISE)
    @blueprint.response(200, schemas.Utterances)
    @blueprint.alt_response(404, schema=schemas.Error)
    def sentences(query: dict[str, Any], call_id: str) -> dict[str, Any]:
        """List what was said, by utterance."""
        _, said = _formatted(call_id, query)
        return {"utterances": said}

    @blueprint.get("/calls/<call_id>/paragraphs")
    @blueprint.arguments(schemas.EditionQuery, location="query", unknown=RAISE)
    @blueprint.response(200, schemas.Utterances)
    @blueprint.alt_response(404, schema=schemas.Error)
    def in_paragraphs(query: dict[str, Any], call_id: str) -> dict[str, Any]:
        """List what was said, by speaker's turn."""
        _, said = _formatted(call_id, query)
        return {"utterances": paragraphs(said)}

    @blueprint.get("/calls/<call_id>/analysis")
    @blueprint.arguments(schemas.AnalysisQuery, location="query", unknown=RAISE)
    @blueprint.response(200, schemas.Analysis)
    @blueprint.alt_response(404, schema=schemas.Error)
    def analysis(query: dict[str, Any], call_id: str) -> Analysis:
        """Return what the call was about, and what it was like.  Nothing that is redacted is in it."""
        call, said = _lines(call_id, query)
        return analyze(call, said, with_sentiment=query["sentiment"])

    @blueprint.get("/calls/<call_id>/audio")
    @blueprint.arguments(schemas.RecordingQuery, location="query", unknown=RAISE)
    @blueprint.response(200, content_type=WAV, schema=BYTES)
    @blueprint.alt_response(206, content_type=WAV, schema=BYTES, description="the range that was asked for")
    @blueprint.alt_response(404, schema=schemas.Error)
    @blueprint.alt_response(416, schema=schemas.Error)
    def audio(query: dict[str, Any], call_id: str) -> Response:
        """Return the call's recording: a mu-law WAV, the caller left, the callee right."""
        call = store.call(call_id)
        name = FileNames().name(copies.record(call) if query["redacted"] else call, "wav")
        return sent(_recording(call_id, query), WAV, name)

    @blueprint.get("/calls/<call_id>/waveform")
    @blueprint.arguments(schemas.WaveformQuery, location="query", unknown=RAISE)
    @blueprint.response(200, schemas.Waveform)
    @blueprint.alt_response(404, schema=schemas.Error)
    def waveform(query: dict[str, Any], call_id: str) -> dict[str, Any]:
        """Return the loudness of each speaker over the call's recording."""
        with _recording(call_id, query) as recording:
            peaks = zip(*recording.peaks(query["points"]), strict=True)
            channels = zip(TRACKS, peaks, strict=True)
            return {
                "seconds": recording.seconds,
                "channels": [{"speaker": speaker_of(track), "peaks": list(of)} for track, of in channels],
            }

    @blueprint.get("/calls/<call_id>/words")
    @blueprint.arguments(schemas.PhraseQuery, location="query", unknown=RAISE)
    @blueprint.response(200, schemas.Places)
    @blueprint.alt_response(404, schema=schemas.Error)
    def words(query: dict[str, str], call_id: str) -> dict[str, Any]:
        """Find where a phrase was said on the call."""
        call, said = store.call_with_utterances(call_id)
        written = formatted(said, formatters.for_call(call))
        return {"found": find_phrase(written, query["search"])}

    @blueprint.get("/search")
    @blueprint.arguments(schemas.SearchQuery, location="query", unknown=RAISE)
    @blueprint.response(200, schemas.Matches)
    def search(query: dict[str, Any]) -> dict[str, Any]:
        """Search the utterances of all calls, the newest first."""
        found = store.search(query["q"], limit=query["limit"], number=query["number"])
        return {"matches": found}

    return blueprint


def _place(text: str) -> tuple[int, int]:
    began, _, number = text.partition("-")
    return int(began), int(number)


def edition_of(name: str) -> Edition | None:
    """Return the edition that a query names; None for the best one."""
    return None if name == schemas.BEST else Edition(name)
