"""One track on the server's side of the engine: its audio that waits, is sent, or must be sent again."""

import threading
from collections import deque

from ..audio import PHONE_RATE, Source
from ..core.call_session import CHUNK_SAMPLES, Emit
from ..core.jitter_buffer import AudioChunk
from ..core.track_transcriber import BEGINNING, Checkpoint
from ..events import AudioSetAside
from .ipc import Audio, Command, EndTurn, Finish, OpenTrack, TrackProgress
from .spool import Spool

MAX_IN_FLIGHT = 16
"""Maximum chunks in flight, so that one track cannot fill a worker's socket"""

MAX_IN_FLIGHT_OF_FILES = 2 * MAX_IN_FLIGHT
"""The same for files, where it is higher so that a worker still has chunks when it reports its progress"""

MAX_BEHIND_FOR_PARTIALS = PHONE_RATE // CHUNK_SAMPLES
"""Chunks behind (a second) beyond which partial texts stop, so that their time serves to catch up"""

MAX_OPENINGS = 2
"""Workers that may die while they open a track's recognizer"""

MAX_DEATHS = 2
"""Workers that one chunk of audio may kill"""


class RemoteTrack:
    """One track as the server knows it.  The pool's lock guards everything but `done`."""

    def __init__(
        self,
        track: int,
        call_id: str,
        name: str,
        emit: Emit,
        checkpoint: Checkpoint = BEGINNING,
        source: Source = Source.PHONE,
    ) -> None:
        self.id, self.call_id, self.name, self.emit = track, call_id, name, emit
        self.source = source
        self._max_in_flight = MAX_IN_FLIGHT if source is Source.PHONE else MAX_IN_FLIGHT_OF_FILES
        self.done = threading.Event()
        self.is_complete = False
        """Whether all words are emitted; not if the track was given up"""
        self._checkpoint = checkpoint
        self._spool = Spool()
        self._sent_chunks: deque[tuple[int, AudioChunk]] = deque()  # sent, and not before the checkpoint
        self._sent = 0  # the number of the last chunk sent
        self._decoded = 0  # and of the last one known to be decoded
        self._finishing = False
        self.end_number = 0
        """Position of its call among those that have ended; 0 for a live call and for a file"""
        self._finish_sent = False
        self._ends_turn = False
        self._fatal_chunk = 0  # the chunk in hand when a worker died
        self._deaths = 0
        self._openings_failed = 0

    @property
    def lag(self) -> float:
        """Seconds of audio that have come and are not known to be decoded."""
        return (len(self._spool) + self.in_flight) * CHUNK_SAMPLES / PHONE_RATE

    @property
    def in_flight(self) -> int:
        """Number of chunks that are sent and not known to be decoded."""
        return self._sent - self._decoded

    @property
    def is_hopeless(self) -> bool:
        """Whether finishing it killed two workers when there was no audio left to set aside."""
        return self._deaths >= MAX_DEATHS

    @property
    def is_waiting(self) -> bool:
        """Whether there is something to send that may be sent now."""
        if len(self._spool):
            return self.in_flight < self._max_in_flight
        return self._ends_turn or (self._finishing and not self._finish_sent)

    def put(self, chunk: AudioChunk) -> None:
        """Take the next chunk of audio."""
        self._spool.put(chunk)

    def end_turn(self) -> None:
        """Note that the turn is to end after the audio so far."""
        self._ends_turn = not self._finishing

    def finish(self, end_number: int) -> None:
        """Note that the track has no more audio, and the position of its end.  Only the first end counts."""
        self._finishing = True
        if self.source.is_live:
            self.end_number = self.end_number or end_number

    def next_command(self) -> Command:
        """Return the command to send next.  There must be one (`is_waiting`)."""
        if not len(self._spool) and self._ends_turn:
            self._ends_turn = False
            return EndTurn(self.id, self.end_number)
        if not len(self._spool):
            self._finish_sent = True
            return Finish(self.id, self.end_number)
        chunk = self._spool.get()
        self._sent += 1
        self._sent_chunks.append((self._sent, chunk))
        behind = len(self._spool) + self.in_flight
        return Audio(self.id, self._sent, chunk, behind <= MAX_BEHIND_FOR_PARTIALS, self.end_number)

    def note_failed_opening(self) -> int:
        """Count a worker that died while it opened this track's recognizer; return how many there were."""
        self._openings_failed += 1
        return self._openings_failed

    def advance(self, progress: TrackProgress) -> int:
        """Note a worker's progress; return the number of chunks by which it has come further."""
        advanced, self._decoded = progress.number - self._decoded, progress.number
        self._openings_failed = 0
        self._checkpoint = progress.checkpoint or self._checkpoint
        while self._sent_chunks and self._sent_chunks[0][1].end <= self._checkpoint.position:
            self._sent_chunks.popleft()
        if self._decoded >= self._fatal_chunk:
            self._deaths = 0
        return advanced

    def reopen(self, fatal_chunk: int) -> tuple[OpenTrack, list[AudioChunk]]:
        """Prepare to open the track in a worker, the first or one after a death.

        Return the command to send, and the audio to set aside because it killed two workers.  `fatal_chunk`
        is the number of the chunk in hand when the last worker died, or 0 if that was not one of this track.
        """
        aside: list[AudioChunk] = []
        if fatal_chunk:
            self._deaths = self._deaths + 1 if fatal_chunk == self._fatal_chunk else 1
            self._fatal_chunk = fatal_chunk
            if self._deaths >= MAX_DEATHS:
                aside = self._set_aside(fatal_chunk)
        self._spool.put_back(
            _chunks_from(self._checkpoint.position, [chunk for _, chunk in self._sent_chunks])
        )
        self._sent = self._decoded = self._sent - len(self._sent_chunks)
        self._sent_chunks.clear()
        self._finish_sent = False
        command = OpenTrack(self.id, self.call_id, self.name, self.source, self._checkpoint, self._sent)
        return command, aside

    def _set_aside(self, fatal_chunk: int) -> list[AudioChunk]:
        """Remove the audio from the checkpoint to the fatal chunk, as any of it may be the cause."""
        aside = []
        while self._sent_chunks and self._sent_chunks[0][0] <= fatal_chunk:
            aside.append(self._sent_chunks.popleft()[1])
        if aside:
            self._checkpoint = Checkpoint(aside[-1].end)
            self._deaths = 0
        return aside

    def close(self) -> None:
        """Drop the audio that waits, and wake the threads that wait for the track's end."""
        self._spool.close()
        self.done.set()


def set_aside_event(track: RemoteTrack, aside: list[AudioChunk]) -> AudioSetAside:
    """Make the event about audio that was set aside."""
    start, end = track.source.seconds(aside[0].start), track.source.seconds(aside[-1].end)
    return AudioSetAside(track.call_id, track.name, round(start, 3), round(end, 3))


def _chunks_from(position: int, chunks: list[AudioChunk]) -> list[AudioChunk]:
    """Return the chunks without the audio before a position."""
    if chunks and chunks[0].start < position:
        first = chunks[0]
        chunks = [AudioChunk(position, first.audio[position - first.start :]), *chunks[1:]]
    return chunks
