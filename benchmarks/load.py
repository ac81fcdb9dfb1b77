"""Play many calls at once, at the pace of real ones, in a process of its own: the load.

    python -m benchmarks.load PLAN

Prints `{"ready": true}` when every call is connected, begins at a line on standard input, and prints the
result after the last packet.  It keeps the connections open until standard input ends, so that a server that
lags loses nothing.  All clocks are CLOCK_MONOTONIC, which processes share.
"""

import base64
import contextlib
import gc
import heapq
import json
import os
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .frames import Media, audio_frames, close_stream, first_frames, last_frames, media_frames, tails

CONNECT_TIMEOUT = 10.0
WAKE_SECONDS = 0.001
"""Shortest sleep in seconds; a shorter one costs more than it gains"""


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """A call: its id, the index of its audio in the plan, and its start in seconds after the first call's."""

    call_id: str
    audio: int
    starts: float


@dataclass(frozen=True, slots=True)
class Plan:
    """All the calls of a run."""

    port: int
    audio: tuple[dict[str, str], ...]
    """Files of 8 kHz mu-law, by track"""
    calls: tuple[PlannedCall, ...]
    live: str = ""
    """Path and parameters of Deepgram's live sessions, which are played in place of calls; empty for calls"""
    token: str = ""
    """The token of viewers, which these sessions need, and calls where Twilio's signature is checked"""

    def to_json(self) -> str:
        """Write the plan as `from_json` reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """Read a plan that `to_json` wrote."""
        plan = json.loads(text)
        calls = tuple(PlannedCall(**call) for call in plan["calls"])
        return cls(plan["port"], tuple(plan["audio"]), calls, plan["live"], plan["token"])


@dataclass(frozen=True, slots=True)
class Messages:
    """All that is sent on one socket, as WebSocket frames."""

    first: bytes
    frames: list[Media]
    tails: list[bytes]
    """The ends of the media frames, for each phase"""
    last: bytes


def messages_of_call(call_id: str, tracks: Sequence[str], frames: list[Media]) -> Messages:
    """Make the messages of one of Twilio's calls."""
    stream_id = "MZ" + call_id.removeprefix("CA")
    first = first_frames(call_id, stream_id, list(tracks))
    return Messages(first, frames, tails(stream_id), last_frames(call_id, stream_id, len(frames) + 2))


def messages_of_session(frames: list[Media]) -> Messages:
    """Make the messages of one of Deepgram's live sessions."""
    return Messages(b"", frames, [b""], close_stream())


class Player:
    """A call or a live session that is played on its socket."""

    def __init__(self, planned: PlannedCall, messages: Messages, connection: socket.socket) -> None:
        self.call_id, self.starts = planned.call_id, planned.starts
        self._first, self._frames = messages.first, messages.frames
        self._tails, self._last = messages.tails, messages.last
        self._next = 0
        self._unsent = b""
        self.broken = False
        self._socket = connection

    def play_next(self) -> float | None:
        """Send the next message; return the seconds into the call of the one after it, if there is one.

        Answers are thrown away, so that the server can go on writing them.
        """
        self._discard_answers()
        if self._next == 0:
            self._send(self._first)
        media = self._frames[self._next]
        self._send(media.head + self._tails[media.phase])
        self._next += 1
        if self.broken or self._next == len(self._frames):
            self._send(self._last)
            return None
        return self._frames[self._next].due

    @property
    def first_due(self) -> float:
        """Seconds into the call at which the first packet is due."""
        return self._frames[0].due

    def flush(self) -> bool:
        """Send data that the server had no room for; return whether all is sent."""
        self._send(b"")
        return self.broken or not self._unsent

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _discard_answers(self) -> None:
        with contextlib.suppress(OSError):
            while self._socket.recv(2**16):
                pass

    def _send(self, data: bytes) -> None:
        """Send data without waiting for a server that is slow to read; keep the rest."""
        data = self._unsent + data
        try:
            self._unsent = data[self._socket.send(data) :]
        except BlockingIOError:
            self._unsent = data
        except OSError:  # after the last packet the server may close first
            self.broken, self._unsent = self.broken or self._next < len(self._frames), b""


def connect(port: int, path: str = "/stream", token: str = "", scheme: str = "Token") -> socket.socket:
    """Open a WebSocket on this machine, with its handshake done, that never blocks.

    Raises `ConnectionError` if the handshake is refused.
    """
    connection = socket.create_connection(("127.0.0.1", port), timeout=CONNECT_TIMEOUT)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        *([f"Authorization: {scheme} {token}"] if token else []),
    )
    connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        if not (received := connection.recv(4096)):
            break
        answer += received
    if b" 101 " not in answer.split(b"\r\n")[0]:
        raise ConnectionError(f"the handshake was answered with {answer[:80]!r}")
    connection.setblocking(False)
    return connection


def play(players: Sequence[Player], began: float) -> list[float]:
    """Play every call to its end; return the delay of each message in seconds."""
    due = [(began + each.starts + each.first_due, number) for number, each in enumerate(players)]
    heapq.heapify(due)
    late = []
    while due:
        at, number = due[0]
        wait = at - time.monotonic()
        if wait > 0:
            time.sleep(max(wait, WAKE_SECONDS))
            continue
        late.append(-wait)
        player = players[number]
        after = player.play_next()
        if after is None:
            heapq.heappop(due)
        else:
            heapq.heapreplace(due, (began + player.starts + after, number))
    return late


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def _prepare(plan: Plan) -> list[Player]:
    tracks = [{name: Path(file).read_bytes() for name, file in audio.items()} for audio in plan.audio]
    if plan.live:
        sessions = [messages_of_session(audio_frames(each)) for each in tracks]
        return [
            Player(call, sessions[call.audio], connect(plan.port, plan.live, plan.token))
            for call in plan.calls
        ]
    length = len(plan.calls[0].call_id)
    frames = [media_frames(each, length) for each in tracks]
    return [
        Player(
            call,
            messages_of_call(call.call_id, list(tracks[call.audio]), frames[call.audio]),
            connect(plan.port, token=plan.token, scheme="Bearer"),
        )
        for call in plan.calls
    ]


def _finish_sending(players: Sequence[Player]) -> None:
    """Send all that a lagging server has not taken yet; the parent process decides when to stop waiting."""
    while [player for player in players if not player.flush()]:
        time.sleep(0.05)


def main() -> None:
    players = _prepare(Plan.from_json(Path(sys.argv[1]).read_text(encoding="utf-8")))
    gc.freeze()
    _say(ready=True)
    if not sys.stdin.readline():
        return
    used, began = time.process_time(), time.monotonic() + 0.05
    _say(began={player.call_id: began + player.starts for player in players})
    late = sorted(play(players, began))
    _say(
        late_ms=1000 * late[int(0.99 * (len(late) - 1))],
        cpu_seconds=time.process_time() - used,
        broken=[player.call_id for player in players if player.broken],
    )
    _finish_sending(players)
    sys.stdin.read()
    for player in players:
        player.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
