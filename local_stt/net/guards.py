"""Guards of routes: every blueprint has one, and a route without a guard does not answer.

A guard is the first `before_request` function of its blueprint
(https://flask.palletsprojects.com/en/stable/api/#flask.Blueprint.before_request).
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import TypeVar

from flask import Blueprint, Flask, abort, request
from flask.typing import ResponseReturnValue

from ..system.rate_limited_log import RateLimitedLog
from . import connections
from .local_mode import ADVICE, REFUSAL, is_from_here

logger = logging.getLogger(__name__)

AnyBlueprint = TypeVar("AnyBlueprint", bound=Blueprint)


class Guard(ABC):
    """Decides whether the current request may reach the routes of a blueprint."""

    takes_any_origin = False
    """Whether pages of other servers may ask too, as what this guard wants is nothing that browsers add"""

    def __call__(self) -> ResponseReturnValue | None:
        """Refuse the request, or let it pass and admit its connection."""
        refusal = self.refusal()
        if refusal is None:
            connections.admit(request.environ)
        return refusal

    @abstractmethod
    def refusal(self) -> ResponseReturnValue | None:
        """Return None for a request that may pass; else return an answer or raise an `HTTPException`."""

    def protect(self, blueprint: AnyBlueprint) -> AnyBlueprint:
        """Protect all routes of a new blueprint, before anything else it does; return the blueprint."""
        blueprint.before_request(self)
        return blueprint


class OpenToAll(Guard):
    """A guard that lets everybody pass as a stranger: the connection keeps a stranger's bounds."""

    def __call__(self) -> None:
        """Let the request pass."""

    def refusal(self) -> None:
        """Refuse nobody."""


class LocalOnly(Guard):
    """A guard that lets requests pass that were made on this machine, and were not forwarded to it."""

    def __init__(self) -> None:
        self._log = RateLimitedLog(f"A request to %.100r that came from elsewhere was refused: {ADVICE}")

    def refusal(self) -> None:
        """Raise an error with status 403 for a request from elsewhere."""
        host, protocol = request.headers.get("Host", ""), request.environ.get("SERVER_PROTOCOL", "")
        if not is_from_here(host, request.headers.keys(), protocol):
            self._log.warn(request.path)
            abort(403, REFUSAL)


def is_guarded(app: Flask, blueprints: Iterable[str]) -> bool:
    """Check whether one of these blueprints, given by name, asks a guard before it does anything else."""
    return any(True for _ in _guards(app, blueprints))


def takes_any_origin(app: Flask, blueprints: Iterable[str]) -> bool:
    """Check whether one of these blueprints, given by name, has a guard that lets pages of others ask."""
    return any(guard.takes_any_origin for guard in _guards(app, blueprints))


def _guards(app: Flask, blueprints: Iterable[str]) -> Iterator[Guard]:
    for name in blueprints:
        first = app.before_request_funcs.get(name, [])[:1]
        yield from (each for each in first if isinstance(each, Guard))


def refuse_unguarded(app: Flask, unrouted: Guard) -> None:
    """Make `app` refuse requests for routes whose blueprint has no guard, with status 403.

    Requests for which there is no route must pass the guard `unrouted` before they get their 404 or 405.
    """

    @app.before_request
    def refuse() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return unrouted()
        if not is_guarded(app, request.blueprints):
            logger.error("The route %s has no guard, so it does not answer", request.endpoint)
            abort(403)
        return None
