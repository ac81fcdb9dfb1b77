"""Send live events to viewers: as server-sent events, and over the WebSocket `/client`.

One thread writes to all viewers and never waits for any.  Events that a viewer does not read yet stay in the
event log.  A viewer that reads nothing for a while is disconnected, and may come back where it was.
Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import contextlib
import json
import socket
import threading
import time
from dataclasses import replace

from simple_websocket import Server
from wsproto.events import Ping, TextMessage
from wsproto.utilities import ProtocolError

from ..errors import BadMessage
from ..net.http_server import WebSocketLine
from ..net.protection import PROTECTION
from ..system.polling_thread import PollingThread
from ..system.waiting import Waiting
from .event_log import ENDED, MISSED, UNKNOWN, Entry, EventLog, Position

POLL_SECONDS = 0.05
"""Seconds between rounds: twenty a second look continuous"""

MAX_PENDING = 64 * 1024
"""Bytes that wait for one viewer outside the event log"""

MAX_EVENTS_PER_ROUND = 100
"""Events that are taken for one viewer in one round"""

STALL_TIMEOUT = 10.0
"""Seconds after which a viewer that does not read waiting data is disconnected"""

HEARTBEAT_SECONDS = 15.0
"""Seconds between signs of life, as proxies close silent connections; they also show that a viewer is gone"""

CHOICE_TIMEOUT = 60.0
"""Seconds to choose the call to show"""


class Viewer:
    """A person or a program that watches over one connection, from an event of the log on."""

    ends_with_its_call = False

    def __init__(
        self,
        connection: socket.socket,
        event_log: EventLog,
        after: Position,
        call_id: str,
        *,
        greeting: bytes = b"",
    ) -> None:
        """Watch one call, or all if `call_id` is empty; `greeting` is sent first."""
        self._socket, self._event_log, self._position, self._call_id = connection, event_log, after, call_id
        self._pending = bytearray(greeting)
        self._knows_interrupted = False
        self._moved_at = time.monotonic()
        self.is_over = threading.Event()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MAX_PENDING)  # Linux would hold megabytes
        connection.setblocking(False)

    def encode(self, entry: Entry) -> bytes:
        """Encode an event in this viewer's format; the viewer's position is after it."""
        raise NotImplementedError

    def encode_gap(self) -> bytes:
        """Encode that events before the viewer's position are lost, or no longer kept."""
        raise NotImplementedError

    def encode_interruption(self, *, is_interrupted: bool) -> bytes:
        """Encode that events do not arrive for a while, or that they do again."""
        raise NotImplementedError

    def heartbeat(self) -> bytes:
        """Encode a sign of life, which a viewer does not show."""
        raise NotImplementedError

    def step(self) -> None:
        """Send what can be sent now; set `is_over` if the other end is gone, stalled, or has everything."""
        now = time.monotonic()
        try:
            if self._is_closed():
                self.is_over.set()
                return
            self._fill(now)
            if self._pending:
                del self._pending[: self._socket.send(self._pending)]
                self._moved_at = now
        except BlockingIOError:
            if now - self._moved_at > STALL_TIMEOUT:
                self.is_over.set()
        except (OSError, ProtocolError):  # a WebSocket that is closing takes no more messages
            self.is_over.set()

    def is_last(self, entry: Entry) -> bool:
        """Tell whether this event is the last for this viewer."""
        return self.ends_with_its_call and entry.kind == ENDED

    def hang_up(self) -> None:
        """Close the connection, as Werkzeug would wait for the other end to do so."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _is_closed(self) -> bool:
        """Tell whether the viewer has closed the connection; ignore anything that it sends."""
        try:
            return not self._socket.recv(4096)
        except BlockingIOError:
            return False

    def _fill(self, now: float) -> None:
        if len(self._pending) >= MAX_PENDING:
            return
        if self._event_log.is_interrupted != self._knows_interrupted:
            self._knows_interrupted = not self._knows_interrupted
            self._pending += self.encode_interruption(is_interrupted=self._knows_interrupted)
        entries = self._event_log.after(self._position, MAX_EVENTS_PER_ROUND)
        if entries is None:
            self._skip_missed()
            return
        for entry in entries:
            self._position = replace(self._position, number=entry.number)
            if entry.kind == MISSED:
                self._pending += self.encode_gap()
            elif entry.json and self._call_id in ("", entry.call_id):
                self._pending += self.encode(entry)
                if self.is_last(entry):
                    self._flush_and_end()
                    return
        if not self._pending and now - self._moved_at > HEARTBEAT_SECONDS:
            self._pending += self.heartbeat()

    def _skip_missed(self) -> None:
        """Send a gap, and go on with the events from now on."""
        self._position, calls = self._event_log.snapshot
        self._pending += self.encode_gap()
        if self.ends_with_its_call and self._call_id not in calls:
            self._flush_and_end()

    def _flush_and_end(self) -> None:
        self._socket.settimeout(POLL_SECONDS)
        self._socket.sendall(self._pending)
        self._pending.clear()
        self.is_over.set()


class SseViewer(Viewer):
    """A viewer that reads server-sent events."""

    def encode(self, entry: Entry) -> bytes:
        """Encode an event behind its number, so that a viewer who comes back can say where it was."""
        here = str(self._position).encode()
        return b"id: %s\nevent: %s\ndata: %s\n\n" % (here, entry.kind.encode(), entry.json)

    def encode_gap(self) -> bytes:
        """Encode an event `missed`, after which the page reads the API for what it has missed."""
        return b"id: %s\nevent: missed\ndata: {}\n\n" % str(self._position).encode()

    def encode_interruption(self, *, is_interrupted: bool) -> bytes:
        """Encode an event `interrupted` or `resumed`, which leaves the viewer's position as it is."""
        return b"event: %s\ndata: {}\n\n" % (b"interrupted" if is_interrupted else b"resumed")

    def heartbeat(self) -> bytes:
        """Encode a comment."""
        return b":\n\n"


class ClientViewer(Viewer):
    """A viewer that reads the events of one call from a WebSocket, until the call ends."""

    ends_with_its_call = True

    def __init__(
        self, websocket: Server, line: WebSocketLine, event_log: EventLog, after: Position, call_id: str
    ) -> None:
        super().__init__(websocket.sock, event_log, after, call_id)
        self._websocket, self._line = websocket, line

    def encode(self, entry: Entry) -> bytes:
        """Encode an event as a text message."""
        return bytes(self._websocket.ws.send(TextMessage(data=entry.json.decode())))

    def encode_gap(self) -> bytes:
        """Return nothing: this format has no message for a gap, and the API has all that was missed."""
        return b""

    def encode_interruption(self, *, is_interrupted: bool) -> bytes:
        """Return nothing: this format has no message for an interruption."""
        del is_interrupted
        return b""

    def heartbeat(self) -> bytes:
        """Encode a ping."""
        return bytes(self._websocket.ws.send(Ping()))

    def hang_up(self) -> None:
        """Close the WebSocket."""
        self._line.hang_up()

    def _is_closed(self) -> bool:
        try:
            return self._line.read_messages() is None
        except BadMessage:
            return True


class Broadcast:
    """Polls all viewers."""

    def __init__(self, event_log: EventLog) -> None:
        self._event_log = event_log
        self._viewers: PollingThread[Viewer] = PollingThread("broadcast", self._poll, _end)

    @property
    def viewers(self) -> int:
        """Number of viewers that watch."""
        return len(self._viewers)

    def serve(self, viewer: Viewer) -> None:
        """Send events to a viewer until it is over."""
        self._viewers.poll_until_over(viewer)
        viewer.hang_up()

    def close(self) -> None:
        """End the connections of all viewers."""
        self._viewers.end_all()

    def _poll(self, viewers: tuple[Viewer, ...]) -> None:
        seen = self._event_log.newest
        for viewer in viewers:
            viewer.step()
        time.sleep(POLL_SECONDS)
        self._event_log.wait_for_more(seen, 1.0)


def _end(viewer: Viewer) -> None:
    viewer.is_over.set()


def position(event_log: EventLog, last_event_id: str) -> Position:
    """Return the position after which a viewer goes on; the newest for a new viewer.

    A position that makes no sense is before all events that are kept, so that the viewer is informed that it
    missed some.
    """
    if not last_event_id:
        return event_log.newest
    return Position.parse(last_event_id) or UNKNOWN


def sse_head(after: Position) -> bytes:
    """Encode the status, the headers, the delay before a reconnect, and the viewer's position.

    The position is needed if the viewer has to come back before its first event.
    """
    here = b"" if after == UNKNOWN else b"id: %s\n\n" % str(after).encode()
    headers = PROTECTION | {
        "Content-Type": "text/event-stream",
        "X-Accel-Buffering": "no",
        "Connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 200 OK\r\n{lines}\r\nretry: 1000\n\n".encode() + here


def ask_which_call(websocket: Server, line: WebSocketLine, calls: list[str]) -> str:
    """Send the ids of calls, and return the one that the client chooses; empty if it chooses none in time."""
    websocket.send(json.dumps(calls))
    waiting = Waiting()
    while waiting.tick() < CHOICE_TIMEOUT:
        try:
            messages = line.read_messages()
        except BadMessage:
            break
        if messages is None:
            break
        if messages:
            return str(messages[0]).strip().strip('"')
        time.sleep(POLL_SECONDS)
    return ""
