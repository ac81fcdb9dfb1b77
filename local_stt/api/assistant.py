"""The routes about the user's language model, which answers questions about kept calls."""

from typing import Any

from marshmallow import RAISE

from ..assistant import Answer, Assistant, Order
from ..assistant.assistant import NOT_SET
from ..errors import AssistantError
from ..net.guards import Guard
from ..store import Store
from . import schemas
from .blueprint import ApiBlueprint


def assisting(guard: Guard, assistant: Assistant | None, store: Store) -> ApiBlueprint:
    """Make the routes that ask the language model; `assistant` is None where there is none."""
    blueprint = guard.protect(
        ApiBlueprint("assistant", __name__, url_prefix="/api", description="Answers of a language model")
    )

    @blueprint.get("/assistant")
    @blueprint.response(200, schemas.Assistant)
    def model() -> dict[str, Any]:
        """Return which language model answers questions about calls, if there is one."""
        if assistant is None:
            return {"is_available": False, "model": "", "address_host": ""}
        return {"is_available": True, "model": assistant.model, "address_host": assistant.host}

    @blueprint.post("/calls/<call_id>/assistant")
    @blueprint.arguments(schemas.AssistantOrder, unknown=RAISE)
    @blueprint.response(200, schemas.AssistantAnswer)
    @blueprint.alt_response(404, schema=schemas.Error)
    @blueprint.alt_response(409, schema=schemas.Error)
    @blueprint.alt_response(502, schema=schemas.Error)
    @blueprint.alt_response(503, schema=schemas.Error)
    @blueprint.alt_response(504, schema=schemas.Error)
    def ask(order: dict[str, Any], call_id: str) -> Answer:
        """Have the language model summarize a call, answer a question, or list what is to do.

        It gets the call's text without private values.
        """
        call, said = store.call_with_utterances(call_id)
        if assistant is None:
            raise AssistantError(NOT_SET, 404)
        return assistant.answer(call, said, Order(**order))

    return blueprint
