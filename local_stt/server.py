"""The routes Twilio calls: the webhooks, the stream, and what became of the stream."""

import logging
import re
from collections.abc import Callable, Mapping

from flask import Flask, Response, abort, g, request
from flask_sock import Sock
from simple_websocket import Server

from . import connections
from .answering import Answering
from .errors import Refused
from .forms import MOST_FIELDS, SmallForms
from .http_server import LARGEST_MESSAGE, Unstarted, WebSocketLine
from .local_mode import ADVICE, REFUSAL, is_from_here
from .media_stream import Start
from .origin import is_at_home
from .protection import PROTECTION
from .sparing_log import SparingLog
from .switchboard import Switchboard, anybody
from .telephony.recordings import COMPLETED, is_sid
from .telephony.signature import Signatures, has_signature
from .telephony.tickets import Tickets

logger = logging.getLogger(__name__)

TWILIOS = ("call", "call_status", "dialed", "recording_status", "stream", "stream_status")
"""Endpoints for Twilio alone"""

POLICY = "Content-Security-Policy"

STREAM_ERRORS = {
    "31901": "the connection to this server timed out",
    "31902": "the connection to this server was refused",
    "31910": "this server's TLS certificate was not accepted",
    "31920": "the WebSocket handshake was refused; often a signature made with another TWILIO_AUTH_TOKEN",
    "31921": "this server closed the connection",
    "31923": "the stream's URL is not valid",
    "31924": "the WebSocket protocol was violated",
    "31941": "the stream's track is not valid",
}
"""https://www.twilio.com/docs/api/errors"""


SPARE_STREAMS = 8
"""Calls of viewers beyond those that are taken at once, as they also begin where no others are taken"""

LOST_UPGRADE = (
    "The WebSocket of a call came without its `Upgrade` and `Connection` headers, so no call can be heard: "
    "the proxy in front of this server drops them. nginx passes them on with `proxy_http_version 1.1`, "
    '`proxy_set_header Upgrade $http_upgrade` and `proxy_set_header Connection "upgrade"`.'
)


class _Log:
    """What is told of requests that get nothing."""

    def __init__(self, webhook: str) -> None:
        self.stranger = SparingLog("A request to %.100r without Twilio's signature was refused")
        self.elsewhere = SparingLog(f"A request to %.100r that came from elsewhere was refused: {ADVICE}")
        self.astray = SparingLog(
            "Twilio asked %s %.100r, which is not an address of this server: set the number's voice webhook "
            f"to {webhook} (POST)"
        )
        self.lost_upgrade = SparingLog(LOST_UPGRADE.replace("%", "%%"))
        self.crowded = SparingLog(
            "A stream was refused: %s calls are being taken, as many as LOCAL_STT_MAX_CALLS allows, and no "
            "other is expected"
        )
        self.no_ticket = SparingLog(
            "A stream of call %.64r was refused: it has no valid ticket of this server, which all of this "
            "server's TwiML has. If TwiML of your own streams calls here, set LOCAL_STT_OWN_TWIML to yes"
        )


def create_app(
    *,
    switchboard: Switchboard,
    answering: Answering,
    signatures: Signatures | None,
    tickets: Tickets | None,
    bases: list[str],
    is_viewer: Callable[[], bool] = lambda: False,
    call_told: Callable[[Mapping[str, str]], None] = lambda _: None,
    account_sid: str = "",
    recording_told: Callable[[Mapping[str, str]], None] = lambda _: None,
) -> Flask:
    """The web application.

    `signatures` is None only where nobody but this machine can connect; what is forwarded from elsewhere
    is then refused.  `tickets` are those that streams must have, but for viewers'; None where they need
    none.  `bases` are the
    addresses a browser may open this server's sockets from.  `is_viewer` tells of the request in
    hand whether it comes from one, who may place a call from the browser without Twilio.  `call_told`
    takes what Twilio tells of calls that were placed from here; `recording_told` what it tells of
    recordings of the account `account_sid` that are complete.
    """
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False  # it would redirect, to the host that the request names
    app.request_class = SmallForms
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_MESSAGE
    app.config["MAX_FORM_PARTS"] = MOST_FIELDS
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": LARGEST_MESSAGE, "thread_class": Unstarted}
    sock = Sock(app)
    log = _Log(f"{bases[0]}/call")

    @app.before_request
    def admit() -> Response | None:
        """Turn strangers away before the handshake: flask-sock completes it before the handler runs."""
        if not signatures and not _is_from_here() and not may_come_from_elsewhere():
            log.elsewhere.warn(request.path)
            abort(403, REFUSAL)
        if _is_websocket() and not _is_sound_handshake():
            abort(400, "This is not a WebSocket handshake.")
        if not is_at_home(request.headers.get("Origin", bases[0]), bases):
            abort(403, "Nothing can be changed from here: this server does not know itself by this address.")
        if _is_for_stream():
            g.is_viewers = is_viewer()
            if not g.is_viewers:
                require_signature()
            connections.admit(request.environ)
            return refusal_of_stream(SPARE_STREAMS if g.is_viewers else 0)
        if request.endpoint in (*TWILIOS, None):
            require_signature()
            connections.admit(request.environ)
        if request.endpoint is None and signatures:
            log.astray.warn(request.method, request.path)
        return None

    @app.after_request
    def protect(response: Response) -> Response:
        policy = response.headers.get(POLICY, PROTECTION[POLICY])
        response.headers.update(PROTECTION | {POLICY: policy})
        return response

    def may_come_from_elsewhere() -> bool:
        """Return whether the route is open to all, or the request shows the token of viewers to one that
        takes it."""
        if request.endpoint == "healthz":
            return True
        takes_token = _is_for_stream() or request.endpoint not in (*TWILIOS, None)
        return takes_token and is_viewer()

    def require_signature() -> None:
        if signatures and not _is_signed(signatures):
            log.stranger.warn(request.path)
            abort(403, "The signature is missing or wrong.")

    def require_ticket(start: Start) -> None:
        if tickets and not tickets.admit(start.ticket, start.call_id):
            log.no_ticket.warn(start.call_id)
            raise Refused(f"call {start.call_id} has no ticket")

    def refusal_of_stream(spare: int) -> Response | None:
        """What a stream gets that cannot be taken; else it has a place until its request is over.

        `spare` is how many calls more than others it may find.
        """
        if not _is_websocket():
            log.lost_upgrade.warn()
            return Response(LOST_UPGRADE + "\n", 426, mimetype="text/plain")
        g.place = switchboard.places.enter(spare)
        if g.place is None:
            log.crowded.warn(switchboard.places.most)
            abort(503, "As many calls as can be are being taken.")
        return None

    @app.teardown_request
    def give_place_back(_: BaseException | None) -> None:
        if place := g.pop("place", None):
            place.leave()

    @app.errorhandler(ConnectionError)
    @app.errorhandler(TimeoutError)
    @app.errorhandler(BlockingIOError)
    def lost(error: OSError) -> tuple[str, int]:
        """The other end of the request's own connection is gone, or reads nothing: no fault of ours."""
        logger.debug("A connection was lost: %s", error)
        return "", 400

    @app.route("/call", methods=["GET", "POST"], strict_slashes=False)
    def call() -> Response:
        """Somebody calls.  People set this address by hand, with the other method or a slash behind it."""
        return Response(answering.call(request.values), mimetype="text/xml")

    @app.post("/dialed")
    def dialed() -> Response:
        return Response(answering.dialed(request.form), mimetype="text/xml")

    @app.post("/call-status")
    def call_status() -> tuple[str, int]:
        call_told(request.form)
        return "", 204

    @app.post("/recording-status")
    def recording_status() -> tuple[str, int]:
        if _is_complete_recording(request.form, account_sid):
            logger.info(
                "Twilio has recording %s of call %.64r",
                request.form["RecordingSid"],
                request.form.get("CallSid", ""),
            )
            recording_told(request.form)
        return "", 204

    @app.post("/stream-status")
    def stream_status() -> tuple[str, int]:
        if request.form.get("StreamEvent") == "stream-error":
            _log_stream_error(request.form.get("CallSid", ""), request.form.get("StreamError", ""))
        return "", 204

    @sock.route("/stream")  # type: ignore[untyped-decorator]
    def stream(websocket: Server) -> None:
        switchboard.take(WebSocketLine(websocket), g.place, anybody if g.is_viewers else require_ticket)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app


def _is_from_here() -> bool:
    host, protocol = request.headers.get("Host", ""), request.environ.get("SERVER_PROTOCOL", "")
    return is_from_here(host, request.headers.keys(), protocol)


def _is_websocket() -> bool:
    """Whether both headers are there: proxies drop the one or the other."""
    wanted = [each.strip().lower() for each in request.headers.get("Connection", "").split(",")]
    return request.headers.get("Upgrade", "").lower() == "websocket" and "upgrade" in wanted


def _is_for_stream() -> bool:
    """Whether this is a handshake, or what a proxy has made of one, for which Flask has no endpoint."""
    return request.path == "/stream"


def _is_sound_handshake() -> bool:
    """What RFC 6455 section 4.2.1 asks of a client; simple-websocket would fail on less."""
    key = request.headers.get("Sec-WebSocket-Key", "")
    return request.headers.get("Sec-WebSocket-Version") == "13" and bool(
        re.fullmatch(r"[A-Za-z0-9+/]{22}==", key)
    )


def _is_signed(signatures: Signatures) -> bool:
    if not has_signature(request.headers.get):  # a stranger's form is not even read
        return False
    if _is_for_stream():
        return signatures.handshake_is_signed(request.path, request.headers.get)
    query = "?" + request.query_string.decode() if request.query_string else ""
    return signatures.webhook_is_signed(request.path + query, request.form, request.headers.get)


def _is_complete_recording(form: Mapping[str, str], account_sid: str) -> bool:
    return (
        form.get("AccountSid") == account_sid
        and form.get("RecordingStatus") == COMPLETED
        and is_sid(form.get("RecordingSid", ""))
    )


def _log_stream_error(call_id: str, error: str) -> None:
    code = next((code for code in STREAM_ERRORS if code in error), "")
    meaning = STREAM_ERRORS.get(code, "see https://www.twilio.com/docs/api/errors")
    logger.error("Twilio could not stream call %.64r: %.200r: %s", call_id, error, meaning)
