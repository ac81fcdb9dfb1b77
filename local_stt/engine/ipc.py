"""What this process and its workers say to each other, and the board they share.

Audio is the bulk and has a packed header; everything else is pickled, which is safe between a
process and its own forks.
"""

import mmap
import pickle
import select
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..audio import Source
from ..core.jitter_buffer import AudioChunk
from ..core.track_transcriber import Checkpoint
from ..events import Event

_AUDIO = struct.Struct("<cIIq?I")  # kind, track, number of the chunk, its start, partials, end of the call
_AT_ONCE = 64 * 1024  # bytes
_BOARD = struct.Struct("<dII")  # time of the last sign of life, track, number of the chunk in hand
_CPU = struct.Struct("<d")  # seconds
_SLOT = _BOARD.size + _CPU.size


PREPARING = 1
"""On the board, with no track: a recognizer is being made ready for the next one"""


@dataclass(frozen=True, slots=True)
class OpenTrack:
    """Listen to a track from a checkpoint on."""

    track: int
    call_id: str
    name: str
    source: Source
    checkpoint: Checkpoint
    number: int
    """Of the last chunk before it"""


@dataclass(frozen=True, slots=True)
class Audio:
    """The next chunk of a track."""

    track: int
    number: int
    chunk: AudioChunk
    partials: bool
    """Whether partial texts are wanted"""
    end_number: int
    """The place of its call among those that have ended; 0 for a live one and for a file"""


@dataclass(frozen=True, slots=True)
class Finish:
    """No more of a track will come."""

    track: int
    end_number: int
    """As in `Audio`"""


@dataclass(frozen=True, slots=True)
class TrackProgress:
    """From a worker: how far it has come with a track, and what it has heard on the way."""

    track: int
    number: int
    """The last chunk decoded"""
    checkpoint: Checkpoint | None
    """None when it is where it was"""
    events: list[Event]
    finished: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded."""

    folder: Path
    unknown_words: list[str]
    cost: float
    """CPU seconds it takes to follow a second of a track; 0 where nobody needs to know"""


@dataclass(frozen=True, slots=True)
class Work:
    """What an engine has done so far, in seconds."""

    audio: float
    cpu: float

    @property
    def real_time_factor(self) -> float:
        """CPU seconds for a second of one track's audio; 0 when there was none."""
        return self.cpu / self.audio if self.audio else 0.0


Command = OpenTrack | Audio | Finish


class Channel:
    """One end of a socket that carries messages, each behind its length.

    `multiprocessing.Connection` would do, but asks the system several times for every message;
    this takes all that have come with one question.
    """

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._received = bytearray()
        self._unsent: list[bytes] = []

    @property
    def unsent(self) -> int:
        """How many messages wait for `flush`."""
        return len(self._unsent)

    def put(self, message: Any) -> None:
        """Send one message with the next `flush`."""
        data = pack(message)
        self._unsent.append(len(data).to_bytes(4, "big") + data)

    def flush(self) -> None:
        """Send what was put.  Raises `OSError` when the other end is gone."""
        if self._unsent:
            data = b"".join(self._unsent)
            self._unsent.clear()
            self._socket.sendall(data)

    def send(self, message: Any) -> None:
        """Send one message at once.  Raises `OSError` when the other end is gone."""
        self.put(message)
        self.flush()

    def receive(self, *, wait: bool) -> list[Any]:
        """The messages that have come; if `wait`, at least one.  Raises `EOFError` when none will."""
        messages = self._complete_messages()
        while not messages:
            try:
                data = self._socket.recv(_AT_ONCE, 0 if wait else socket.MSG_DONTWAIT)
            except BlockingIOError:
                break
            if not data:
                raise EOFError("the other end is gone")
            self._received += data
            messages = self._complete_messages()
        return messages

    def poll(self, timeout: float | None) -> bool:
        """Wait for so many seconds, or without end for None; return whether there is something to receive."""
        return bool(self._received or select.select([self._socket], [], [], timeout)[0])

    def close(self) -> None:
        """This end."""
        self._socket.close()

    def _complete_messages(self) -> list[Any]:
        messages, at, received = [], 0, self._received
        while len(received) >= at + 4:
            end = at + 4 + int.from_bytes(received[at : at + 4], "big")
            if len(received) < end:
                break
            messages.append(unpack(bytes(received[at + 4 : end])))
            at = end
        del received[:at]
        return messages


def pack(message: Any) -> bytes:
    """A message as bytes."""
    if isinstance(message, Audio):
        head = _AUDIO.pack(
            b"A", message.track, message.number, message.chunk.start, message.partials, message.end_number
        )
        return head + message.chunk.audio
    return b"P" + pickle.dumps(message)


def unpack(data: bytes) -> Any:
    """What `pack` packed."""
    if data[:1] == b"P":
        return pickle.loads(data[1:])  # noqa: S301  (from our own fork)
    _, track, number, start, partials, end_number = _AUDIO.unpack_from(data)
    return Audio(track, number, AudioChunk(start, data[_AUDIO.size :]), partials, end_number)


def board_size(slots: int) -> int:
    """Bytes of a board for so many workers."""
    return slots * _SLOT


class StatusBoard:
    """Shared memory where each worker notes, before it decodes a chunk, the time and the chunk.

    It costs a worker a microsecond, and shows of a dead one what killed it.
    """

    def __init__(self, file: int, slots: int) -> None:
        """`file` is the descriptor of a file that every process of the engine has open."""
        self._memory = mmap.mmap(file, board_size(slots))

    def note(self, slot: int, now: float, track: int, number: int) -> None:
        """A worker begins a chunk, or, with 0, waits for one."""
        _BOARD.pack_into(self._memory, slot * _SLOT, now, track, number)

    def read(self, slot: int) -> tuple[float, int, int]:
        """The time of the last note, the track and the chunk; (0, 0) for none."""
        now, track, number = _BOARD.unpack_from(self._memory, slot * _SLOT)
        return now, track, number

    def note_cpu(self, slot: int, seconds: float) -> None:
        """How much processor time a worker has taken so far."""
        _CPU.pack_into(self._memory, slot * _SLOT + _BOARD.size, seconds)

    def read_cpu(self, slot: int) -> float:
        """What was noted last."""
        seconds: float = _CPU.unpack_from(self._memory, slot * _SLOT + _BOARD.size)[0]
        return seconds
