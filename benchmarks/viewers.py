"""Measure whether viewers delay calls, even if they stop reading.

    python -m benchmarks.viewers

Runs the same calls three times: without viewers, with 200 viewers that read, and with half of them stalled.
"""

import contextlib
import re
import socket
import sys
import threading
from collections.abc import Iterator

from local_stt.model_files import EMBEDDED, require_model
from local_stt.system.installation import BUNDLED_MODELS

from . import audio_material, runs
from .audio_material import CONVERSATION
from .servers import LOCAL_STT, Server

CALLS = 10
SECONDS = 60.0
VIEWERS = 200
STALLED_BUFFER = 4096  # bytes that the kernel buffers for a viewer that does not read


class Viewer:
    """A connection to the live events of all calls."""

    def __init__(self, port: int, token: str, *, stalled: bool) -> None:
        self._socket = socket.socket()
        if stalled:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, STALLED_BUFFER)
        self._socket.connect(("127.0.0.1", port))
        request = f"GET /api/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        self._socket.sendall(request.encode())
        self.received = 0
        if not stalled:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := self._socket.recv(65536):
                self.received += len(data)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


class Watching:
    """A number of viewers beside a run, and how many were left at its end."""

    def __init__(self, viewers: int, stalled: int) -> None:
        self._viewers, self._stalled = viewers, stalled
        self.left = 0
        """Viewers that the server still had at the end"""

    @contextlib.contextmanager
    def __call__(self, server: Server) -> Iterator[None]:
        """Connect the viewers for the block, and count those that are left at its end."""
        token = server.wait_for_token()
        viewers = [
            Viewer(server.port, token, stalled=number < self._stalled) for number in range(self._viewers)
        ]
        yield
        self.left = _viewers_left(server.port, token)
        for viewer in viewers:
            viewer.close()


def _viewers_left(port: int, token: str) -> int:
    with socket.create_connection(("127.0.0.1", port)) as asking:
        request = f"GET /metrics HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n"
        asking.sendall(request.encode())
        answer = b"".join(iter(lambda: asking.recv(65536), b"")).decode()
    found = re.search(r"^local_stt_viewers (\S+)$", answer, re.MULTILINE)
    assert found, answer
    return round(float(found[1]))


def main() -> None:
    """Print a table of the measurements."""
    model = require_model(BUNDLED_MODELS / EMBEDDED)
    material = audio_material.make(CONVERSATION, SECONDS)
    print("| viewers | of which stalled | left at the end | shown p50 ms | p95 ms | lag p95 ms | MB |")
    print("|---|---|---|---|---|---|---|")
    for viewers, stalled in ((0, 0), (VIEWERS, 0), (VIEWERS, VIEWERS // 2)):
        print(f"{viewers} viewers, {stalled} of them stalled", file=sys.stderr)
        watching = Watching(viewers, stalled)
        run = runs.measure(LOCAL_STT, model, material, CALLS, beside=watching)
        assert run.shown
        cells = (viewers, stalled, watching.left, run.shown.p50, run.shown.p95, run.lag_p95, run.memory_mb)
        print("| " + " | ".join(f"{cell:.0f}" for cell in cells if cell is not None) + " |", flush=True)


if __name__ == "__main__":
    main()
