"""A real Redis server from this machine's packages, for the time of the tests."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator


def program() -> str | None:
    """The server; Valkey speaks the same protocol."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


_servers: dict[str, subprocess.Popen] = {}


def server_of(url: str) -> int:
    """The process id of the server at a URL."""
    return _servers[url].pid


@contextlib.contextmanager
def running_redis(port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """The URL of an empty Redis that keeps nothing on disk."""
    binary = program()
    assert binary, "install Redis (Debian: redis-server)"
    if not port:
        with socket.create_server((host, 0)) as free:
            port = free.getsockname()[1]
    options = [
        "--port",
        str(port),
        "--bind",
        host,
        "--save",
        "",
        "--appendonly",
        "no",
        "--protected-mode",
        "no",
    ]
    with tempfile.TemporaryDirectory(prefix="redis") as folder:
        server = subprocess.Popen([binary, *options], cwd=folder, stdout=subprocess.DEVNULL)
        try:
            _wait(host, port, server)
            url = f"redis://{host}:{port}/0"
            _servers[url] = server
            yield url
        finally:
            server.kill()
            server.wait(400)


def _wait(host: str, port: int, server: subprocess.Popen) -> None:
    deadline = time.monotonic() + 400
    while True:
        assert server.poll() is None, "Redis did not start"
        try:
            socket.create_connection((host, port), 1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
