"""The routes below `/api` with which people work on kept calls: corrections, notes, tags and names."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask.views import MethodView

from ..core.call_record import CallRecord, Utterance
from ..core.readable import formatted, joined_by_tokens, with_tokens
from ..formatters import Formatters
from ..net.guards import Guard
from ..store import Store, Wanted, now
from ..store.annotations import Labels
from . import schemas
from .blueprint import ApiBlueprint

MAX_BODY_BYTES = 256 * 1024
"""Bytes of a request: more than the longest note has, however it is written"""


def working_on_calls(guard: Guard, store: Store, formatters: Formatters) -> ApiBlueprint:
    """Make the routes that change kept calls, and those that list what was changed."""
    blueprint = guard.protect(
        ApiBlueprint("work", __name__, url_prefix="/api", description="What people write on kept calls")
    )

    @blueprint.before_request
    def bound() -> None:
        """Let a body be as large as the texts that may be in it."""
        request.max_content_length = MAX_BODY_BYTES

    def _changed(call_id: str, line: Utterance | None) -> dict[str, Any]:
        call = store.call(call_id)
        shown = formatted([line], formatters.for_call(call)) if line else [None]
        return {"call": call, "utterance": shown[0]}

    @blueprint.route("/calls/<call_id>", methods=["PATCH"])
    @blueprint.arguments(schemas.Annotations)
    @blueprint.response(200, schemas.Call)
    @blueprint.alt_response(404, schema=schemas.Error)
    @blueprint.alt_response(409, schema=schemas.Error)
    def annotate(wanted: dict[str, Any], call_id: str) -> CallRecord:
        """Replace the note, the tags or the names of speakers of a call; what is left out stays."""
        store.annotations.change(call_id, **wanted)
        return store.call(call_id)

    @blueprint.get("/labels")
    @blueprint.response(200, schemas.Labels)
    def labels() -> Labels:
        """List all topics of alerts and all tags that calls have."""
        return store.annotations.labels()

    @blueprint.route("/calls/<call_id>/corrections")
    class CorrectionsOfCall(MethodView):
        """The corrections of one call."""

        @blueprint.response(200, schemas.Corrections)
        @blueprint.alt_response(404, schema=schemas.Error)
        def get(self, call_id: str) -> dict[str, Any]:
            """List the corrections of a call, the newest first."""
            return {"corrections": store.corrections.listed(call_id)}

        @blueprint.arguments(schemas.CorrectionOrder)
        @blueprint.response(200, schemas.Corrected)
        @blueprint.alt_response(404, schema=schemas.Error)
        @blueprint.alt_response(409, schema=schemas.Error)
        def post(self, wanted: dict[str, Any], call_id: str) -> dict[str, Any]:
            """Correct words of the best text of a call.  What was heard stays, as another edition."""
            formatter = formatters.for_call(store.call(call_id))

            def write(said: Sequence[Utterance]) -> list[Utterance]:
                return joined_by_tokens(with_tokens(said, formatter))

            line = store.corrections.add(call_id, Wanted(**wanted), at=now(), write=write)
            return _changed(call_id, line)

    @blueprint.delete("/calls/<call_id>/corrections/last")
    @blueprint.response(200, schemas.Corrected)
    @blueprint.alt_response(404, schema=schemas.Error)
    def undo(call_id: str) -> dict[str, Any]:
        """Undo the last correction of a call; without any left, it has no edited text any more."""
        return _changed(call_id, store.corrections.undo(call_id, at=now()))

    return blueprint
