"""Serves HTTP connections with Werkzeug, a thread for each, and sets bounds for strangers.

A connection is a stranger's until the app calls `admit`, which it does for a signature, a token or this
machine.  Until then it has seconds to send its request, in a limited number of bytes, and it counts among the
strangers that may be there at a time.  Each connection carries one request, as Werkzeug closes it after the
answer.
"""

import contextlib
import io
import logging
import socket
import threading
import time
from collections import Counter
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from ..system.rate_limited_log import RateLimitedLog
from .protection import PROTECTION

logger = logging.getLogger(__name__)

IDLE_TIMEOUT = 30
"""Seconds of silence after which a connection is dead: Twilio sends audio even when nobody speaks"""

STRANGER_TIMEOUT = 10.0
"""Seconds for a stranger to send a whole request"""

MAX_HEAD_BYTES = 32 * 1024
"""Bytes of a request's line and headers together"""

MAX_DISCARDED_BYTES = 1024 * 1024
"""Bytes of a stranger's request that are read and discarded so that the answer can be read"""

MAX_STRANGERS = 256
"""Connections at a time that have not shown who they are"""

ACCEPT_RETRY_SECONDS = 0.1
"""Seconds between tries to accept a connection when no file descriptor is free"""

_OTHER_HOSTS = ("//", "/\\", "\\")
"""Beginnings of paths after which browsers read the name of a host"""

_ADMIT = "local_stt.admit"


def admit(environ: WSGIEnvironment) -> None:
    """Admit a request, so that it is no stranger's and has no bounds any more."""
    if _ADMIT in environ:  # not in tests without a server
        environ[_ADMIT]()


class HttpConnections(ThreadedWSGIServer):
    """Accepts connections on a listening socket."""

    request_queue_size = 256

    def __init__(
        self,
        app: WSGIApplication,
        listener: socket.socket,
        *,
        max_strangers: int = MAX_STRANGERS,
        stranger_timeout: float = STRANGER_TIMEOUT,
    ) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(host, port, app, _Connection, fd=listener.fileno())
        self.strangers = _Strangers(max_strangers)
        self.stranger_timeout = stranger_timeout

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection.  Without a free descriptor, wait: trying again at once would spin."""
        try:
            return super().get_request()
        except OSError:
            time.sleep(ACCEPT_RETRY_SECONDS)
            raise

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """Log what went wrong on a connection; Python's own server prints it."""
        logger.exception("A connection failed")


class _Strangers:
    """The connections of strangers.  When there are too many, one that has waited long is closed."""

    def __init__(self, max_strangers: int) -> None:
        self._max_strangers = max_strangers
        self._hosts: dict[socket.socket, str] = {}  # the longest waiting first
        self._lock = threading.Lock()
        self._log = RateLimitedLog("A connection was closed, as more than %d had not shown who they are")

    @property
    def count(self) -> int:
        """Number of strangers."""
        return len(self._hosts)

    def add(self, connection: socket.socket, host: str) -> None:
        """Add a connection; with too many, close the oldest of the host that has the most."""
        with self._lock:
            self._hosts[connection] = host
            if len(self._hosts) <= self._max_strangers:
                return
            crowding = Counter(self._hosts.values()).most_common(1)[0][0]
            oldest = next(each for each, its_host in self._hosts.items() if its_host == crowding)
            del self._hosts[oldest]
        self._log.warn(self._max_strangers)
        with contextlib.suppress(OSError):
            oldest.shutdown(socket.SHUT_RDWR)  # its thread closes it

    def discard(self, connection: socket.socket) -> None:
        """Forget a connection that is over, or no longer a stranger's."""
        with self._lock:
            self._hosts.pop(connection, None)


class _TooLargeError(HTTPException):
    """A request's head that is too large."""


class _Received(io.RawIOBase):
    """The bytes that come over a connection, within its present bounds."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self.deadline = deadline
        self.left: float = MAX_HEAD_BYTES  # bytes
        self.is_in_head = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has come, or nothing when no bytes are left.

        Raises `TimeoutError` at the deadline, and `_TooLargeError` for a head that is too large.
        """
        if self.left <= 0:
            if self.is_in_head:
                raise _TooLargeError
            return 0
        seconds = min(self.deadline - time.monotonic(), IDLE_TIMEOUT)
        view = memoryview(buffer).cast("B")
        self._connection.settimeout(max(0.0, seconds))  # what came in time may be read late
        try:
            count = self._connection.recv_into(view[: int(min(len(view), self.left))])
        except BlockingIOError as error:
            raise TimeoutError from error
        finally:
            self._connection.settimeout(IDLE_TIMEOUT)  # for the answer
        self.left -= count
        return count


class _RequestFile(io.BufferedReader):
    """The request of a connection, as Werkzeug reads it."""

    is_answered = False

    def read(self, size: int | None = -1) -> bytes:
        """Read the body.  After the answer, discard what is left of it, which Werkzeug would not do."""
        if not self.is_answered:
            return super().read(size)
        with contextlib.suppress(OSError):
            while self.read1(64 * 1024):
                pass
        return b""


class _Connection(WSGIRequestHandler):
    """One connection.  It logs requests at level debug only: addresses carry phone numbers."""

    server: HttpConnections
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # so that a malformed request line gets a status
    timeout = IDLE_TIMEOUT  # for writes

    requestline = ""
    request_version = protocol_version
    command = ""

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        deadline = time.monotonic() + self.server.stranger_timeout
        self._received = _Received(self.connection, deadline)
        self.rfile = self._request = _RequestFile(self._received)
        self.server.strangers.add(self.connection, str(self.client_address[0]))

    def finish(self) -> None:
        self.server.strangers.discard(self.connection)
        super().finish()

    def handle(self) -> None:
        """Serve the request; refuse one that is malformed or too large."""
        try:
            super().handle()
        except _TooLargeError:
            self._refuse(431)
        except ValueError:  # a malformed address
            self._refuse(400)

    def parse_request(self) -> bool:
        """Read the head; return False if it was refused.

        It is refused unless it names its host once (RFC 9112 section 3.2), and for a path that a browser
        would take for another host, if it were redirected there.
        """
        if not super().parse_request():
            return False
        if self.requestline.split()[1].startswith(_OTHER_HOSTS):  # in `path` it is harmless already
            self.send_error(404)
            return False
        hosts = len(self.headers.get_all("Host", ()))
        if hosts > 1 or (hosts == 0 and self.request_version != "HTTP/1.0"):
            self.send_error(400)
            return False
        return True

    def make_environ(self) -> WSGIEnvironment:
        self._received.is_in_head, self._received.left = False, MAX_DISCARDED_BYTES
        return super().make_environ() | {_ADMIT: self._admit}

    def send_response(self, code: int, message: str | None = None) -> None:
        self._request.is_answered = True
        super().send_response(code, message)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """Answer a request that does not get to the app, without any of what it sent."""
        phrase = HTTPStatus(code).phrase
        body = f"{code} {phrase}\n".encode()
        headers = PROTECTION | {"Content-Type": "text/plain", "Connection": "close"}
        self.send_response(code, phrase)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        return "local_stt"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:  # noqa: ARG002
        """Log the request without its query, which may have a token."""
        logger.debug("%s %s %s", self.command, getattr(self, "path", "").partition("?")[0][:200], code)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: ARG002
        logger.debug(message, *args)

    def _admit(self) -> None:
        self.server.strangers.discard(self.connection)
        self._received.left, self._received.deadline = float("inf"), float("inf")

    def _refuse(self, code: int) -> None:
        with contextlib.suppress(OSError):
            self.send_error(code)
