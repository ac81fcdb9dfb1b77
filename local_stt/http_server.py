"""Serves the app with Werkzeug, and WebSockets as lines.  What is peculiar to both lives here."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any
from wsgiref.types import WSGIApplication

from simple_websocket import ConnectionClosed, Server
from werkzeug.serving import WSGIRequestHandler, make_server
from wsproto.utilities import LocalProtocolError

from .errors import BadMessage, ListenError

logger = logging.getLogger(__name__)

LARGEST_MESSAGE = 64 * 1024
"""Bytes; Twilio's media messages have about 400"""

LONGEST_BACKLOG = 60_000
"""Messages received and not yet recognized: ten minutes of both tracks, about 20 MB"""

SECONDS_OF_SILENCE = 30
"""A connection that says nothing for so long is dead: Twilio sends audio even when nobody speaks"""


class WebSocketLine:
    """One call's WebSocket."""

    def __init__(self, websocket: Server) -> None:
        self._websocket = websocket
        self._hanging_up = threading.Lock()

    def receive(self) -> str | bytes | None:
        """Wait for the next message; None when no more will come.

        Raises `BadMessage` for one that is too large, and when they pile up faster than they
        are recognized.
        """
        if len(self._websocket.input_buffer) > LONGEST_BACKLOG:
            raise BadMessage("audio comes faster than it can be recognized")
        try:
            message: str | bytes = self._websocket.receive()
        except ConnectionClosed:
            if self._websocket.incoming_message_len > LARGEST_MESSAGE:
                raise BadMessage(f"a message of more than {LARGEST_MESSAGE} bytes") from None
            return None
        return message

    def hang_up(self) -> None:
        """Close the connection.  May be called by any thread, and again.

        Closing the WebSocket is not enough: Werkzeug, when the handler returns, reads what is
        left of the request until the other end closes its side, and that end waits for us
        (ten seconds, for some).  Shutting the socket down ends both waits.
        """
        if not self._hanging_up.acquire(blocking=False):  # never released: once is enough
            return
        # The other end may be closing at this very moment, which the protocol's state then forbids us.
        with contextlib.suppress(ConnectionClosed, LocalProtocolError, OSError):
            self._websocket.close()
        with contextlib.suppress(OSError):
            self._websocket.sock.shutdown(socket.SHUT_RDWR)


class HttpServer:
    """Listens from the moment it is made, serves from `start` to the end of the `with` block.

    Raises `ListenError` when the address cannot be had.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._listener = _listen(host, port)
        self.port: int = self._listener.getsockname()[1]
        self._stop: Callable[[], None] | None = None

    @property
    def local_url(self) -> str:
        """The address of this server on this machine."""
        host = "127.0.0.1" if self._host in ("", "0.0.0.0") else self._host  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def start(self, app: WSGIApplication) -> None:
        """Serve in a thread of its own; each connection gets another."""
        server = make_server(
            self._host, self.port, app, threaded=True, request_handler=_Connection, fd=self._listener.fileno()
        )
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="http-server", daemon=True)
        thread.start()

        def stop() -> None:
            server.shutdown()
            thread.join()
            server.server_close()

        self._stop = stop

    def __enter__(self) -> "HttpServer":
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        if self._stop:
            self._stop()
        self._listener.close()


def _listen(host: str, port: int) -> socket.socket:
    """A bound socket.  Werkzeug would print its own advice and leave the program."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=256)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ListenError(
            f"Cannot listen on {host} port {port} ({reason}): "
            "choose another with --port / LOCAL_STT_PORT and --host / LOCAL_STT_HOST."
        ) from error
    return listener


class _Connection(WSGIRequestHandler):
    """One connection.  Says nothing about requests above debug: addresses carry phone numbers."""

    timeout = SECONDS_OF_SILENCE  # seconds, for reads and writes

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: ARG002
        logger.debug(message, *args)
