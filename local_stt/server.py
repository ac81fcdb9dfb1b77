"""The routes Twilio calls: the webhooks, the stream, and what became of the stream."""

import logging
import re
import threading
from collections.abc import Callable, Mapping

from flask import Flask, Response, abort, g, request
from flask_sock import Sock
from simple_websocket import Server

from . import connections
from .answering import Answering
from .forms import MOST_FIELDS, SmallForms
from .http_server import LARGEST_MESSAGE, Unstarted, WebSocketLine
from .origin import is_at_home
from .sparing_log import SparingLog
from .switchboard import Switchboard
from .telephony.recordings import COMPLETED, is_sid
from .telephony.signature import Signatures, has_signature

logger = logging.getLogger(__name__)

TWILIOS = ("call", "call_status", "dialed", "recording_status", "stream", "stream_status")
"""Endpoints for Twilio alone"""

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


STREAMS_PER_CALL = 2
"""Connections a call may have at once: the one that broke, whose last words are to come, and the one anew"""

SPARE_STREAMS = 8
"""More than that, for calls from browsers and tests, and where no calls are taken"""

LOST_UPGRADE = (
    "The WebSocket of a call came without its `Upgrade` and `Connection` headers, so no call can be heard: "
    "the proxy in front of this server drops them. nginx passes them on with `proxy_http_version 1.1`, "
    '`proxy_set_header Upgrade $http_upgrade` and `proxy_set_header Connection "upgrade"`.'
)


class _Log:
    """What is told of requests that get nothing."""

    def __init__(self, webhook: str, streams: int) -> None:
        self.stranger = SparingLog("A request to %.100r without Twilio's signature was refused")
        self.astray = SparingLog(
            "Twilio asked %s %.100r, which is not an address of this server: set the number's voice webhook "
            f"to {webhook} (POST)"
        )
        self.lost_upgrade = SparingLog(LOST_UPGRADE.replace("%", "%%"))
        self.crowded = SparingLog(
            f"A stream was refused: {streams} are open, more than LOCAL_STT_MAX_CALLS can come to"
        )


def create_app(
    *,
    switchboard: Switchboard,
    answering: Answering,
    signatures: Signatures | None,
    bases: list[str],
    is_viewer: Callable[[], bool] = lambda: False,
    call_told: Callable[[Mapping[str, str]], None] = lambda _: None,
    account_sid: str = "",
    recording_told: Callable[[Mapping[str, str]], None] = lambda _: None,
    max_calls: int = 100,
) -> Flask:
    """The web application.

    `signatures` is None only where nobody but this machine can connect.  `bases` are the
    addresses a browser may open this server's sockets from.  `is_viewer` tells of the request in
    hand whether it comes from one, who may place a call from the browser without Twilio.  `call_told`
    takes what Twilio tells of calls that were placed from here; `recording_told` what it tells of
    recordings of the account `account_sid` that are complete.  `max_calls` bounds the streams, with room for
    those that come back.
    """
    app = Flask(__name__, static_folder=None)
    app.request_class = SmallForms
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_MESSAGE
    app.config["MAX_FORM_PARTS"] = MOST_FIELDS
    app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": LARGEST_MESSAGE, "thread_class": Unstarted}
    sock = Sock(app)
    most_streams = STREAMS_PER_CALL * max_calls + SPARE_STREAMS
    log = _Log(f"{bases[0]}/call", most_streams)
    free = threading.BoundedSemaphore(most_streams)

    @app.before_request
    def admit() -> Response | None:
        """Turn strangers away before the handshake: flask-sock completes it before the handler runs."""
        if _is_websocket() and not _is_sound_handshake():
            abort(400, "This is not a WebSocket handshake.")
        if not is_at_home(request.headers.get("Origin", bases[0]), bases):
            abort(403, "Nothing can be changed from here: this server does not know itself by this address.")
        if _is_for_stream():
            if not is_viewer():
                require_signature()
            connections.admit(request.environ)
            return refusal_of_stream()
        if request.endpoint in (*TWILIOS, None):
            require_signature()
            connections.admit(request.environ)
        if request.endpoint is None and signatures:
            log.astray.warn(request.method, request.path)
        return None

    def require_signature() -> None:
        if signatures and not _is_signed(signatures):
            log.stranger.warn(request.path)
            abort(403, "The signature is missing or wrong.")

    def refusal_of_stream() -> Response | None:
        """What a stream gets that cannot be taken; else it has a place until its request is over."""
        if not _is_websocket():
            log.lost_upgrade.warn()
            return Response(LOST_UPGRADE + "\n", 426, mimetype="text/plain")
        if not free.acquire(blocking=False):
            log.crowded.warn()
            abort(503, "Too many streams are open.")
        g.has_place = True
        return None

    @app.teardown_request
    def give_place_back(_: BaseException | None) -> None:
        if g.pop("has_place", False):
            free.release()

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
        switchboard.take(WebSocketLine(websocket))

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return app


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
