"""What strangers may hold of a server: connections, time, memory, lines in the log."""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPException

import pytest
import requests

from helpers.project import PROJECT
from helpers.waiting import wait_until
from local_stt.net.connections import (
    MAX_DISCARDED_BYTES,
    MAX_HEAD_BYTES,
    HttpConnections,
    _Received,
    _RequestFile,
    admit,
)

SLOW = b"POST /call HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"


def app(environ, start_response):
    """Answers with the length of the body; `/in` admits before that, `/out` answers without reading."""
    if environ["PATH_INFO"] == "/in":
        admit(environ)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    size = 0 if environ["PATH_INFO"] == "/out" else len(environ["wsgi.input"].read(length))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(size).encode()]


@pytest.fixture
def serve():
    """Starts a server with these bounds."""
    with contextlib.ExitStack() as stack:

        def start(**bounds):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=256))
            server = HttpConnections(app, listener, **bounds)
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
            return server

        yield start


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=400)


def answer(port, request):
    with connect(port) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(request)
        with contextlib.suppress(ConnectionResetError):
            return connection.recv(4096)
    return b""


def is_closed(connection):
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


def test_many_slow_connections_do_not_keep_a_request_from_being_answered(serve, caplog):
    port = serve(max_strangers=20).port
    with contextlib.ExitStack() as stack:
        slow = [stack.enter_context(connect(port)) for _ in range(100)]
        for connection in slow:
            with contextlib.suppress(ConnectionError):
                connection.sendall(SLOW)
        for _ in range(20):
            assert requests.post(f"http://127.0.0.1:{port}/call", b"12345", timeout=400).text == "5"
        assert all(map(is_closed, slow[:50]))
    assert caplog.text.count("had not shown who they are") == 1


def test_a_request_of_a_stranger_must_come_in_time_and_an_admitted_one_need_not(serve):
    port = serve(stranger_timeout=0.3).port
    with connect(port) as stranger, connect(port) as friend:
        stranger.sendall(SLOW)
        friend.sendall(b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12")
        assert is_closed(stranger)
        time.sleep(0.5)  # longer than strangers have
        friend.sendall(b"345")
        assert friend.recv(4096).startswith(b"HTTP/1.1 200")


def test_those_who_are_admitted_do_not_count(serve):
    server = serve(max_strangers=5)
    with contextlib.ExitStack() as stack:
        friends = []
        for _ in range(20):
            friends.append(stack.enter_context(connect(server.port)))
            friends[-1].sendall(b"POST /in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12")
            wait_until(lambda: not server.strangers.count)
        for friend in friends:
            friend.sendall(b"345")
            assert friend.recv(4096).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + b"X: " + b"x" * 40_000 + b"\r\n\r\n", b"HTTP/1.1 431"),
        (b"GET / HTTP/1.1\r\n" + b"X: xxxxxxxxxxx\r\n" * 4000 + b"\r\n", b"HTTP/1.1 431"),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n", b"HTTP/1.1 431"),
        (b"GET / HTTP/9.9\r\n\r\n", b"HTTP/1.1 505"),
        (b"GET http://[::1/ HTTP/1.1\r\n\r\n", b"HTTP/1.1 400"),
        (b"nonsense\r\n\r\n", b"HTTP/1.1 400"),
        (b"\x16\x03\x01\x02\x00\r\n\r\n", b"HTTP/1.1 400"),
    ],
)
def test_what_is_no_request_gets_its_status_and_no_line_in_the_log(serve, caplog, capsys, request_, status):
    assert status in answer(serve().port, request_)
    assert caplog.text == ""
    assert capsys.readouterr().err == ""


def test_an_answer_comes_before_all_of_a_request_and_the_rest_is_forgotten(serve):
    """As of an upload that is refused."""
    body = b"x" * 500_000
    request = b"POST /out HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" + body
    assert answer(serve().port, request).startswith(b"HTTP/1.1 200")


def test_what_is_left_of_a_request_takes_no_memory_and_has_an_end():
    class Endless(socket.socket):
        received = 0

        def recv_into(self, buffer, *_):
            self.received += len(buffer)
            return len(buffer)

    with Endless() as connection:
        received = _Received(connection, time.monotonic() + 600)
        received.is_in_head, received.left = False, MAX_DISCARDED_BYTES
        file = _RequestFile(received)
        file.is_answered = True
        assert file.read(10_000_000) == b""
        assert connection.received == MAX_DISCARDED_BYTES


def test_a_head_is_bounded_however_it_comes():
    one, other = socket.socketpair()
    with one, other:
        other.sendall(b"x" * (MAX_HEAD_BYTES + 1))
        file = _RequestFile(_Received(one, time.monotonic() + 600))
        with pytest.raises(HTTPException):
            file.read(MAX_HEAD_BYTES + 1)


def test_without_descriptors_it_waits_and_goes_on(serve, monkeypatch):
    port, accept, failures = serve().port, socket.socket.accept, iter(range(3))

    def failing(self):
        if next(failures, None) is not None:
            raise OSError(24, "Too many open files")
        return accept(self)

    monkeypatch.setattr(socket.socket, "accept", failing)
    assert answer(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 200")


def test_as_many_descriptors_are_had_as_the_user_may_have():
    code = (
        "import resource as r; from local_stt.system.descriptors import allow_many_descriptors as allow;"
        "r.setrlimit(r.RLIMIT_NOFILE, (100, 300)); allow(); print(r.getrlimit(r.RLIMIT_NOFILE))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "(300, 300)\n"


def test_the_server_does_not_say_what_it_is_made_of(serve):
    assert requests.get(f"http://127.0.0.1:{serve().port}/", timeout=400).headers["Server"] == "local_stt"
