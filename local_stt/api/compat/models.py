"""The route of the list of models, which OpenAI's and Deepgram's programs ask for at the same address."""

from flask import Blueprint, abort, jsonify
from flask.typing import ResponseReturnValue

from ...net.guards import Guard
from .deepgram.answers import model_info
from .errors import answer_errors
from .openai import answers as openai_answers
from .submissions import Answer, Submissions


def model_list(guard: Guard, submissions: Submissions) -> Blueprint:
    """Make the routes that list the model."""
    blueprint = guard.protect(Blueprint("models", __name__, url_prefix="/v1/models"))
    answer_errors(blueprint, openai_answers.error)

    @blueprint.get("")
    def list_models() -> ResponseReturnValue:
        """List the one model, in the words of both."""
        name = submissions.model
        described = [{**model_info(name), "canonical_name": name, "batch": True, "streaming": True}]
        return jsonify({"object": "list", "data": [_model(name)], "stt": described, "tts": []})

    @blueprint.get("/<path:name>")
    def model(name: str) -> ResponseReturnValue:
        """Describe the model."""
        if name != submissions.model:
            abort(404, f"There is no model {name[:80]!r} here.")
        return jsonify(_model(name))

    return blueprint


def _model(name: str) -> Answer:
    return {"id": name, "object": "model", "created": 0, "owned_by": "local_stt"}
