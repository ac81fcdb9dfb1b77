"""Puts what viewers get into the app, each part behind a guard."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from flask import Blueprint, Flask, Response, redirect, request, send_from_directory
from flask_sock import Sock
from marshmallow import RAISE
from simple_websocket import Server
from werkzeug.wrappers import Response as AnyResponse

from ..api.blueprint import ApiBlueprint
from ..api.calls import description, kept_calls, new_api
from ..api.dial import dialing
from ..api.schemas import EventsHeaders, EventsQuery, LiveCalls
from ..api.uploads import uploading
from ..demo import RECORDING
from ..hub import Hub
from ..jobs.uploads import Uploads
from ..metrics import Metrics
from ..net.guards import Guard
from ..net.http_server import WebSocketLine
from ..store import Store
from ..telephony.outbound import Dialer
from .access import Access, new_token
from .event_log import EventLog
from .guards import LinkGuard, ViewersGuard
from .live_events import Broadcast, ClientViewer, SseViewer, ask_which_call, position, sse_head
from .wrong_tokens import WrongTokens

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

STATIC = Path(__file__).parent / "static"

EVENT_STREAM = "text/event-stream"


class Viewing:
    """What viewers get, and the token that lets them in."""

    def __init__(
        self,
        *,
        token: str,
        feed: EventLog,
        hub: Hub,
        store: Store | None,
        metrics: Metrics,
        uploads: Uploads | None = None,
    ) -> None:
        """`store` is None where nothing is kept, `uploads` where no files are taken."""
        self._uploads = uploads
        self._metrics = metrics
        self._chosen = bool(token)
        self._token = token or new_token()
        self._feed, self._hub, self._store = feed, hub, store
        self._broadcast = Broadcast(feed)
        self._wrong_tokens = WrongTokens()
        metrics.watch_total("wrong_tokens", "Wrong tokens of viewers", lambda: self._wrong_tokens.count)

    @property
    def token(self) -> str:
        """What lets programs in."""
        return self._token

    def link(self, base: str) -> str:
        """Where a person begins, at one of this server's addresses.

        It holds the token, unless the user has chosen that and knows it: what is printed may be logged.
        """
        return f"{base}/enter?token={'…' if self._chosen else self._token}"

    @property
    def viewers(self) -> int:
        """How many are watching."""
        return self._broadcast.viewers

    def is_viewer(self, bases: list[str]) -> Callable[[], bool]:
        """Tells of the request in hand whether it has what a viewer has."""
        return ViewersGuard(Access(self._token, bases), self._wrong_tokens).admits

    def close(self) -> None:
        """Let all viewers go."""
        self._broadcast.close()

    def add_to(
        self, app: Flask, bases: list[str], dialer: Dialer | None = None, otherwise: Guard | None = None
    ) -> None:
        """Give the app all that viewers see and may do, for those who have the token.

        `otherwise` is a guard for requests that have not, which may refuse them in its own words.
        """
        access = Access(self._token, bases)
        link = LinkGuard(access, self._wrong_tokens, otherwise)
        guard = ViewersGuard(access, self._wrong_tokens, otherwise)
        app.register_blueprint(_entrance(link, access, is_https=bases[0].startswith("https:")))
        app.register_blueprint(_page(guard))
        app.register_blueprint(_measurements(guard, self._metrics))
        app.register_blueprint(_client(guard, self._feed, self._broadcast))
        api = new_api(app)
        app.register_blueprint(description(guard, api))
        api.register_blueprint(
            _live_events(guard, self._feed, self._broadcast, is_kept=self._store is not None)
        )
        api.register_blueprint(dialing(guard, dialer))
        if self._store:
            api.register_blueprint(kept_calls(guard, self._store, self._hub))
            api.register_blueprint(uploading(guard, self._uploads))
        else:
            app.register_blueprint(_nothing_kept(guard))


def _entrance(guard: Guard, access: Access, *, is_https: bool) -> Blueprint:
    """Make the address that `run` prints.  `is_https` says whether the public address is."""
    entrance = guard.protect(Blueprint("entrance", __name__))

    @entrance.get("/enter")
    def enter() -> AnyResponse:
        """The link that is printed: the token becomes a cookie and leaves the address bar."""
        response = redirect("./", 303)  # there may be a path in front, which only the proxy knows
        # A proxy of the user's own may speak https with the browser and http with us.
        secure = is_https or request.headers.get("X-Forwarded-Proto") == "https"
        response.set_cookie(
            access.cookie_name, access.cookie_value, httponly=True, samesite="Strict", secure=secure
        )
        return response

    return entrance


def _page(guard: Guard) -> Blueprint:
    page = guard.protect(Blueprint("page", __name__))

    @page.get("/")
    def index() -> Response:
        """Calls now and calls before."""
        return _with_policy(send_from_directory(STATIC, "index.html"))

    @page.get("/static/sample.wav")
    def sample() -> Response:
        """The call of the demo."""
        return send_from_directory(RECORDING.parent, RECORDING.name)

    @page.get("/static/<path:name>", endpoint="file")
    def file(name: str) -> Response:
        """What the page is made of."""
        return send_from_directory(STATIC, name)

    return page


def _measurements(guard: Guard, metrics: Metrics) -> Blueprint:
    measurements = guard.protect(Blueprint("metrics", __name__))

    @measurements.get("/metrics")
    def show() -> Response:
        """For Prometheus."""
        return Response(metrics.text(), content_type=metrics.media_type)

    return measurements


def _nothing_kept(guard: Guard) -> Blueprint:
    """Where nothing is kept there is nothing to ask for."""
    blueprint = guard.protect(Blueprint("nothing_kept", __name__))

    @blueprint.route("/api/<path:_>", methods=["GET", "POST"])
    def nothing(_: str) -> tuple[dict[str, str], int]:
        return {"error": "Calls are not kept here (LOCAL_STT_KEEP_CALLS)."}, 404

    return blueprint


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


class Answered(Response):
    """In place of an answer that has been sent already: Werkzeug must not send another."""

    def __call__(self, *_: object) -> NoReturn:
        """What Werkzeug takes for a client that has left."""
        raise ConnectionAbortedError


def _live_events(guard: Guard, feed: EventLog, broadcast: Broadcast, *, is_kept: bool) -> ApiBlueprint:
    live = guard.protect(ApiBlueprint("live", __name__, url_prefix="/api", description="Calls in progress"))

    @live.get("/live")
    @live.response(200, LiveCalls)
    def calls() -> dict[str, Any]:
        """The calls that this server is taking, whether calls are kept or not."""
        return {"calls": feed.in_progress, "kept": is_kept}

    @live.get("/events")
    @live.arguments(EventsQuery, location="query", unknown=RAISE)
    @live.arguments(EventsHeaders, location="headers")
    @live.response(200, content_type=EVENT_STREAM, schema={"type": "string"})
    def events(query: dict[str, str], headers: dict[str, str]) -> AnyResponse:
        """Server-sent events, of all calls or of one, from now on or from where the viewer was."""
        if request.method == "HEAD":
            return Response(content_type=EVENT_STREAM)
        after = position(feed, headers["last_event_id"])
        connection = request.environ["werkzeug.socket"]
        broadcast.show(SseViewer(connection, feed, after, query["call"], greeting=sse_head(feed, after)))
        return Answered()

    return live


def _client(guard: Guard, feed: EventLog, broadcast: Broadcast) -> Blueprint:
    viewers = guard.protect(Blueprint("viewers", __name__))
    sock = Sock()

    @sock.route("/client", bp=viewers)
    def client(websocket: Server) -> None:
        """The list of calls in progress; then, of the one that is chosen, every event to its end."""
        line = WebSocketLine(websocket, seconds_of_silence=math.inf)
        after, calls = feed.now
        if (call_id := ask_which_call(websocket, line, calls)) in calls:
            broadcast.show(ClientViewer(websocket, line, feed, after, call_id))
        line.hang_up()

    return viewers
