"""Viewers and callers that reset their connections whenever they like: nobody else notices."""

import contextlib
import socket
import struct
import threading
import time
from pathlib import Path

import pytest

from helpers.events import recording, save_call
from helpers.servers import VIEWERS_TOKEN
from helpers.uploads import uploads_of
from helpers.waiting import wait_until
from local_stt.demo import RECORDING
from local_stt.store import open_store

LONG = "what was said was long " * 20

CALL = recording().call_id

UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)

ASKED = {
    "events": "GET /api/events",
    "page": "GET /",
    "script": "GET /static/main.js",
    "metrics": "GET /metrics",
    "audio": f"GET /api/calls/{CALL}/audio",
    "sample": "GET /static/sample.wav",
    "waveform": f"GET /api/calls/{CALL}/waveform",
    "sentences": f"GET /api/calls/{CALL}/sentences",
    "export": f"GET /api/calls/{CALL}/transcript.json",
    "client": "GET /client",
    "stream": "GET /stream",
    "upload": "POST /api/recordings?name=a.wav",
    "form": "POST /api/recordings",
    "webhook": "POST /call",
    "health": "GET /healthz",
}
"""What is asked for, by what a test is called"""


@pytest.fixture(scope="module")
def server(running, tmp_path_factory):
    folder = tmp_path_factory.mktemp("resets")
    with contextlib.ExitStack() as stack:
        store = open_store(folder)
        stack.callback(store.close)
        save_call(store, CALL, *[LONG] * 200)
        store.recordings.make_folder()
        data = RECORDING.read_bytes()
        store.recordings.path(CALL).write_bytes(data + bytes(20_000_000))
        uploads = uploads_of(store, folder, max_bytes=10**8)
        yield stack.enter_context(running(store=store, uploads=uploads))


def request(server, name):
    """The bytes of a request."""
    host = server.http.removeprefix("http://")
    head = f"{ASKED[name]} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {VIEWERS_TOKEN}\r\n"
    if name in ("client", "stream"):
        return f"{head}{UPGRADE}\r\n".encode()
    if name == "form":
        kind = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n"
        part = b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.wav"\r\n\r\n'
        return (head + kind).encode() + part + bytes(1000)
    if name == "webhook":
        kind = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"
        return f"{head}{kind}CallSid=CA1&".encode()
    return f"{head}{'Content-Length: 1000000' if name == 'upload' else 'X: y'}\r\n\r\n".encode()


def reset(server, name, seconds, count):
    """Send a request, read `count` bytes of the answer, and reset the connection after `seconds`."""
    with server.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(request(server, name))
        if count:
            connection.recv(count)
        time.sleep(seconds)


def threads():
    return sum("process_request_thread" in thread.name for thread in threading.enumerate())


def connections():
    """Sockets that this process has open."""
    links = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            links.append(str(descriptor.readlink()))
    return sum(link.startswith("socket:") for link in links)


@pytest.mark.parametrize("name", ASKED)
def test_of_a_connection_that_is_reset_nothing_is_left(server, log, name, capfd):
    before = connections()
    for seconds in (0, 0, 0, 0.002, 0.01, 0.05):
        reset(server, name, seconds, 0)
    if name not in ("upload", "form", "webhook"):  # which are answered when they are there
        for _ in range(3):
            reset(server, name, 0, 100)
    wait_until(lambda: not threads())
    wait_until(lambda: connections() <= before)
    assert log == []
    assert "Traceback" not in capfd.readouterr().err
