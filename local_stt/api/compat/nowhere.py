"""Answer programs where no route is, in the shape of the vendor whose path it is."""

from flask import Blueprint, abort, request
from werkzeug.exceptions import HTTPException

from ...net.guards import Guard
from . import assemblyai_answers, deepgram_answers, intelligence_answers, openai_answers
from .errors import Shape, answer_errors
from .submissions import Answer

SHAPES: tuple[tuple[str, Shape], ...] = (
    ("/v1/audio/", openai_answers.error),
    ("/v1/", deepgram_answers.error),
    ("/v2/Transcripts", intelligence_answers.error),
    ("/v2/Services", intelligence_answers.error),
    ("/", assemblyai_answers.error),
)
"""How an error is written below a path; the first that fits counts"""


def nowhere(guard: Guard) -> Blueprint:
    """Make the route of all paths below the vendors' that have no other."""
    blueprint = guard.protect(Blueprint("nowhere", __name__))
    answer_errors(blueprint, _shape)

    @blueprint.route("/<any(v1, v2, v3):_>/<path:__>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def nothing(_: str, __: str) -> HTTPException:
        """Refuse a request for what is not there."""
        abort(404, f"{request.method} {request.path[:80]} is not there: see docs/guides/drop-in.")

    return blueprint


def _shape(status: int, said: str) -> Answer:
    return next(shape for path, shape in SHAPES if request.path.startswith(path))(status, said)
