"""The route of vosk-server's protocol.

Source: https://github.com/alphacep/vosk-server
"""

import secrets

from flask import Blueprint

from ....net.guards import Guard
from ....telephony.switchboard import Switchboard
from ..errors import answer_errors, error_alone
from ..live.line import LiveSessions
from ..live.route import live_route
from .session import VoskSession


def vosk_live(guard: Guard, switchboard: Switchboard, sessions: LiveSessions, path: str) -> Blueprint:
    """Make the route of live sessions at a path."""
    blueprint = guard.protect(Blueprint("vosk_server", __name__))
    answer_errors(blueprint, error_alone)
    live_route(
        blueprint,
        path,
        switchboard,
        sessions,
        lambda: VoskSession(f"vosk-{secrets.token_hex(8)}"),
    )
    return blueprint
