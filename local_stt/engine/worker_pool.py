"""The server's side of the workers: who serves which track, and what happens when one dies."""

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
from .ipc import PREPARING, Audio, Channel, TrackProgress, Work
from .liveness import Watch, usage_of
from .remote_track import MAX_IN_FLIGHT, MAX_OPENINGS, RemoteTrack, set_aside_event

logger = logging.getLogger(__name__)

CREDIT = 64
"""Chunks a worker's socket takes without making the sender wait: about 60 kB"""

ENDED_CREDIT = CREDIT - MAX_IN_FLIGHT
"""As many of them as calls that have ended may have, so that live ones are heard meanwhile"""

BATCH_SIZE = 16
"""Commands that go to a worker together, when many are given at once: waking it costs more than a command"""

HANG_TIMEOUT = 5.0
"""A worker with work to do is killed and replaced when it has used so much processor time for one chunk, or
was blocked for so long.  One that the machine does not let run is not."""

BACKGROUND_HANG_TIMEOUT = 120.0
"""The same where nobody waits for words: it may have to leave the processor to others"""

MAX_BEHIND = 1800.0
"""Seconds of a track that may wait on disk; a sender faster than that is slowed down by TCP"""

OnSetAside = Callable[[str, str, list[AudioChunk]], None]
"""Takes audio that killed two workers: the call's id, the track, the chunks"""


OnFatal = Callable[[LocalSttError], None]
"""Told that no more workers can be had"""


class WorkerHandle:
    """One worker process, seen from here."""

    def __init__(self, slot: int, channel: Channel) -> None:
        self.slot = slot
        self.channel = channel
        self.tracks: dict[int, RemoteTrack] = {}
        self.in_flight = 0
        self.thread = threading.Thread()
        self.failure: ModelError | None = None
        """Why it could not open a recognizer, if that ended it"""
        self.was_killed = False
        self.has_worked = False
        self.sent_at = 0.0  # when the last order was sent
        self.watch = Watch()
        self.unseen_since = 0.0  # when the oldest order was sent that it may not have seen


class PooledSink:
    """Listens to one track in another process."""

    def __init__(self, pool: "WorkerPool", track: RemoteTrack) -> None:
        self._pool, self._track = pool, track

    @property
    def ready(self) -> bool:
        """Whether more may come: not if it is absurdly far behind."""
        return self._track.lag <= MAX_BEHIND or self._track.done.is_set()

    def push(self, chunk: AudioChunk) -> None:
        """Take the next chunk of the track."""
        self._pool.push(self._track, chunk)

    def finish(self) -> None:
        """No more will come."""
        self._pool.finish(self._track)

    def wait(self, seconds: float | None = None) -> bool:
        """Return when every word has been told, or after so many seconds; whether that is so."""
        return self._track.done.wait(seconds)


class WorkerPool:
    """Opens a recognizer for each track in the least busy of several processes.

    Nothing is lost when one dies: its tracks go to others, which hear again what came after
    each track's checkpoint.  Safe to share between threads.
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
        except BaseException:  # told to stop, for one
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
        """Open a listener for one track of one call, or for what comes after a place in it."""
        with self._lock:
            track = RemoteTrack(next(self._track_ids), call.call_id, name, emit, checkpoint, source)
            self._assign(track, 0)
        return PooledSink(self, track)

    @contextlib.contextmanager
    def batch(self) -> Iterator[None]:
        """What is heard in the block of a `with` is sent at its end at the latest."""
        self._is_batching = True
        try:
            yield
        finally:
            with self._lock:
                self._is_batching = False
                for worker in self._workers:
                    self._flush(worker)

    def push(self, track: RemoteTrack, chunk: AudioChunk) -> None:
        """Audio of a track has come."""
        with self._lock:
            if not track.done.is_set():  # by giving up
                self._audio_seconds += track.source.seconds(len(chunk.audio))
                track.put(chunk)
                self._serve(self._worker_of(track), track)

    def finish(self, track: RemoteTrack) -> None:
        """No more audio of a track will come."""
        with self._lock:
            if not track.done.is_set():
                track.finish(next(self._end_numbers))
                self._serve(self._worker_of(track), track)

    def lag(self) -> float:
        """Seconds by which the track furthest behind is behind."""
        with self._lock:
            return max(
                (track.lag for worker in self._workers for track in worker.tracks.values()), default=0.0
            )

    def work(self) -> Work:
        """What was done so far, as far as workers have told."""
        with self._lock:
            living = sum(self._fork_server.board.read_cpu(worker.slot) for worker in self._workers)
            return Work(self._audio_seconds, self._cpu_of_ended + living)

    def close(self) -> None:
        """End every worker, finished or not."""
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
        worker = min(self._workers, key=lambda each: len(each.tracks))
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
        """Send what waits: of calls that have ended, in that order, then of the track furthest behind."""
        tracks = worker.tracks.values()
        ended = sorted((track for track in tracks if track.end_number), key=lambda track: track.end_number)
        left = ENDED_CREDIT - sum(track.in_flight for track in ended)
        for track in ended:
            left -= self._serve(worker, track, left)
        behind = sorted((track for track in tracks if not track.end_number), key=lambda track: -track.lag)
        for track in behind:
            self._serve(worker, track)

    def _serve(self, worker: WorkerHandle, track: RemoteTrack, limit: int = CREDIT) -> int:
        """Send what a track has, `limit` at most, as far as its worker can take it; return how much."""
        sent = 0
        while track.is_waiting and worker.in_flight < CREDIT and sent < limit:
            worker.in_flight += 1
            sent += 1
            self._send(worker, track.next_command())
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
        with contextlib.suppress(OSError):  # a dead worker is noticed by the thread that listens to it
            worker.channel.flush()

    def _replace_or_fail(self, dead: WorkerHandle) -> None:
        tracks = tuple(dead.tracks.values())
        try:
            self._replace(dead)
        except (LocalSttError, OSError) as error:
            self._on_fatal(
                error
                if isinstance(error, LocalSttError)
                else ModelError(f"No recognizer can be started: {error}.")
            )
            for track in tracks:  # after that: whoever waits for one must not take it for whole
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
        """Count the workers of a slot that ended while they made a recognizer ready, one after the other."""
        self._idle_deaths[dead.slot] = 1 if dead.has_worked else self._idle_deaths[dead.slot] + 1
        return self._idle_deaths[dead.slot]

    def _require_another_try(self, dead: WorkerHandle, tries: int) -> None:
        """Raise `ModelError` if a recognizer could not be opened so many times."""
        if tries >= MAX_OPENINGS:
            folder = self.ready.folder
            raise dead.failure or ModelError(
                f"Opening a recognizer with {folder} ended two processes: {REMEDY}"
            )

    # In threads of their own

    def _listen(self, worker: WorkerHandle) -> None:
        """Take what a worker has heard, until it is gone."""
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
                track.close()

    def _watch(self) -> None:
        """Kill workers that hang.  The thread that listens to each then replaces it."""
        # Without the lock: whoever holds it may be waiting for the very worker that hangs.
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
