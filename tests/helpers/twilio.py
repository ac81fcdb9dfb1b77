"""Handshakes as Twilio sends them."""

import base64

import requests

TOKEN = "secret"

HANDSHAKE = (
    b"GET /stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(bytes(16)) + b"\r\n\r\n"
)

VALID = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
}


def handshake(server, headers):
    """Try a handshake; return the status that it is refused with."""
    return requests.get(server.http + "/stream", headers=VALID | headers, timeout=400).status_code
