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
from .remote_track import MAX_IN_FLIGHT, MAX_OPENINGS, RemoteTrack, told_aside

logger = logging.getLogger(__name__)

CREDIT = 64
"""Pieces a worker's socket takes without making the sender wait: about 60 kB"""

CREDIT_OF_ENDED = CREDIT - MAX_IN_FLIGHT
"""As many of them as calls that have ended may have, so that live ones are heard meanwhile"""

BURST = 16
"""Orders that go to a worker together, when many are given at once: waking it costs more than an order"""

SECONDS_TO_HANG = 5.0
"""A worker with work to do is killed and replaced when it has used so much processor time for one piece, or
was blocked for so long.  One that the machine does not let run is not."""

SECONDS_TO_HANG_UNWATCHED = 120.0
"""The same where nobody waits for words: it may have to leave the processor to others"""

MAX_BEHIND = 1800.0
"""Seconds of a track that may wait on disk; a sender faster than that is slowed down by TCP"""

KeepAside = Callable[[str, str, list[AudioChunk]], None]
"""Takes audio that killed two workers: the call's id, the track, the pieces"""


GiveUp = Callable[[LocalSttError], None]
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


class PooledListener:
    """Listens to one track in another process."""

    def __init__(self, pool: "WorkerPool", track: RemoteTrack) -> None:
        self._pool, self._track = pool, track

    @property
    def ready(self) -> bool:
        """Whether more may come: not if it is absurdly far behind."""
        return self._track.lag <= MAX_BEHIND or self._track.done.is_set()

    def hear(self, piece: AudioChunk) -> None:
        """Take the next piece of the track."""
        self._pool.hear(self._track, piece)

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
        self, plan: Plan, *, keep_aside: KeepAside = lambda *_: None, give_up: GiveUp = lambda _: None
    ) -> None:
        self._keep_aside, self._give_up = keep_aside, give_up
        self._live = plan.live
        self._lock = threading.Lock()
        self._fork_server = ForkServer(plan)
        self.ready = self._fork_server.ready
        self._numbers = itertools.count(1)
        self._ends = itertools.count(1)
        self._closing = threading.Event()
        self._in_burst = False
        self.restarts = 0
        self._heard = 0.0  # seconds
        self._cpu_of_the_dead = 0.0  # seconds
        self._idle_deaths = [0] * plan.slots
        self._workers: list[WorkerHandle] = []
        try:
            for slot in range(plan.slots):
                self._workers.append(self._hire(slot))
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
    ) -> PooledListener:
        """Open a listener for one track of one call, or for what comes after a place in it."""
        with self._lock:
            track = RemoteTrack(next(self._numbers), call.call_id, name, emit, checkpoint, source)
            self._assign(track, 0)
        return PooledListener(self, track)

    @contextlib.contextmanager
    def burst(self) -> Iterator[None]:
        """What is heard in the block of a `with` is sent at its end at the latest."""
        self._in_burst = True
        try:
            yield
        finally:
            with self._lock:
                self._in_burst = False
                for worker in self._workers:
                    self._flush(worker)

    def hear(self, track: RemoteTrack, piece: AudioChunk) -> None:
        """Audio of a track has come."""
        with self._lock:
            if not track.done.is_set():  # by giving up
                self._heard += track.source.seconds(len(piece.audio))
                track.put(piece)
                self._serve(self._worker_of(track), track)

    def finish(self, track: RemoteTrack) -> None:
        """No more audio of a track will come."""
        with self._lock:
            if not track.done.is_set():
                track.finish(next(self._ends))
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
            return Work(self._heard, self._cpu_of_the_dead + living)

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

    def _hire(self, slot: int) -> WorkerHandle:
        worker = WorkerHandle(slot, self._fork_server.fork(slot))
        worker.thread = threading.Thread(
            target=self._listen, args=(worker,), name=f"engine-{slot}", daemon=True
        )
        worker.thread.start()
        return worker

    def _worker_of(self, track: RemoteTrack) -> WorkerHandle:
        return next(worker for worker in self._workers if track.id in worker.tracks)

    def _assign(self, track: RemoteTrack, deadly: int) -> None:
        worker = min(self._workers, key=lambda each: len(each.tracks))
        worker.tracks[track.id] = track
        order, aside = track.reopen(deadly)
        if track.is_hopeless:
            logger.error("The last words of call %s killed two recognizers and are lost", track.call_id)
            del worker.tracks[track.id]
            track.close()
            return
        self._send(worker, order)
        if aside:
            logger.error("Audio of call %s that killed two recognizers is set aside", track.call_id)
            try:
                self._keep_aside(track.call_id, track.name, aside)
            except OSError as error:
                logger.warning("It could not be kept: %s", error)
            track.emit([told_aside(track, aside)])
        self._serve(worker, track)

    def _serve_all(self, worker: WorkerHandle) -> None:
        """Send what waits: of calls that have ended, in that order, then of the track furthest behind."""
        tracks = worker.tracks.values()
        ended = sorted((track for track in tracks if track.ended), key=lambda track: track.ended)
        left = CREDIT_OF_ENDED - sum(track.in_flight for track in ended)
        for track in ended:
            left -= self._serve(worker, track, left)
        behind = sorted((track for track in tracks if not track.ended), key=lambda track: -track.lag)
        for track in behind:
            self._serve(worker, track)

    def _serve(self, worker: WorkerHandle, track: RemoteTrack, most: int = CREDIT) -> int:
        """Send what a track has, `most` at most, as far as its worker can take it; return how much."""
        sent = 0
        while track.is_waiting and worker.in_flight < CREDIT and sent < most:
            worker.in_flight += 1
            sent += 1
            self._send(worker, track.next_order())
        return sent

    def _send(self, worker: WorkerHandle, order: object) -> None:
        worker.channel.put(order)
        if not (self._in_burst and isinstance(order, Audio)) or worker.channel.unsent >= BURST:
            self._flush(worker)

    def _flush(self, worker: WorkerHandle) -> None:
        if not worker.channel.unsent:
            return
        worker.sent_at = time.monotonic()
        worker.unseen_since = worker.unseen_since or worker.sent_at
        with contextlib.suppress(OSError):  # a dead worker is noticed by the thread that listens to it
            worker.channel.flush()

    def _replace_or_give_up(self, dead: WorkerHandle) -> None:
        tracks = tuple(dead.tracks.values())
        try:
            self._replace(dead)
        except (LocalSttError, OSError) as error:
            self._give_up(
                error
                if isinstance(error, LocalSttError)
                else ModelError(f"No recognizer can be started: {error}.")
            )
            for track in tracks:  # after that: whoever waits for one must not take it for whole
                track.close()

    def _replace(self, dead: WorkerHandle) -> None:
        _, culprit, piece = self._fork_server.board.read(dead.slot)
        tracks, dead.tracks = dead.tracks, {}
        dead.channel.close()
        if culprit in tracks and not piece and not dead.was_killed:
            self._require_another_try(dead, tracks[culprit].note_failed_opening())
        elif not culprit and piece == PREPARING and not dead.was_killed:
            self._require_another_try(dead, self._note_idle_death(dead))
        logger.warning("A recognizer process died and is replaced; %d tracks go on elsewhere", len(tracks))
        self._fork_server.board.note(dead.slot, time.monotonic(), 0, 0)
        self._cpu_of_the_dead += self._fork_server.board.read_cpu(dead.slot)
        self._fork_server.board.note_cpu(dead.slot, 0.0)
        self._workers[dead.slot] = self._hire(dead.slot)
        self.restarts += 1
        for track in tracks.values():
            self._assign(track, piece if track.id == culprit else 0)

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
                for news in worker.channel.receive(wait=True):
                    if isinstance(news, ModelError):
                        worker.failure = news
                    else:
                        self._take_all(worker, news)
        with self._lock:
            if not self._closing.is_set():
                self._replace_or_give_up(worker)

    def _take_all(self, worker: WorkerHandle, news: Sequence[TrackProgress]) -> None:
        for progress in news:
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
        while not self._closing.wait(SECONDS_TO_HANG / 10):
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
        patience = SECONDS_TO_HANG if self._live else SECONDS_TO_HANG_UNWATCHED
        usage = usage_of(self._fork_server.pid(worker.slot))
        return worker.watch.hangs(since, usage, time.monotonic(), patience)
