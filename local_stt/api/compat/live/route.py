"""The WebSocket of a vendor's streaming API: each session is a call like any other."""

import contextlib
from collections.abc import Callable

from flask import Blueprint, g, request
from flask_sock import Sock
from simple_websocket import Server

from ....net.handshake import is_websocket
from ....telephony.handshake_slots import take_slots
from ....telephony.switchboard import Switchboard
from .line import LiveLine, LiveSession, LiveSessions


def live_route(
    blueprint: Blueprint,
    path: str,
    switchboard: Switchboard,
    sessions: LiveSessions,
    open_session: Callable[[], LiveSession],
) -> None:
    """Add the route of a WebSocket to a blueprint that has no other.

    `open_session` reads the parameters of the current request.  It refuses what cannot be done before the
    handshake, as programs do not read why a WebSocket is closed.
    """
    sock = Sock()

    @blueprint.before_request
    def open_() -> None:
        if is_websocket(request):
            g.session = open_session()

    take_slots(blueprint, switchboard.call_slots)

    @sock.route(path, bp=blueprint)  # type: ignore[untyped-decorator]
    def live(websocket: Server) -> None:
        """Recognize audio while it comes."""
        line = LiveLine(websocket, g.session)
        with contextlib.closing(line), sessions.listening(line):
            switchboard.take(line, g.slot)
