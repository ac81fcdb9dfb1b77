"""Carry a live session of a program over one WebSocket: its audio in, its vendor's messages out.

One thread, that of the line poller, reads and writes, so that no two messages get mixed up.
"""

import contextlib
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from simple_websocket import Server
from wsproto.events import CloseConnection, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import ProtocolError

from ....core.media_stream import Message, Received, Start, Stop
from ....errors import BadMessage, StrayMessage
from ....events import AnyEvent
from ....net.http_server import WebSocketLine

MAX_MESSAGE_BYTES = 2**20
"""Bytes of a message: programs send seconds of audio, or whole files, at once"""

STALL_TIMEOUT = 10.0
"""Seconds after which a program that does not read its messages is disconnected"""

GOODBYE_TIMEOUT = 1.0
"""Seconds for a program to close its side"""

MAX_STRAY = 10
"""Messages that make no sense and are ignored before a session is closed"""

MAX_EVENTS = 1000
"""Events that wait for a program that does not read"""


class LiveSession(Protocol):
    """What a vendor's protocol says in one session.  No I/O."""

    start: Start
    """The call that the session is"""

    idle_timeout: float
    """Seconds without a message after which the session ends"""

    @property
    def is_waited_for(self) -> bool:
        """Whether the program sends nothing more until it is answered."""

    def receive(self, message: str | bytes) -> Iterable[Message]:
        """Return what a message of the program means; `Stop` ends the session.

        Raises `StrayMessage` for one that makes no sense, and `BadMessage` to end the session.
        """

    def end(self) -> Iterable[Message]:
        """Return the audio that is left when the session ends."""

    def replies(self) -> Iterable[str]:
        """Return answers to messages that are due now."""

    def written(self, event: AnyEvent) -> Iterable[str]:
        """Return the vendor's messages for an event of the call."""

    def failed(self, error: BadMessage) -> int:
        """Take note of an error that ends the session; return the code that closes the connection."""

    def last_words(self) -> Iterable[str]:
        """Return the vendor's messages at the end."""


class LiveLine:
    """The connection of one live session."""

    def __init__(self, websocket: Server, session: LiveSession) -> None:
        self._websocket, self._session = websocket, session
        self._line = WebSocketLine(websocket, session.idle_timeout, MAX_MESSAGE_BYTES)
        self._events: deque[AnyEvent] = deque(maxlen=MAX_EVENTS)
        self._pending = bytearray()
        self._moved_at = time.monotonic()
        self._stray = 0
        self._code, self._why = int(CloseReason.NORMAL_CLOSURE), ""
        self._is_started = self._is_over = False
        self.has_more = False

    @property
    def call_id(self) -> str:
        """The id of the session's call."""
        return self._session.start.call_id

    @property
    def is_urgent(self) -> bool:
        """Whether the program waits for an answer."""
        return self._session.is_waited_for

    def take(self, event: AnyEvent) -> None:
        """Take an event of the call.  Any thread may call it."""
        self._events.append(event)

    def read_messages(self) -> Sequence[Received]:
        """Send what waits, and return what has come.

        Reads nothing while the program does not read itself.  Raises `BadMessage` for a message that is too
        large.
        """
        if not self._is_started:
            self._is_started = True
            return [self._session.start]
        if self._is_over:
            return self._ended()
        if not self._send():
            stalled = time.monotonic() - self._moved_at > STALL_TIMEOUT
            return self._ended() if stalled else []
        received = self._line.read_messages()
        self.has_more = self._line.has_more
        if received is None:  # some programs end by closing the connection
            return self._ended()
        return list(self._meant(received))

    def _ended(self) -> list[Message]:
        """Return the audio that is left, and the end of the session."""
        return [*self._session.end(), Stop()]

    def hang_up(self) -> None:
        """Take no more audio.  What is still to be said is sent by `close`."""
        self._is_over = True

    def close(self) -> None:
        """Send the last messages, and close the connection."""
        try:
            with contextlib.suppress(OSError, ProtocolError):
                self._say_goodbye(self._websocket.sock)
        finally:
            self._line.hang_up()

    def _say_goodbye(self, sock: socket.socket) -> None:
        """Send what is left and the close frame, and wait a moment for the program to close its side.

        What the program has sent meanwhile is read, or it would lose what was sent to it.
        """
        sock.settimeout(STALL_TIMEOUT)
        with contextlib.suppress(ProtocolError):  # of a program that has closed already
            self._encode([*self._due(), *self._session.last_words()])
            self._pending += self._websocket.ws.send(CloseConnection(self._code, self._why))
        sock.sendall(self._pending)
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(GOODBYE_TIMEOUT)
        until = time.monotonic() + GOODBYE_TIMEOUT
        while sock.recv(2**16) and time.monotonic() < until:
            pass

    def _meant(self, received: Iterable[str | bytes]) -> Iterator[Message]:
        """Yield what messages mean; ignore those that make no sense, if they are few."""
        for each in received:
            try:
                yield from self._session.receive(each)
            except BadMessage as error:
                self._stray += 1
                if not isinstance(error, StrayMessage) or self._stray > MAX_STRAY:
                    self._code, self._why = self._session.failed(error), str(error)
                    yield from self._ended()
                    return

    def _due(self) -> Iterator[str]:
        while self._events:
            yield from self._session.written(self._events.popleft())
        yield from self._session.replies()

    def _encode(self, texts: Iterable[str]) -> None:
        for text in texts:
            self._pending += self._websocket.ws.send(TextMessage(data=text))

    def _send(self) -> bool:
        """Send what the connection takes now; return whether that is everything."""
        try:
            if not self._pending:
                self._encode(self._due())
                self._moved_at = time.monotonic()
            while self._pending:
                del self._pending[: self._websocket.sock.send(self._pending)]
                self._moved_at = time.monotonic()
        except BlockingIOError:
            return False
        except (OSError, ProtocolError):
            self._pending.clear()  # reading finds that the connection is gone
        return True


class LiveSessions:
    """The live sessions of programs, which get the events of their calls.  Safe to share between threads."""

    def __init__(self) -> None:
        self._lines: dict[str, LiveLine] = {}
        self._lock = threading.Lock()

    def publish(self, event: AnyEvent) -> None:
        """Pass an event to the session of its call, if it has one."""
        if line := self._lines.get(event.call_id):
            line.take(event)

    @contextlib.contextmanager
    def listening(self, line: LiveLine) -> Iterator[None]:
        """Pass the events of a line's call to the line, inside the `with` block."""
        with self._lock:
            self._lines[line.call_id] = line
        try:
            yield
        finally:
            with self._lock:
                del self._lines[line.call_id]
