"""The messages between the server and its workers, and the status board that they share.

Audio is most of the data and has a packed header.  Everything else is pickled, which is safe between a
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
from ..events import TrackEvent

_AUDIO = struct.Struct("<cIIq?I")  # kind, track, number of the chunk, its start, partials, end of the call
_AT_ONCE = 64 * 1024  # bytes
_BOARD = struct.Struct("<dII")  # time of the last sign of life, track, number of the chunk in hand
_CPU = struct.Struct("<d")  # seconds
_SLOT = _BOARD.size + _CPU.size


PREPARING = 1
"""Chunk number on the board, with track 0, while a recognizer is being made ready for the next track"""


@dataclass(frozen=True, slots=True)
class OpenTrack:
    """The command to recognize a track from a checkpoint on."""

    track: int
    call_id: str
    name: str
    source: Source
    checkpoint: Checkpoint
    number: int
    """Number of the last chunk before the checkpoint"""


@dataclass(frozen=True, slots=True)
class Audio:
    """The next chunk of a track."""

    track: int
    number: int
    chunk: AudioChunk
    partials: bool
    """Whether partial texts are wanted"""
    end_number: int
    """Position of its call among those that have ended; 0 for a live call and for a file"""


@dataclass(frozen=True, slots=True)
class Finish:
    """The message that a track has no more audio."""

    track: int
    end_number: int
    """As in `Audio`"""


@dataclass(frozen=True, slots=True)
class EndTurn:
    """The command to end the turn of a track after the audio so far."""

    track: int
    end_number: int
    """As in `Audio`"""


@dataclass(frozen=True, slots=True)
class TrackProgress:
    """A worker's report about a track: how far it is decoded, and its new events."""

    track: int
    number: int
    """Number of the last chunk that is decoded"""
    checkpoint: Checkpoint | None
    """None if it has not changed"""
    events: list[TrackEvent]
    finished: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """Facts about a loaded model."""

    folder: Path
    unknown_words: list[str]
    cost: float
    """CPU seconds to decode a second of a track; 0 where it is not measured"""
    unknown_key_words: tuple[str, ...] = ()
    """Words of key terms that the model does not know"""


@dataclass(frozen=True, slots=True)
class Work:
    """The work that an engine has done so far: seconds of audio taken, seconds of CPU time used."""

    audio: float
    cpu: float

    @property
    def real_time_factor(self) -> float:
        """CPU seconds for a second of one track's audio; 0 if there was no audio."""
        return self.cpu / self.audio if self.audio else 0.0


Command = OpenTrack | Audio | EndTurn | Finish


class Channel:
    """One end of a socket that carries messages, each with its length before it.

    `multiprocessing.Connection` needs several system calls for each message.  This takes all messages that
    have come with one.
    """

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._received = bytearray()
        self._unsent: list[bytes] = []

    @property
    def unsent(self) -> int:
        """Number of messages that wait for `flush`."""
        return len(self._unsent)

    def put(self, message: Any) -> None:
        """Queue a message for the next `flush`."""
        data = pack(message)
        self._unsent.append(len(data).to_bytes(4, "big") + data)

    def flush(self) -> None:
        """Send the queued messages.  Raises `OSError` if the other end is gone."""
        if self._unsent:
            data = b"".join(self._unsent)
            self._unsent.clear()
            self._socket.sendall(data)

    def send(self, message: Any) -> None:
        """Send a message at once, after the queued ones.  Raises `OSError` if the other end is gone."""
        self.put(message)
        self.flush()

    def receive(self, *, wait: bool) -> list[Any]:
        """Return the messages that have come, at least one if `wait`.  Raises `EOFError` if none can come."""
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
        """Wait `timeout` seconds at most (None: for ever); return whether there is something to receive."""
        return bool(self._received or select.select([self._socket], [], [], timeout)[0])

    def close(self) -> None:
        """Close this end."""
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
    """Convert a message to bytes."""
    if isinstance(message, Audio):
        head = _AUDIO.pack(
            b"A", message.track, message.number, message.chunk.start, message.partials, message.end_number
        )
        return head + message.chunk.audio
    return b"P" + pickle.dumps(message)


def unpack(data: bytes) -> Any:
    """Convert bytes of `pack` back to the message."""
    if data[:1] == b"P":
        return pickle.loads(data[1:])  # noqa: S301  (from our own fork)
    _, track, number, start, partials, end_number = _AUDIO.unpack_from(data)
    return Audio(track, number, AudioChunk(start, data[_AUDIO.size :]), partials, end_number)


def board_size(slots: int) -> int:
    """Return the size of a board for a number of workers, in bytes."""
    return slots * _SLOT


class StatusBoard:
    """Shared memory where each worker notes the time and the chunk before it decodes the chunk.

    A note costs a microsecond.  It shows which chunk a worker had in hand when it died.
    """

    def __init__(self, file: int, slots: int) -> None:
        """`file` is the descriptor of a file that all processes of the engine have open."""
        self._memory = mmap.mmap(file, board_size(slots))

    def note(self, slot: int, now: float, track: int, number: int) -> None:
        """Note that a worker begins a chunk of a track at time `now`; 0 and 0 if it waits for one."""
        _BOARD.pack_into(self._memory, slot * _SLOT, now, track, number)

    def read(self, slot: int) -> tuple[float, int, int]:
        """Return the time of the last note, the track and the chunk; track and chunk are 0 for none."""
        now, track, number = _BOARD.unpack_from(self._memory, slot * _SLOT)
        return now, track, number

    def note_cpu(self, slot: int, seconds: float) -> None:
        """Note the processor time that a worker has used so far, in seconds."""
        _CPU.pack_into(self._memory, slot * _SLOT + _BOARD.size, seconds)

    def read_cpu(self, slot: int) -> float:
        """Return the processor time that a worker noted last, in seconds."""
        seconds: float = _CPU.unpack_from(self._memory, slot * _SLOT + _BOARD.size)[0]
        return seconds
