"""The route of the WebSocket over which the audio of calls comes."""

from flask import Blueprint, Response, g
from flask_sock import Sock
from simple_websocket import Server

from ..core.media_stream import Start
from ..errors import Refused
from ..net.http_server import WebSocketLine
from ..system.rate_limited_log import RateLimitedLog
from .guards import StreamGuard
from .handshake_slots import take_slots
from .switchboard import Switchboard, accept_any
from .tickets import Tickets

SPARE_STREAMS = 8
"""Calls of viewers beyond the limit, as they may begin even where no other calls are taken"""

LOST_UPGRADE = (
    "The WebSocket of a call came without its `Upgrade` and `Connection` headers, so no call can be heard: "
    "the proxy in front of this server drops them. nginx passes them on with `proxy_http_version 1.1`, "
    '`proxy_set_header Upgrade $http_upgrade` and `proxy_set_header Connection "upgrade"`.'
)


class _Log:
    """The logs of refused streams."""

    def __init__(self) -> None:
        self.lost_upgrade = RateLimitedLog(LOST_UPGRADE.replace("%", "%%"))
        self.full = RateLimitedLog(
            "A stream was refused: %s calls are being taken, as many as LOCAL_STT_MAX_CALLS allows, and no "
            "other is expected"
        )
        self.no_ticket = RateLimitedLog(
            "A stream of call %.64r was refused: it has no valid ticket of this server, which all of this "
            "server's TwiML has. If TwiML of your own streams calls here, set LOCAL_STT_OWN_TWIML to yes"
        )


def stream(guard: StreamGuard, switchboard: Switchboard, tickets: Tickets | None) -> Blueprint:
    """Make the blueprint of `/stream`.

    `tickets` checks the tickets that streams must have, except viewers'; None where they need none.
    """
    blueprint = guard.protect(Blueprint("stream", __name__))
    sock = Sock()
    log = _Log()

    def on_full() -> None:
        log.full.warn(switchboard.call_slots.max_calls)
        if tickets is None:  # otherwise Twilio asked about the call before, which was counted then
            switchboard.call_slots.note_refused()

    take_slots(
        blueprint,
        switchboard.call_slots,
        spare=lambda: SPARE_STREAMS if g.is_viewers else 0,
        on_full=on_full,
    )

    @sock.route("/stream", bp=blueprint)  # type: ignore[untyped-decorator]
    def take(websocket: Server) -> None:
        check_start = accept_any if g.is_viewers else require_ticket
        switchboard.take(WebSocketLine(websocket), g.slot, check_start, can_move=not g.is_viewers)

    @blueprint.get("/stream")
    def lost_upgrade() -> Response:
        """Answer a handshake whose headers a proxy has dropped."""
        log.lost_upgrade.warn()
        return Response(LOST_UPGRADE + "\n", 426, mimetype="text/plain")

    def require_ticket(start: Start) -> None:
        if tickets and not tickets.admit(start.ticket, start.call_id):
            log.no_ticket.warn(start.call_id)
            raise Refused(f"call {start.call_id} has no ticket")

    return blueprint
