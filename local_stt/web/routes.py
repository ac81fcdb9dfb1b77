"""Add the routes for viewers to the app, each part behind a guard."""

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from flask import Blueprint, Flask, Response, redirect, request, send_from_directory
from flask_sock import Sock
from marshmallow import RAISE
from simple_websocket import Server
from werkzeug.wrappers import Response as AnyResponse

from ..api.assistant import assisting
from ..api.blueprint import ApiBlueprint
from ..api.calls import description, kept_calls, new_api
from ..api.compat import Backend, compatible
from ..api.compat.signed_audio import SignedAddresses
from ..api.compat.twilio.service_file import ServiceFile
from ..api.contacts import naming
from ..api.corrections import working_on_calls
from ..api.dial import dialing
from ..api.exports import exporting
from ..api.schemas import Error, EventsHeaders, EventsQuery, LiveCalls
from ..api.status import Status, reporting
from ..api.uploads import uploading
from ..assistant import Assistant
from ..core.analysis import AlertRule
from ..demo import RECORDING
from ..events import CallStarted
from ..exports import CallExports
from ..formatters import Analyzer, Formatters, RedactedCopies
from ..hub import Hub
from ..jobs.transcripts import Transcripts
from ..jobs.uploads import Uploads
from ..metrics import Metrics
from ..net.guards import Guard
from ..net.http_server import WebSocketLine
from ..store import Store
from ..telephony.outbound import Dialer
from ..telephony.switchboard import Switchboard
from .access import Access
from .event_log import EventLog
from .live_events import Broadcast, ClientViewer, SseViewer, ask_which_call, position, sse_head
from .viewers import Viewers, ViewersGuards

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""The policy of the page; the nonce admits the `<style>` of the library that draws waveforms"""

NONCE_PLACE = "{{ style_nonce }}"
"""What stands for the nonce in index.html"""

STATIC = Path(__file__).parent / "static"

EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Viewing:
    """The parts that viewers reach by HTTP."""

    viewers: Viewers
    hub: Hub
    metrics: Metrics
    formatters: Formatters
    copies: RedactedCopies
    end_turns: Callable[[str], bool]
    """Ends the turns of a call in progress, given by its id; says whether there is such a call"""
    store: Store | None = None
    """The store of calls; None where nothing is kept"""
    dialer: Dialer | None = None
    """The dialer; None where no calls can be placed"""
    uploads: Uploads | None = None
    """The uploads; None where no files are taken"""
    transcripts: Transcripts | None = None
    """Transcripts that programs ask for; None where no files are taken"""
    services: ServiceFile | None = None
    """Services that programs keep; None where no files are taken"""
    callback_hosts: tuple[str, ...] = ()
    """Hosts to which it may be posted that a transcript is done, besides this machine"""
    switchboard: Switchboard | None = None
    """Takes the live sessions of programs; None where there are none"""
    status: Callable[[], Status] | None = None
    """Returns what the program is doing; None where nobody may know"""
    region: str = ""
    """Country of the numbers that are answered here, such as `US`; empty if it is not known"""

    alerts_of: Callable[[CallStarted], tuple[AlertRule, ...]] = lambda _: ()
    """The topics and phrases that are looked for in the analysis of a call"""
    assistant: Assistant | None = None
    """Answers questions about calls; None where there is no language model"""

    def add_to(self, app: Flask, guards: ViewersGuards) -> None:
        """Add all routes for viewers to the app, behind these guards."""
        guard, event_log, broadcast = guards.others, self.viewers.event_log, self.viewers.broadcast
        app.register_blueprint(_entrance(guards.link, guards.access))
        app.register_blueprint(_page(guard))
        app.register_blueprint(_measurements(guard, self.metrics))
        app.register_blueprint(_client(guard, event_log, broadcast))
        api = new_api(app)
        app.register_blueprint(description(guard, api))
        api.register_blueprint(_live_events(guard, event_log, broadcast, is_kept=self.store is not None))
        api.register_blueprint(_live_calls(guard, self.end_turns))
        api.register_blueprint(dialing(guard, self.dialer))
        if self.status:
            api.register_blueprint(reporting(guard, self.status))
        if self.store:
            analyze = Analyzer(self.formatters, self.alerts_of)
            api.register_blueprint(
                kept_calls(guard, self.store, self.hub, self.formatters, self.copies, analyze)
            )
            api.register_blueprint(working_on_calls(guard, self.store, self.formatters))
            exports = CallExports(self.store, self.formatters, self.copies)
            api.register_blueprint(exporting(guard, exports))
            api.register_blueprint(assisting(guard, self.assistant, self.store))
            api.register_blueprint(uploading(guard, self.uploads))
            api.register_blueprint(naming(guard, self.store.contacts, self.region))
            for blueprint in compatible(
                guards.programs,
                self._backend(self.store),
                sessions_guard=guards.sessions,
                issue_token=guards.session_tokens.issue,
            ):
                app.register_blueprint(blueprint)
        else:
            app.register_blueprint(_nothing_kept(guard))

    def _backend(self, store: Store) -> Backend:
        return Backend(
            store,
            self.formatters,
            self.copies,
            Analyzer(self.formatters, self.alerts_of),
            self.hub,
            SignedAddresses(self.viewers.token),
            self.uploads,
            self.transcripts,
            self.services,
            self.callback_hosts,
            self.switchboard,
            self.assistant,
        )


def _entrance(guard: Guard, access: Access) -> Blueprint:
    """Make the route of the link that `run` prints."""
    entrance = guard.protect(Blueprint("entrance", __name__))

    @entrance.get("/enter")
    def enter() -> AnyResponse:
        """Set the cookie, and redirect to an address without the token."""
        response = redirect("./", 303)  # there may be a path in front, which only the proxy knows
        # A proxy of the user's own may use https to the browser and http to this server.
        secure = access.is_https or request.headers.get("X-Forwarded-Proto") == "https"
        response.set_cookie(
            access.cookie_name, access.cookie_value, httponly=True, samesite="Strict", secure=secure
        )
        return response

    return entrance


def _page(guard: Guard) -> Blueprint:
    page = guard.protect(Blueprint("page", __name__))
    template = (STATIC / "index.html").read_text()

    @page.get("/")
    def index() -> Response:
        """Return the page, with a nonce that no other answer has."""
        nonce = secrets.token_urlsafe(16)
        response = Response(template.replace(NONCE_PLACE, nonce), content_type="text/html; charset=utf-8")
        response.headers["Content-Security-Policy"] = PAGE_POLICY.format(nonce=nonce)
        return response

    @page.get("/static/sample.wav")
    def sample() -> Response:
        """Return the audio of the sample call."""
        return send_from_directory(RECORDING.parent, RECORDING.name)

    @page.get("/static/<path:name>", endpoint="file")
    def file(name: str) -> Response:
        """Return a file of the page."""
        return send_from_directory(STATIC, name)

    return page


def _measurements(guard: Guard, metrics: Metrics) -> Blueprint:
    measurements = guard.protect(Blueprint("metrics", __name__))

    @measurements.get("/metrics")
    def show() -> Response:
        """Return the metrics for Prometheus."""
        return Response(metrics.text(), content_type=metrics.media_type)

    return measurements


def _nothing_kept(guard: Guard) -> Blueprint:
    """Make a route that answers requests for kept calls with 404, where none are kept."""
    blueprint = guard.protect(Blueprint("nothing_kept", __name__))

    @blueprint.route("/api/<path:_>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def nothing(_: str) -> tuple[dict[str, str], int]:
        return {"error": "Calls are not kept here (LOCAL_STT_KEEP_CALLS)."}, 404

    return blueprint


class Answered(Response):
    """A placeholder for an answer that was sent already, so that Werkzeug sends no other."""

    def __call__(self, *_: object) -> NoReturn:
        """Raise `ConnectionAbortedError`, which Werkzeug takes for a client that has left."""
        raise ConnectionAbortedError


def _live_events(guard: Guard, event_log: EventLog, broadcast: Broadcast, *, is_kept: bool) -> ApiBlueprint:
    live = guard.protect(ApiBlueprint("live", __name__, url_prefix="/api", description="Calls in progress"))

    @live.get("/live")
    @live.response(200, LiveCalls)
    def calls() -> dict[str, Any]:
        """List the calls in progress, even where calls are not kept."""
        return {
            "calls": event_log.in_progress,
            "kept": is_kept,
            "interrupted": event_log.is_interrupted,
        }

    @live.get("/events")
    @live.arguments(EventsQuery, location="query", unknown=RAISE)
    @live.arguments(EventsHeaders, location="headers")
    @live.response(200, content_type=EVENT_STREAM, schema={"type": "string"})
    def events(query: dict[str, str], headers: dict[str, str]) -> AnyResponse:
        """Send events of all calls or of one, from now on or from where the viewer was."""
        if request.method == "HEAD":
            return Response(content_type=EVENT_STREAM)
        after = position(event_log, headers["last_event_id"])
        connection = request.environ["werkzeug.socket"]
        broadcast.serve(SseViewer(connection, event_log, after, query["call"], greeting=sse_head(after)))
        return Answered()

    return live


def _live_calls(guard: Guard, end_turns: Callable[[str], bool]) -> ApiBlueprint:
    live = guard.protect(
        ApiBlueprint("live_calls", __name__, url_prefix="/api", description="Calls in progress")
    )

    @live.post("/live/<call_id>/force-endpoint")
    @live.response(202)
    @live.alt_response(404, schema=Error)
    def force_endpoint(call_id: str) -> Any:
        """End the turns of all speakers now, as AssemblyAI's `ForceEndpoint` does."""
        if end_turns(call_id):
            return None
        return {"error": f"No call {call_id[:80]} is in progress here."}, 404

    return live


def _client(guard: Guard, event_log: EventLog, broadcast: Broadcast) -> Blueprint:
    viewers = guard.protect(Blueprint("viewers", __name__))
    sock = Sock()

    @sock.route("/client", bp=viewers)
    def client(websocket: Server) -> None:
        """Send the list of calls in progress, and then every event of the one that the client chooses."""
        line = WebSocketLine(websocket, idle_timeout=math.inf)
        after, calls = event_log.snapshot
        if (call_id := ask_which_call(websocket, line, calls)) in calls:
            broadcast.serve(ClientViewer(websocket, line, event_log, after, call_id))
        line.hang_up()

    return viewers
