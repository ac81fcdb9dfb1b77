"""The server's side of the workers: assign tracks to them, and replace those that die."""

import contextlib
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from ..audio import Source
from ..core.call_session import Emit
from ..core.jitter_buffer import AudioChunk
from ..core.track_transcriber import BEGINNING, Checkpoint
from ..errors import LocalSttError, ModelError
from ..events import CallStarted
from ..recognizer import REMEDY
from .fork_server import ForkServer, Plan
from .ipc import PREPARING, Audio, Channel, EndTurn, TrackProgress, Work
from .liveness import Watch, usage_of
from .remote_track import MAX_IN_FLIGHT, MAX_OPENINGS, RemoteTrack, set_aside_event

logger = logging.getLogger(__name__)

CREDIT = 64
"""Chunks that a worker's socket takes without blocking the sender: about 60 kB"""

ENDED_CREDIT = CREDIT - MAX_IN_FLIGHT
"""Chunks of them for calls that have ended, so that live calls are recognized meanwhile"""

BATCH_SIZE = 16
"""Commands that are sent to a worker together in a batch: waking it costs more than a command"""

HANG_TIMEOUT = 5.0
"""Seconds of processor time for one chunk, or of being blocked, after which a worker is killed and replaced.
A worker that only waits for a processor is not."""

BACKGROUND_HANG_TIMEOUT = 120.0
"""The same where nobody waits for words, and a worker may have to leave the processor to others"""

MAX_BEHIND = 1800.0
"""Seconds of a track that may wait in memory and on disk; TCP slows down a sender that is further ahead"""

OnSetAside = Callable[[str, str, list[AudioChunk]], None]
"""Takes audio that killed two workers: the call's id, the track, the chunks"""


OnFatal = Callable[[LocalSttError], None]
"""Takes the error when no more workers can be started"""


class WorkerHandle:
    """The server's side of one worker process."""

    def __init__(self, slot: int, channel: Channel) -> None:
        self.slot = slot
        self.channel = channel
        self.tracks: dict[int, RemoteTrack] = {}
        self.in_flight = 0
        self.thread = threading.Thread()
        self.failure: ModelError | None = None
        """The error of opening a recognizer, if that ended the worker"""
        self.was_killed = False
        self.is_given_up = False
        """Whether it has died and no other can be started in its place"""
        self.has_worked = False
        self.sent_at = 0.0  # when the last command was sent
        self.watch = Watch()
        self.unseen_since = 0.0  # when the oldest command was sent that it may not have seen


class PooledSink:
    """The sink of one track that a worker recognizes."""

    def __init__(self, pool: "WorkerPool", track: RemoteTrack) -> None:
        self._pool, self._track = pool, track

    @property
    def ready(self) -> bool:
        """Whether it can take more audio now: not if it is more than `MAX_BEHIND` behind."""
        return self._track.lag <= MAX_BEHIND or self._track.done.is_set()

    def push(self, chunk: AudioChunk) -> None:
        """Take the next chunk of the track."""
        self._pool.push(self._track, chunk)

    def end_turn(self) -> None:
        """End the turn after the audio so far."""
        self._pool.end_turn(self._track)

    def finish(self) -> None:
        """Note that the track has no more audio."""
        self._pool.finish(self._track)

    @property
    def is_complete(self) -> bool:
        """Whether all words are emitted; not if the track was given up."""
        return self._track.is_complete

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until no more words will be emitted, `seconds` at most; return whether that is so."""
        return self._track.done.wait(seconds)


class WorkerPool:
    """Opens a recognizer for each track in the worker that has the fewest tracks.

    Nothing is lost when a worker dies.  Its tracks go to other workers, which decode the audio after each
    track's checkpoint again.  Thread-safe.
    """

    def __init__(
        self, plan: Plan, *, on_set_aside: OnSetAside = lambda *_: None, on_fatal: OnFatal = lambda _: None
    ) -> None:
        self._on_set_aside, self._on_fatal = on_set_aside, on_fatal
        self._live = plan.live
        self._lock = threading.Lock()
        self._fork_server = ForkServer(plan)
        self.ready = self._fork_server.ready
        self._track_ids = itertools.count(1)
        self._end_numbers = itertools.count(1)
        self._closing = threading.Event()
        self._is_batching = False
        self.restarts = 0
        self._audio_seconds = 0.0
        self._cpu_of_ended = 0.0  # seconds
        self._idle_deaths = [0] * plan.slots
        self._workers: list[WorkerHandle] = []
        try:
            for slot in range(plan.slots):
                self._workers.append(self._start_worker(slot))
        except BaseException:  # such as a request to stop
            self.close()
            raise
        threading.Thread(target=self._watch, name="engine-watch", daemon=True).start()

    def open(
        self,
        call: CallStarted,
        name: str,
        emit: Emit,
        checkpoint: Checkpoint = BEGINNING,
        source: Source = Source.PHONE,
    ) -> PooledSink:
        """Open a sink for one track of one call, or for the rest of it after a checkpoint."""
        with self._lock:
            track = RemoteTrack(next(self._track_ids), call.call_id, name, emit, checkpoint, source)
            self._assign(track, 0)
        return PooledSink(self, track)

    @contextlib.contextmanager
    def batch(self) -> Iterator[None]:
        """Collect the audio that sinks take inside the `with` block, and send it at its end at the latest."""
        self._is_batching = True
        try:
            yield
        finally:
            with self._lock:
                self._is_batching = False
                for worker in self._workers:
                    self._flush(worker)

    def push(self, track: RemoteTrack, chunk: AudioChunk) -> None:
        """Take the next chunk of a track.  It is ignored if the track was given up."""
        with self._lock:
            if not track.done.is_set():  # it is, if the track was given up
                self._audio_seconds += track.source.seconds(len(chunk.audio))
                track.put(chunk)
                self._serve(self._worker_of(track), track)

    def end_turn(self, track: RemoteTrack) -> None:
        """End the turn of a track after the audio so far."""
        with self._lock:
            if not track.done.is_set():
                track.end_turn()
                self._serve(self._worker_of(track), track)

    def finish(self, track: RemoteTrack) -> None:
        """Note that a track has no more audio."""
        with self._lock:
            if not track.done.is_set():
                track.finish(next(self._end_numbers))
                self._serve(self._worker_of(track), track)

    def lag(self) -> float:
        """Return the lag of the track that is furthest behind, in seconds."""
        with self._lock:
            return max(
                (track.lag for worker in self._workers for track in worker.tracks.values()), default=0.0
            )

    def work(self) -> Work:
        """Return the work that is done so far, as far as workers have reported it."""
        with self._lock:
            living = sum(self._fork_server.board.read_cpu(worker.slot) for worker in self._workers)
            return Work(self._audio_seconds, self._cpu_of_ended + living)

    def close(self) -> None:
        """End every worker, even if it has work."""
        self._closing.set()
        self._fork_server.close()  # without the lock, for the same reason as in `_watch`
        for worker in self._workers:
            worker.thread.join(1.0)  # it ends with its process, unless a listener keeps it
            worker.channel.close()
            for track in worker.tracks.values():
                track.close()

    # With the lock held

    def _start_worker(self, slot: int) -> WorkerHandle:
        worker = WorkerHandle(slot, self._fork_server.fork(slot))
        worker.thread = threading.Thread(
            target=self._listen, args=(worker,), name=f"engine-{slot}", daemon=True
        )
        worker.thread.start()
        return worker

    def _worker_of(self, track: RemoteTrack) -> WorkerHandle:
        return next(worker for worker in self._workers if track.id in worker.tracks)

    def _assign(self, track: RemoteTrack, fatal_chunk: int) -> None:
        able = [worker for worker in self._workers if not worker.is_given_up]
        if not able:
            track.close()
            return
        worker = min(able, key=lambda each: len(each.tracks))
        worker.tracks[track.id] = track
        command, aside = track.reopen(fatal_chunk)
        if track.is_hopeless:
            logger.error("The last words of call %s killed two recognizers and are lost", track.call_id)
            del worker.tracks[track.id]
            track.close()
            return
        self._send(worker, command)
        if aside:
            logger.error("Audio of call %s that killed two recognizers is set aside", track.call_id)
            try:
                self._on_set_aside(track.call_id, track.name, aside)
            except OSError as error:
                logger.warning("It could not be kept: %s", error)
            track.emit([set_aside_event(track, aside)])
        self._serve(worker, track)

    def _serve_all(self, worker: WorkerHandle) -> None:
        """Send what waits: of ended calls in order of their ends, then of others, furthest behind first."""
        tracks = worker.tracks.values()
        ended = sorted((track for track in tracks if track.end_number), key=lambda track: track.end_number)
        left = ENDED_CREDIT - sum(track.in_flight for track in ended)
        for track in ended:
            left -= self._serve(worker, track, left)
        behind = sorted((track for track in tracks if not track.end_number), key=lambda track: -track.lag)
        for track in behind:
            self._serve(worker, track)

    def _serve(self, worker: WorkerHandle, track: RemoteTrack, limit: int = CREDIT) -> int:
        """Send at most `limit` commands of a track, as far as its worker can take them; return how many."""
        sent = 0
        while track.is_waiting and worker.in_flight < CREDIT and sent < limit:
            command = track.next_command()
            worker.in_flight += not isinstance(command, EndTurn)  # which no report counts
            sent += 1
            self._send(worker, command)
        return sent

    def _send(self, worker: WorkerHandle, command: object) -> None:
        worker.channel.put(command)
        if not (self._is_batching and isinstance(command, Audio)) or worker.channel.unsent >= BATCH_SIZE:
            self._flush(worker)

    def _flush(self, worker: WorkerHandle) -> None:
        if not worker.channel.unsent:
            return
        worker.sent_at = time.monotonic()
        worker.unseen_since = worker.unseen_since or worker.sent_at
        with contextlib.suppress(OSError):  # the thread that listens to a worker notices its death
            worker.channel.flush()

    def _replace_or_fail(self, dead: WorkerHandle) -> None:
        tracks = tuple(dead.tracks.values())
        try:
            self._replace(dead)
        except (LocalSttError, OSError) as error:
            dead.is_given_up = True
            self._on_fatal(
                error
                if isinstance(error, LocalSttError)
                else ModelError(f"No recognizer can be started: {error}.")
            )
            for track in tracks:  # only now: those who wait for one must not take it as complete
                track.close()

    def _replace(self, dead: WorkerHandle) -> None:
        _, culprit, chunk = self._fork_server.board.read(dead.slot)
        tracks, dead.tracks = dead.tracks, {}
        dead.channel.close()
        if culprit in tracks and not chunk and not dead.was_killed:
            self._require_another_try(dead, tracks[culprit].note_failed_opening())
        elif not culprit and chunk == PREPARING and not dead.was_killed:
            self._require_another_try(dead, self._note_idle_death(dead))
        logger.warning("A recognizer process died and is replaced; %d tracks go on elsewhere", len(tracks))
        self._fork_server.board.note(dead.slot, time.monotonic(), 0, 0)
        self._cpu_of_ended += self._fork_server.board.read_cpu(dead.slot)
        self._fork_server.board.note_cpu(dead.slot, 0.0)
        self._workers[dead.slot] = self._start_worker(dead.slot)
        self.restarts += 1
        for track in tracks.values():
            self._assign(track, chunk if track.id == culprit else 0)

    def _note_idle_death(self, dead: WorkerHandle) -> int:
        """Count, and return, the workers of a slot that died in a row while they made a recognizer ready."""
        self._idle_deaths[dead.slot] = 1 if dead.has_worked else self._idle_deaths[dead.slot] + 1
        return self._idle_deaths[dead.slot]

    def _require_another_try(self, dead: WorkerHandle, tries: int) -> None:
        """Raise `ModelError` if opening a recognizer has failed `MAX_OPENINGS` times."""
        if tries >= MAX_OPENINGS:
            folder = self.ready.folder
            raise dead.failure or ModelError(
                f"Opening a recognizer with {folder} ended two processes: {REMEDY}"
            )

    # In threads of their own

    def _listen(self, worker: WorkerHandle) -> None:
        """Take a worker's reports until it is gone, and replace it then."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                for message in worker.channel.receive(wait=True):
                    if isinstance(message, ModelError):
                        worker.failure = message
                    else:
                        self._take_all(worker, message)
        with self._lock:
            if not self._closing.is_set():
                self._replace_or_fail(worker)

    def _take_all(self, worker: WorkerHandle, reports: Sequence[TrackProgress]) -> None:
        for progress in reports:
            self._take(worker, progress)
        with self._lock:
            self._serve_all(worker)

    def _take(self, worker: WorkerHandle, progress: TrackProgress) -> None:
        worker.has_worked = True
        track = worker.tracks[progress.track]
        track.emit(progress.events)
        with self._lock:
            worker.in_flight -= track.advance(progress) + progress.finished
            if progress.finished:
                del worker.tracks[track.id]
                track.is_complete = True
                track.close()

    def _watch(self) -> None:
        """Kill workers that hang.  The thread that listens to such a worker replaces it."""
        # Without the lock: the thread that holds it may be waiting for the worker that hangs.
        while not self._closing.wait(HANG_TIMEOUT / 10):
            for worker in tuple(self._workers):
                if self._hangs(worker):
                    logger.error("A recognizer process hangs and is killed")
                    worker.was_killed = True
                    self._fork_server.kill(worker.slot)

    def _hangs(self, worker: WorkerHandle) -> bool:
        sign, track, _ = self._fork_server.board.read(worker.slot)
        if sign >= worker.unseen_since and not track:
            worker.unseen_since = worker.sent_at if worker.sent_at > sign else 0.0
        since = sign if track else worker.unseen_since
        timeout = HANG_TIMEOUT if self._live else BACKGROUND_HANG_TIMEOUT
        usage = usage_of(self._fork_server.pid(worker.slot))
        return worker.watch.hangs(since, usage, time.monotonic(), timeout)
