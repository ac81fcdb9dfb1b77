"""The program of a worker process: it runs the transcribers of many tracks in turns."""

import time
from collections import deque

from ..core.track_transcriber import TrackTranscriber
from ..errors import ModelError
from ..events import TrackEvent
from .ipc import PREPARING, Audio, Channel, Command, EndTurn, Finish, OpenTrack, StatusBoard, TrackProgress
from .recognizer_pool import PooledRecognizer, RecognizerPool
from .rotation import Rotation

REPORT_SECONDS = 0.2
"""Seconds after which the progress of tracks is reported even without events"""

MAX_EVENT_DELAY = 0.02
"""Seconds that events may wait for those of other tracks while there is work: a report wakes the server"""

MAX_UNREPORTED = 16
"""Decoded chunks after which progress is reported in any case, so that the server goes on sending"""


class WorkerTrack:
    """One track in a worker, with its transcriber and the commands that wait."""

    def __init__(self, command: OpenTrack, recognizer: PooledRecognizer, *, gated: bool) -> None:
        self.id = command.track
        self.is_file = not command.source.is_live
        self.end_number = 0
        self.recognizer = recognizer
        self.transcriber = TrackTranscriber(
            command.call_id, command.name, recognizer, command.checkpoint, command.source, gated=gated
        )
        self.commands: deque[Audio | EndTurn | Finish] = deque()
        self.number = command.number
        self.reported_checkpoint = command.checkpoint
        self.unreported_events: list[TrackEvent] = []


class Worker:
    """Decodes a chunk of one track, then a chunk of the next, so that no track waits for a long one.

    `Rotation` decides which track is next.  Nobody waits for files.  They are decoded one after the other
    while no call has work, so that the recognizer finds its data in the processor's cache.
    """

    def __init__(
        self,
        channel: Channel,
        recognizers: RecognizerPool,
        board: StatusBoard,
        slot: int,
        *,
        gated: bool,
    ) -> None:
        self._channel = channel
        self._recognizers = recognizers
        self._board, self._slot = board, slot
        self._gated = gated
        self._tracks: dict[int, WorkerTrack] = {}
        self._rotation: Rotation[WorkerTrack] = Rotation()  # those with commands
        self._unreported: dict[int, WorkerTrack] = {}
        self._unreported_chunks = 0
        self._reported_at = 0.0
        self._oldest_event_at = 0.0  # when the oldest event not reported came, or 0

    def run(self) -> None:
        """Work until the other end is gone, or until no recognizer can be opened."""
        try:
            while True:
                self._take_commands()
                if self._rotation:
                    self._work(self._rotation.take())
        except (EOFError, OSError):
            return
        except ModelError as error:
            self._channel.send(error)

    def _take_commands(self) -> None:
        """Take the commands that have come; wait only if there is nothing else to do."""
        if not self._rotation:
            self._maintain_until_commands()
        for command in self._channel.receive(wait=not self._rotation):
            self._take(command)

    def _maintain_until_commands(self) -> None:
        """Make recognizers ready for the next tracks, and drop unused ones, until a command comes."""
        timeout: float | None = 0.0
        while not self._channel.poll(timeout):
            self._board.note(self._slot, time.monotonic(), 0, PREPARING)
            timeout = self._recognizers.maintain()
            self._board.note(self._slot, time.monotonic(), 0, 0)

    def _take(self, command: Command) -> None:
        if isinstance(command, OpenTrack):
            self._board.note(self._slot, time.monotonic(), command.track, 0)  # opening may take a while
            self._tracks[command.track] = WorkerTrack(command, self._recognizers.acquire(), gated=self._gated)
            return
        track = self._tracks[command.track]
        if command.end_number and not track.end_number:
            track.end_number = command.end_number
            self._rotation.note_end(track)
        if not track.commands:
            self._rotation.put(track)
        track.commands.append(command)

    def _work(self, track: WorkerTrack) -> None:
        command = track.commands.popleft()
        now = time.monotonic()
        if isinstance(command, Finish):
            self._board.note(self._slot, now, track.id, track.number + 1)
            track.unreported_events += track.transcriber.finish()
            self._unreported[track.id] = track
            del self._tracks[track.id]
            self._report(now, finished=track)
            self._recognizers.release(track.recognizer)
            return
        if isinstance(command, EndTurn):
            self._board.note(self._slot, now, track.id, track.number + 1)
            track.unreported_events += track.transcriber.end_turn()
        else:
            self._board.note(self._slot, now, track.id, command.number)
            track.unreported_events += track.transcriber.push(command.chunk, partials=command.partials)
            track.number = command.number
            self._unreported_chunks += 1
        self._unreported[track.id] = track
        if track.unreported_events:
            self._oldest_event_at = self._oldest_event_at or now
        if track.commands:
            self._rotation.put_back(track)
        if self._has_to_report(now):
            self._report(now)

    def _has_to_report(self, now: float) -> bool:
        if self._oldest_event_at and (not self._rotation or now - self._oldest_event_at > MAX_EVENT_DELAY):
            return True
        return self._unreported_chunks >= MAX_UNREPORTED or now - self._reported_at > REPORT_SECONDS

    def _report(self, now: float, finished: WorkerTrack | None = None) -> None:
        """Send the tracks' progress and events since the last report."""
        self._board.note_cpu(self._slot, time.process_time())
        self._channel.send(
            [_progress(track, finished=track is finished) for track in self._unreported.values()]
        )
        self._unreported.clear()
        self._unreported_chunks, self._reported_at, self._oldest_event_at = 0, now, 0.0


def _progress(track: WorkerTrack, *, finished: bool) -> TrackProgress:
    """Make the report about a track, with its checkpoint only if that is new, as it is large."""
    checkpoint = (
        track.transcriber.checkpoint
        if track.transcriber.checkpoint is not track.reported_checkpoint
        else None
    )
    track.reported_checkpoint = track.transcriber.checkpoint
    events, track.unreported_events = track.unreported_events, []
    return TrackProgress(track.id, track.number, checkpoint, events, finished)
