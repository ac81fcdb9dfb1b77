"""Live events to viewers: server-sent events, and the `/client` WebSocket.

One thread writes to all viewers and never waits for any: what a viewer does not take stays in the
event log, and one that takes nothing for a while is let go and may come back where it was.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import contextlib
import json
import re
import socket
import threading
import time

from simple_websocket import Server
from wsproto.events import Ping, TextMessage
from wsproto.utilities import ProtocolError

from ..errors import BadMessage
from ..events import NAMES, CallEnded
from ..net.http_server import WebSocketLine
from ..net.protection import PROTECTION
from ..system.polling_thread import PollingThread
from ..system.waiting import Waiting
from .event_log import Entry, EventLog

POLL_SECONDS = 0.05
"""Seconds between rounds: twenty a second look continuous"""

MAX_PENDING = 64 * 1024
"""Bytes that wait for one viewer outside the event log"""

MAX_EVENTS_PER_ROUND = 100
"""Events taken for one viewer in one round"""

STALL_TIMEOUT = 10.0
"""A viewer that takes nothing for so long, though there is something, is let go"""

HEARTBEAT_SECONDS = 15.0
"""Of life, when nothing happens: proxies close connections that are silent, and ends are noticed"""

CHOICE_TIMEOUT = 60.0
"""For whoever is asked which call to show"""


class Viewer:
    """Whoever watches over one connection, from an event of the log on."""

    ends_with_its_call = False

    def __init__(
        self,
        connection: socket.socket,
        event_log: EventLog,
        after: int,
        call_id: str,
        *,
        greeting: bytes = b"",
    ) -> None:
        """`call_id` is the one call that is wanted, or empty for all.  `greeting` goes first."""
        self._socket, self._event_log, self._position, self._call_id = connection, event_log, after, call_id
        self._pending = bytearray(greeting)
        self._moved_at = time.monotonic()
        self.is_over = threading.Event()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MAX_PENDING)  # Linux would take megabytes
        connection.setblocking(False)

    def encode(self, entry: Entry) -> bytes:
        """An event as this viewer reads it."""
        raise NotImplementedError

    def encode_gap(self, until: int) -> bytes:
        """That some events are forgotten, up to the one of this number."""
        raise NotImplementedError

    def heartbeat(self) -> bytes:
        """What a viewer reads and does not show."""
        raise NotImplementedError

    def step(self) -> None:
        """Send what can be sent now; over when the other end is gone, stalled, or has it all."""
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
        """Whether this event is the last that this viewer wants."""
        return self.ends_with_its_call and entry.kind == NAMES[CallEnded]

    def hang_up(self) -> None:
        """Close the connection, without which Werkzeug would wait for the other end to do it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _is_closed(self) -> bool:
        """Nothing is expected of a viewer but that it closes."""
        try:
            return not self._socket.recv(4096)
        except BlockingIOError:
            return False

    def _fill(self, now: float) -> None:
        if len(self._pending) >= MAX_PENDING:
            return
        entries = self._event_log.after(self._position, MAX_EVENTS_PER_ROUND)
        if entries is None:
            self._skip_missed()
            return
        for entry in entries:
            self._position = entry.number
            if entry.kind and self._call_id in ("", entry.call_id):
                self._pending += self.encode(entry)
                if self.is_last(entry):
                    self._flush_and_end()
                    return
        if not self._pending and now - self._moved_at > HEARTBEAT_SECONDS:
            self._pending += self.heartbeat()

    def _skip_missed(self) -> None:
        """Go on with what comes from now on."""
        self._position, calls = self._event_log.snapshot
        self._pending += self.encode_gap(self._position)
        if self.ends_with_its_call and self._call_id not in calls:
            self._flush_and_end()

    def _flush_and_end(self) -> None:
        self._socket.settimeout(POLL_SECONDS)
        self._socket.sendall(self._pending)
        self._pending.clear()
        self.is_over.set()


class SseViewer(Viewer):
    """Reads server-sent events."""

    def encode(self, entry: Entry) -> bytes:
        """Its number in front, so that whoever comes back can say where it was."""
        return b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (
            self._event_log.epoch.encode(),
            entry.number,
            entry.kind.encode(),
            entry.json,
        )

    def encode_gap(self, until: int) -> bytes:
        """The page then reads from the API what it has missed."""
        return b"id: %s-%d\nevent: missed\ndata: {}\n\n" % (self._event_log.epoch.encode(), until)

    def heartbeat(self) -> bytes:
        """A comment."""
        return b":\n\n"


class ClientViewer(Viewer):
    """Reads a WebSocket: the events of one call, until it ends."""

    ends_with_its_call = True

    def __init__(
        self, websocket: Server, line: WebSocketLine, event_log: EventLog, after: int, call_id: str
    ) -> None:
        super().__init__(websocket.sock, event_log, after, call_id)
        self._websocket, self._line = websocket, line

    def encode(self, entry: Entry) -> bytes:
        """A text message."""
        return bytes(self._websocket.ws.send(TextMessage(data=entry.json.decode())))

    def encode_gap(self, until: int) -> bytes:
        """There is no way back in this contract; the API has it all."""
        del until
        return b""

    def heartbeat(self) -> bytes:
        """A ping."""
        return bytes(self._websocket.ws.send(Ping()))

    def hang_up(self) -> None:
        """Say goodbye as WebSockets do."""
        self._line.hang_up()

    def _is_closed(self) -> bool:
        try:
            return self._line.read_messages() is None
        except BadMessage:
            return True


class Broadcast:
    """Goes round all viewers."""

    def __init__(self, event_log: EventLog) -> None:
        self._event_log = event_log
        self._viewers: PollingThread[Viewer] = PollingThread("broadcast", self._poll, _end)

    @property
    def viewers(self) -> int:
        """How many are watching."""
        return len(self._viewers)

    def serve(self, viewer: Viewer) -> None:
        """Return when the viewer is over."""
        self._viewers.poll_until_over(viewer)
        viewer.hang_up()

    def close(self) -> None:
        """Let all viewers go."""
        self._viewers.end_all()

    def _poll(self, viewers: tuple[Viewer, ...]) -> None:
        seen = self._event_log.last
        for viewer in viewers:
            viewer.step()
        time.sleep(POLL_SECONDS)
        self._event_log.wait_for_more(seen, 1.0)


def _end(viewer: Viewer) -> None:
    viewer.is_over.set()


def position(event_log: EventLog, last_event_id: str) -> int:
    """Where a viewer goes on that was there; from now on for one that is new or of another run.

    A run's numbers mean nothing in the next: such a viewer is before the first event that is
    remembered, and is told that it missed some.
    """
    if not last_event_id:
        return event_log.last
    found = re.fullmatch(r"([0-9a-f]{8})-(\d{1,15})", last_event_id)
    if found and found[1] == event_log.epoch and int(found[2]) <= event_log.last:
        return int(found[2])
    return -1


def sse_head(event_log: EventLog, after: int) -> bytes:
    """The answer's status and headers, how soon to come back, and where the viewer is: it may have to
    come back before the first event."""
    here = b"id: %s-%d\n\n" % (event_log.epoch.encode(), after) if after >= 0 else b""
    headers = PROTECTION | {
        "Content-Type": "text/event-stream",
        "X-Accel-Buffering": "no",
        "Connection": "close",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 200 OK\r\n{lines}\r\nretry: 1000\n\n".encode() + here


def ask_which_call(websocket: Server, line: WebSocketLine, calls: list[str]) -> str:
    """Say which calls there are; the one that the client chooses, or nothing if it does not."""
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
