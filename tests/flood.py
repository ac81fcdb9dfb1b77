"""Flood a running server as strangers could, and see what a caller and the machine notice of it.

    python -m tests.flood --slow 2000

A `local_stt run` of its own is started, with an auth token, 1,024 descriptors and no tunnel.  While
connections that send a byte now and then are open, Twilio's request for a call is sent twenty times.  Then
requests that are refused are sent.  What the server's memory and its log grew by is printed.
"""

import argparse
import contextlib
import os
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import requests

from helpers.project import PROJECT
from local_stt.telephony.signature import sign

TOKEN = "1" * 32
PUBLIC = "https://calls.example"
TRIES = 20
SLOW = (
    b"POST /call HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: x\r\nContent-Length: 10000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
)


def main() -> None:
    """Run all floods, one after the other; exit with 1 when the server did not hold."""
    options = _options()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (process, port):
        log = Path(folder) / "log"
        seconds = _calls_beside(port, options.slow)
        print(f"{options.slow} slow connections: {len(seconds)} of {TRIES} calls answered, ", end="")
        print(f"the slowest in {max(seconds, default=0):.2f} s")
        refused = _growth(process, log, lambda: _refused_bodies(port, 40))
        heads = _growth(process, log, lambda: _large_heads(port, 20))
        headers = _growth(process, log, lambda: _long_headers(port, 100))
        print(f"40 refused bodies of 25 MB: {refused[0]:.0f} MB more at most, {refused[1]} bytes of log")
        print(f"20 heads of 6 MB: {heads[0]:.0f} MB more at most, {heads[1]} bytes of log")
        print(
            f"100 requests with headers of 20 kB: {headers[0]:.0f} MB more at most, {headers[1]} bytes of log"
        )
        holds = len(seconds) == TRIES and max(seconds) < 1 and process.poll() is None
    sys.exit(not holds)


@contextlib.contextmanager
def _server(folder: Path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    secrets = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": TOKEN, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "local_stt", "run", "--port", str(port), "--no-wire"]
    command += ["--public-url", PUBLIC, "--model", "demo-en", "--data-dir", str(folder / "data")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=environ | secrets, stdout=log, stderr=log, preexec_fn=_as_usual
        )
        try:
            while not _answers(port):
                if process.poll() is not None:
                    sys.exit((folder / "log").read_text())
                time.sleep(0.2)
            yield process, port
        finally:
            process.terminate()
            process.wait(400)


def _as_usual() -> None:
    """Give the server as many descriptors as processes usually have, and no more."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))


def _answers(port: int) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
    return False


def _calls_beside(port: int, slow: int) -> list[float]:
    """Send Twilio's request while slow connections are open, opened again when they are closed."""
    over, are_open = threading.Event(), threading.Barrier(21)
    flood = [threading.Thread(target=_hold_open, args=(port, slow // 20, are_open, over)) for _ in range(20)]
    for thread in flood:
        thread.start()
    are_open.wait()
    seconds = []
    for number in range(TRIES):
        form = {"CallSid": f"CA{number:032}", "From": "+15550000001", "To": "+15550000002"}
        began = time.monotonic()
        with contextlib.suppress(requests.RequestException):
            headers = sign(TOKEN, f"{PUBLIC}/call", form)
            answer = requests.post(f"http://127.0.0.1:{port}/call", form, headers=headers, timeout=15)
            if answer.ok:
                seconds.append(time.monotonic() - began)
        time.sleep(0.2)
    over.set()
    for thread in flood:
        thread.join()
    return seconds


def _hold_open(port: int, count: int, are_open: threading.Barrier | None, over: threading.Event) -> None:
    connections = []
    while not over.is_set():
        for _ in range(count - len(connections)):
            with contextlib.suppress(OSError):
                connections.append(socket.create_connection(("127.0.0.1", port), timeout=1))
                connections[-1].sendall(SLOW)
        if are_open:
            are_open.wait()
            are_open = None
        over.wait(1)
        connections = [each for each in connections if _is_open(each)]
    for connection in connections:
        connection.close()


def _is_open(connection: socket.socket) -> bool:
    try:
        connection.sendall(b"x")
    except OSError:
        connection.close()
        return False
    return True


def _growth(process: subprocess.Popen, log: Path, flood) -> tuple[float, int]:
    """Run a flood; by how many MB the server's memory grew at most, and its log by how many bytes."""
    server, before, logged = (
        psutil.Process(process.pid),
        psutil.Process(process.pid).memory_info().rss,
        log.stat().st_size,
    )
    highest, over = before, threading.Event()

    def watch() -> None:
        nonlocal highest
        while not over.wait(0.02):
            highest = max(highest, server.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    flood()
    over.set()
    watcher.join()
    return (highest - before) / 1e6, log.stat().st_size - logged


def _send_all(port: int, texts: list[bytes]) -> None:
    def send(text: bytes) -> None:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
        ):
            connection.sendall(text)
            while connection.recv(65536):
                pass

    senders = [threading.Thread(target=send, args=(text,)) for text in texts]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()


def _refused_bodies(port: int, count: int) -> None:
    size = 25_000_000
    head = f"POST /api/recordings HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n".encode()
    _send_all(port, [head + bytes(size)] * count)


def _large_heads(port: int, count: int) -> None:
    line = b"X-%d: " + b"x" * 60_000 + b"\r\n"
    _send_all(
        port, [b"GET / HTTP/1.1\r\n" + b"".join(line % number for number in range(99)) + b"\r\n"] * count
    )


def _long_headers(port: int, count: int) -> None:
    """Send a header that a library once logged."""
    settings = b"X-Twilio-Webhooks-Signature-Settings: algorithm=" + b"x" * 20_000
    head = (
        b"POST /call HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: x\r\n"
        + settings
        + b"\r\nContent-Length: 0\r\n\r\n"
    )
    _send_all(port, [head] * count)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.flood", description=__doc__.splitlines()[0])
    parser.add_argument("--slow", type=int, default=2000, help="connections")
    return parser.parse_args()


if __name__ == "__main__":
    main()
