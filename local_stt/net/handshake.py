"""Tells WebSocket handshakes from other requests (RFC 6455 section 4.2.1)."""

import re

from flask import Request


def is_websocket(request: Request) -> bool:
    """Check whether a request has both headers of a handshake; proxies may drop one of them."""
    connection = [each.strip().lower() for each in request.headers.get("Connection", "").split(",")]
    return request.headers.get("Upgrade", "").lower() == "websocket" and "upgrade" in connection


def is_sound(request: Request) -> bool:
    """Check whether a handshake has what a client must send; simple-websocket would fail on less."""
    key = request.headers.get("Sec-WebSocket-Key", "")
    version = request.headers.get("Sec-WebSocket-Version")
    return version == "13" and bool(re.fullmatch(r"[A-Za-z0-9+/]{22}==", key))
