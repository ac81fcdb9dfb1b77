"""Start the servers that are compared, each in a process of its own, and end them with their children."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from tools.project import PROJECT

from . import processes
from .measures import Arrival

LOCAL_STT, TUTORIAL, FLOOR, PACED_FLOOR = "local_stt", "tutorial", "bare Vosk", "bare Vosk, at pace"
RAW, REDACTING = "local_stt, raw text", "local_stt, redacting"
"""The program without formatted text, and with numbers redacted"""

OPTIONS = {RAW: ["--no-format-text"], REDACTING: ["--redact", "numbers"]}
"""Options of those two, besides the usual ones"""

START_TIMEOUT = 180.0  # the largest models take a minute to load
STOP_TIMEOUT = 30.0
TAIL_LINES = 20
MAX_CALLS = "10000"  # overload must be measured, and not refused


class ProcessError(Exception):
    """A process of the benchmark failed; the message says which, how, and the end of its standard error."""


class Child:
    """A process with a thread that notes each line of its standard output, and when it came."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        folder: Path,
        pinned: Sequence[int],
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Start it in `folder`, on the cores `pinned`; `environ` has settings."""
        self.name = name
        self._errors = (folder / "stderr").open("w+", encoding="utf-8", errors="replace")
        with processes.started_on(pinned):
            self.process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=folder,
                env=clean_environment() | {"LOCAL_STT_DATA_DIR": str(folder / "data")} | dict(environ or {}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                start_new_session=True,  # a Ctrl-C reaches this process alone, which then ends all in order
                text=True,
            )
        self.lines: list[tuple[float, str]] = []
        self.ended = 0  # calls, for a server
        self.changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, stream: IO[str]) -> None:
        for line in stream:
            now = time.monotonic()
            with self.changed:
                self.lines.append((now, line))
                self.ended += '"call-ended"' in line
                self.changed.notify_all()

    def fail(self, how: str) -> ProcessError:
        """Return an error about this process, with the end of its standard error."""
        tail = self.errors.splitlines()[-TAIL_LINES:]
        return ProcessError(f"{self.name} {how}" + "".join(f"\n    {line}" for line in tail))

    @property
    def errors(self) -> str:
        """The text that it has written to standard error."""
        return Path(self._errors.name).read_text(encoding="utf-8", errors="replace")

    def check(self) -> None:
        """Raise `ProcessError` if it has ended."""
        if (code := self.process.poll()) is not None:
            raise self.fail(f"ended with status {code}")

    def wait_for_lines(self, count: int, seconds: float) -> None:
        """Wait until it has written `count` lines, for `seconds` at most.  Raises `ProcessError`."""
        deadline = time.monotonic() + seconds
        with self.changed:
            while len(self.lines) < count:
                self.check_or_time_out(deadline)
                self.changed.wait(0.2)

    def check_or_time_out(self, deadline: float) -> None:
        """Raise `ProcessError` if it has ended, or the monotonic clock has passed `deadline`."""
        self.check()
        if time.monotonic() > deadline:
            raise self.fail("does not answer")

    def stop(self) -> None:
        """Ask it to end, then kill those of its processes that are left."""
        family = processes.session(self.process.pid)
        try:
            with contextlib.suppress(OSError):
                self.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(STOP_TIMEOUT)
        finally:
            processes.end(family)
            self.process.wait()
            self._reader.join(STOP_TIMEOUT)
            for stream in (self.process.stdin, self.process.stdout, self._errors):
                with contextlib.suppress(OSError):
                    stream and stream.close()


class Server(Child):
    """A server that takes calls and writes each event as a line of JSON."""

    def __init__(
        self,
        system: str,
        model: Path,
        folder: Path,
        pinned: Sequence[int] = (),
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port()
        super().__init__(system, _command(system, self.port, model), folder, pinned, environ)

    def wait_until_up(self) -> None:
        """Wait until the server answers.  Raises `ProcessError` if it does not."""
        deadline = time.monotonic() + START_TIMEOUT
        while not _answers(self.port):
            self.check_or_time_out(deadline)
            time.sleep(0.05)

    def wait_for_token(self) -> str:
        """Return the token of viewers, which the server says once it is up.  Raises `ProcessError`."""
        deadline = time.monotonic() + START_TIMEOUT
        while not (found := re.search(r"enter\?token=(\S+)", self.errors)):
            self.check_or_time_out(deadline)
            time.sleep(0.05)
        return found[1]

    def arrivals(self) -> list[Arrival]:
        """Return the events so far."""
        with self.changed:
            lines = list(self.lines)
        return [Arrival(at, json.loads(line)) for at, line in lines]

    def wait_for_ends(self, count: int, deadline: float) -> int:
        """Wait until `count` calls have ended, or until `deadline` of the monotonic clock.

        Returns how many have ended.  Raises `ProcessError` if the server has ended.
        """
        while self.ended < count and time.monotonic() < deadline:
            self.check()
            time.sleep(0.1)
        return self.ended

    @property
    def cpu_seconds(self) -> float:
        """Processor time of the whole tree so far, in seconds."""
        return processes.cpu_seconds(self.process.pid)

    @property
    def memory_mb(self) -> float:
        """Memory of the whole tree now, in MB."""
        return processes.memory_mb(self.process.pid)


@contextlib.contextmanager
def running(child: Child) -> Iterator[Child]:
    """Stop a process at the end of the block, also after an exception."""
    try:
        yield child
    finally:
        child.stop()


@contextlib.contextmanager
def server(
    system: str, model: Path, pinned: Sequence[int] = (), environ: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a server, wait until it answers, and stop it at the end of the block.  Raises `ProcessError`."""
    with tempfile.TemporaryDirectory() as folder:
        started = Server(system, model, Path(folder), pinned, environ)
        with running(started):
            started.wait_until_up()
            yield started


def _command(system: str, port: int, model: Path) -> list[str]:
    options = ["--port", str(port), "--model", str(model)]
    if system == TUTORIAL:
        return ["benchmarks.tutorial_server", *options]
    return [
        "local_stt",
        "run",
        "--no-tunnel",
        "--json",
        "--max-calls",
        MAX_CALLS,
        *options,
        *OPTIONS.get(system, ()),
    ]


def clean_environment() -> dict[str, str]:
    """Return the environment without settings for real calls, which would change the measurement."""
    kept = {
        name: value for name, value in os.environ.items() if not re.match("LOCAL_STT|TWILIO|.*NGROK", name)
    }
    return kept | {"PYTHONPATH": str(PROJECT)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
