"""The web application: every route there is, each behind its guard."""

import logging
from collections.abc import Callable, Mapping

from flask import Blueprint, Flask, Response, abort, request

from .api.compat.live.line import LiveSessions
from .api.compat.vosk_server.live import vosk_live
from .net.forms import MAX_FIELDS, SmallForms
from .net.guards import Guard, LocalOnly, OpenToAll, refuse_unguarded, takes_any_origin
from .net.handshake import is_sound, is_websocket
from .net.http_server import MAX_MESSAGE_BYTES, Unstarted
from .net.origin import is_same_origin
from .net.protection import PROTECTION
from .telephony.call_flow import CallFlow
from .telephony.call_slots import CallSlots, Readiness
from .telephony.guards import AstrayGuard, HandshakeGuard, SignatureGuard, StreamGuard
from .telephony.outbound import Dialer
from .telephony.routes import webhooks
from .telephony.signature import Signatures
from .telephony.stream_route import stream
from .telephony.switchboard import Switchboard
from .telephony.tickets import Tickets
from .web import Viewing
from .web.access import TOKEN_SUBPROTOCOLS

logger = logging.getLogger(__name__)

POLICY = "Content-Security-Policy"


def create_app(
    *,
    switchboard: Switchboard,
    call_flow: CallFlow,
    signatures: Signatures | None,
    tickets: Tickets | None,
    bases: list[str],
    viewing: Viewing | None = None,
    dialer: Dialer | None = None,
    account_sid: str = "",
    on_recording: Callable[[Mapping[str, str]], None] | None = None,
) -> Flask:
    """Create the web application.

    `signatures` is None only where nothing but this machine can connect; requests that are forwarded from
    elsewhere are then refused.  `tickets` checks the tickets that streams must have, except viewers'; None
    where they need none.  `bases` are the addresses from which a browser may open this server's sockets.
    `viewing` is what viewers get, None where nobody watches.  `dialer` takes Twilio's reports of calls that
    were placed, and `on_recording` those of complete recordings of the account `account_sid`; they are None
    where nobody needs to know.
    """
    app = _new_app()
    local = LocalOnly()
    asked: Guard = SignatureGuard(signatures) if signatures else local
    streamed: Guard = HandshakeGuard(signatures) if signatures else local
    _refuse_unsound(app, bases)
    refuse_unguarded(app, AstrayGuard(asked, f"{bases[0]}/call") if signatures else local)

    app.register_blueprint(_health(OpenToAll(), switchboard.call_slots))
    app.register_blueprint(
        webhooks(
            asked,
            call_flow,
            dialer=dialer,
            on_recording=on_recording,
            account_sid=account_sid,
        )
    )
    is_viewer = None
    if viewing:
        guards = viewing.viewers.guards(bases, None if signatures else local)
        viewing.add_to(app, guards)
        is_viewer = guards.others.admits
    app.register_blueprint(stream(StreamGuard(is_viewer, streamed), switchboard, tickets))
    return app


def create_vosk_app(switchboard: Switchboard, sessions: LiveSessions, bases: list[str]) -> Flask:
    """Create an application that speaks vosk-server's protocol with programs of this machine.

    Its one route is the root, and needs no token.  `bases` are the addresses from which a browser may open
    it.
    """
    app = _new_app()
    local = LocalOnly()
    _refuse_unsound(app, bases)
    refuse_unguarded(app, local)
    app.register_blueprint(vosk_live(local, switchboard, sessions, "/"))
    return app


def _new_app() -> Flask:
    """Create an application without routes, with bounds on requests and protective headers in answers."""
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # it would redirect, to the host that the request names
    app.request_class = SmallForms
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = MAX_MESSAGE_BYTES
    app.config["MAX_FORM_PARTS"] = MAX_FIELDS
    app.config["SOCK_SERVER_OPTIONS"] = {
        "max_message_size": MAX_MESSAGE_BYTES,
        "thread_class": Unstarted,
        "subprotocols": list(TOKEN_SUBPROTOCOLS),  # browsers leave where none of theirs is chosen
    }

    @app.after_request
    def protect(response: Response) -> Response:
        policy = response.headers.get(POLICY, PROTECTION[POLICY])
        response.headers.update(PROTECTION | {POLICY: policy})
        return response

    @app.errorhandler(ConnectionError)
    @app.errorhandler(TimeoutError)
    @app.errorhandler(BlockingIOError)
    def lost(error: OSError) -> tuple[str, int]:
        """Answer when the other end of the connection is gone or does not read: no fault of ours."""
        logger.debug("A connection was lost: %s", error)
        return "", 400

    return app


def _refuse_unsound(app: Flask, bases: list[str]) -> None:
    """Refuse malformed handshakes, and requests from pages of other servers.

    Those pages may use what asks for the token itself, as browsers do not add it by themselves.
    """

    @app.before_request
    def refuse() -> None:
        if is_websocket(request) and not is_sound(request):
            abort(400, "This is not a WebSocket handshake.")
        if takes_any_origin(app, request.blueprints):
            return
        if not is_same_origin(request.headers.get("Origin", bases[0]), bases):
            abort(403, "Nothing can be changed from here: this server does not know itself by this address.")


def _health(guard: Guard, slots: CallSlots) -> Blueprint:
    """Make the routes that tell load balancers that the server is there, and whether it takes new calls."""
    blueprint = guard.protect(Blueprint("health", __name__))

    @blueprint.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @blueprint.get("/readyz")
    def readyz() -> tuple[dict[str, str], int]:
        readiness = slots.readiness
        return {"status": readiness}, 200 if readiness is Readiness.READY else 503

    return blueprint
