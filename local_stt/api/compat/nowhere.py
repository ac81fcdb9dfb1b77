"""Answer programs where no route is, in the shape of the vendor whose path it is."""

import re

from flask import Blueprint, abort, request
from werkzeug.exceptions import HTTPException

from ...net.guards import Guard
from .deepgram import answers as deepgram_answers
from .errors import Shape, answer_errors, error_alone
from .openai import answers as openai_answers
from .submissions import Answer
from .twilio import answers as twilio_answers

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

SHAPES: tuple[tuple[str, Shape], ...] = (
    ("/v1/audio/", openai_answers.error),
    ("/v1/", deepgram_answers.error),
    ("/v[23]/[A-Z]", twilio_answers.error),
    ("/", error_alone),
)
"""How an error is written where a path begins like this; the first that fits counts"""


def unknown_paths(guard: Guard) -> Blueprint:
    """Make the route of all paths below the vendors' that have no other."""
    blueprint = guard.protect(Blueprint("nowhere", __name__))
    answer_errors(blueprint, _shape)

    @blueprint.route("/v1/<path:_>", methods=METHODS)
    @blueprint.route("/v2/<path:_>", methods=METHODS)
    @blueprint.route("/v3/<path:_>", methods=METHODS)
    def nothing(_: str) -> HTTPException:
        """Refuse a request for what is not there."""
        abort(404, f"{request.method} {request.path[:80]} is not there: see docs/guides/drop-in.")

    return blueprint


def _shape(status: int, said: str) -> Answer:
    return next(shape for path, shape in SHAPES if re.match(path, request.path))(status, said)
