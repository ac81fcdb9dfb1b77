"""Listens for connections, and reads WebSockets as lines, with all that is peculiar to both."""

import contextlib
import socket
import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import ProtocolError

from ..errors import BadMessage, ListenError
from ..system.descriptors import allow_many_descriptors
from ..system.parts import Part
from ..system.waiting import Waiting
from .connections import IDLE_TIMEOUT, HttpConnections
from .loopback import LOOPBACK

MAX_MESSAGE_BYTES = 16 * 1024
"""Bytes of a message; Twilio's media messages have about 400"""

CLOSE_TIMEOUT = 0.2
"""Seconds that an end that does not read may hold up the closing of its connection"""

MAX_READ_BYTES = 16 * 1024
"""Bytes of one read: some 40 of Twilio's messages, four times what comes in a tenth of a second"""


def local_urls(host: str, port: int) -> list[str]:
    """List the addresses on this machine of a server that listens on `host`, the most reliable first."""
    ipv4, name, ipv6 = LOOPBACK
    names = {
        "0.0.0.0": (ipv4, name),  # noqa: S104
        ipv4: (ipv4, name),
        name: (ipv4, name),
        "::": (ipv4, name, ipv6) if socket.has_dualstack_ipv6() else (ipv6, name),
        ipv6: (ipv6, name),
    }
    hosts = names.get(host, (host,))
    return [f"http://[{each}]:{port}" if ":" in each else f"http://{each}:{port}" for each in hosts]


class Unstarted:
    """A replacement for the thread in which simple-websocket reads: a line reads for itself."""

    name = ""

    def __init__(self, target: object) -> None:
        """Ignore `target`, which is the loop that reads."""

    def start(self) -> None:
        """Start nothing."""


class WebSocketLine:
    """The WebSocket of one call, read only when it is polled, not for every packet.

    What is not read waits in the kernel, so that TCP slows down a sender that is faster than the recognizer.
    """

    is_urgent = False

    def __init__(
        self,
        websocket: Server,
        idle_timeout: float = IDLE_TIMEOUT,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
    ) -> None:
        """Take the other end for dead after `idle_timeout` seconds of silence; inf if it only listens."""
        self._websocket, self._max_message_bytes = websocket, max_message_bytes
        websocket.max_message_size = max_message_bytes
        self._idle_timeout = idle_timeout
        self._hanging_up = threading.Lock()
        self._waiting = Waiting()  # for a message
        self.has_more = False
        websocket.sock.setblocking(False)

    def read_messages(self) -> list[str | bytes] | None:
        """Return what has come, without waiting; None when no more will come.

        Raises `BadMessage` for a message that is too large.
        """
        websocket = self._websocket
        if websocket.connected:
            self._read()
        messages: list[str | bytes] = websocket.input_buffer
        websocket.input_buffer = []
        if messages:
            return messages
        if websocket.incoming_message_len > self._max_message_bytes:
            raise BadMessage(f"a message of more than {self._max_message_bytes} bytes")
        return [] if websocket.connected else None

    def _read(self) -> None:
        """Read what the kernel has, as simple-websocket's own loop does."""
        websocket = self._websocket
        self.has_more = False
        try:
            data = websocket.sock.recv(MAX_READ_BYTES)
        except BlockingIOError:
            websocket.connected = self._waiting.tick() < self._idle_timeout
            return
        except OSError:
            data = b""
        self.has_more = len(data) == MAX_READ_BYTES
        try:
            websocket.ws.receive_data(data or None)
            websocket.connected = bool(data) and websocket._handle_events() and websocket.connected
            if websocket.input_buffer:  # pings and parts of messages do not show that anybody speaks
                self._waiting.restart()
            elif self._waiting.tick() > self._idle_timeout:
                websocket.connected = False
        except (OSError, ProtocolError):  # also if an answer does not fit, as nobody reads
            websocket.connected = False

    def hang_up(self) -> None:
        """Close the connection.  Any thread may call it, more than once.

        Closing the WebSocket is not enough.  When the handler returns, Werkzeug reads what is left of the
        request until the other end closes its side, and that end waits for us (some for ten seconds).
        Shutting the socket down ends both waits.
        """
        if not self._hanging_up.acquire(blocking=False):  # never released: once is enough
            return
        # The other end may be closing at this moment, and then the protocol's state forbids us to close.
        # Or it may not be reading, which must not hold us up.
        self._websocket.sock.settimeout(CLOSE_TIMEOUT)
        with contextlib.suppress(ConnectionClosed, ProtocolError, OSError):
            self._websocket.close()
        with contextlib.suppress(OSError):
            self._websocket.sock.shutdown(socket.SHUT_RDWR)


class HttpServer(Part):
    """Listens from `start` to `close`, and serves an application from `serve` on."""

    def __init__(
        self,
        host: str,
        port: int,
        remedy: str = "choose another with --port / LOCAL_STT_PORT and --host / LOCAL_STT_HOST",
    ) -> None:
        """Listen on an address; `remedy` is what its user can do if it is in use."""
        self._host, self._remedy = host, remedy
        self.port = port
        """Port to listen on, where 0 is any free one; from `start` on the port in use"""
        self._closing = contextlib.ExitStack()

    def start(self) -> None:
        """Listen.  Raises `ListenError` when the address cannot be used."""
        self._listener = self._closing.enter_context(_listen(self._host, self.port, self._remedy))
        self.port = self._listener.getsockname()[1]

    @property
    def local_urls(self) -> list[str]:
        """Addresses of this server on this machine, the most reliable first."""
        return local_urls(self._host, self.port)

    @property
    def local_url(self) -> str:
        """The most reliable address of this server on this machine."""
        return self.local_urls[0]

    def serve(self, app: WSGIApplication) -> None:
        """Serve an application in a thread; each connection gets another thread."""
        allow_many_descriptors()
        server = HttpConnections(_uncompressed(app), self._listener)
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="http-server", daemon=True)
        thread.start()

        def stop() -> None:
            server.shutdown()
            thread.join()
            server.server_close()

        self._closing.callback(stop)

    def close(self) -> None:
        """Stop serving and listening."""
        self._closing.close()


def _uncompressed(app: WSGIApplication) -> WSGIApplication:
    """Wrap an app so that no WebSocket offers compression: a few hundred bytes could become gigabytes."""

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return serve


def _listen(host: str, port: int, remedy: str) -> socket.socket:
    """Bind a socket; `::` takes IPv4 too.  Werkzeug would print its own advice and leave the program.

    Raises `ListenError`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    takes_both = host == "::" and socket.has_dualstack_ipv6()
    try:
        listener = socket.create_server((host, port), family=family, backlog=256, dualstack_ipv6=takes_both)
    except (OSError, OverflowError, ValueError) as error:  # ValueError: a name that cannot be looked up
        reason = getattr(error, "strerror", None) or str(error)
        raise ListenError(f"Cannot listen on {host} port {port} ({reason}): {remedy}.") from error
    return listener
