"""Run jobs, one at a time, with a model that is loaded for them.

The model stays loaded for a while, for the next job.  Then it is unloaded, since it may be large.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..engine import Engine, OnFatal
from ..errors import LocalSttError, ModelError
from ..store import DatabaseError, Job, JobKind, JobLostError, JobQueue, reason
from ..transcription import Transcriber

logger = logging.getLogger(__name__)

POLL_SECONDS = 2.0
"""Seconds between looks for jobs"""

IDLE_SECONDS = 60.0
"""Seconds until a model that is not needed is unloaded"""

CLOSE_TIMEOUT = 2.0
"""Seconds for the job that is running when the program ends"""


RETRY_MINUTES = (1, 15)
"""Minutes to wait after each failure that may pass"""


@dataclass(frozen=True, slots=True)
class Model:
    """The model and the vocabulary for a job."""

    folder: Path
    phrases: tuple[str, ...] = ()


class JobHandler(Protocol):
    """A handler of the jobs of one kind.

    It completes, settles or retries each job that it gets, or leaves the job to the next start.
    """

    kind: JobKind

    @property
    def target(self) -> str:
        """The target of the jobs that it does; see `Job`."""
        ...

    def accepts(self, job: Job) -> bool:
        """Check whether a job can be done here and now."""
        ...

    def model_for(self, job: Job) -> Model:
        """Return the model and the vocabulary for a job."""
        ...

    def run(self, job: Job, transcriber: Transcriber) -> None:
        """Do a job.

        Raises `LocalSttError` if it failed, and `JobLostError` if another program has it by now; anything
        else is a mistake in this program.
        """
        ...

    def report(self, job: Job, seconds: float) -> None:
        """Note how many seconds of a job's audio are transcribed.  Raises `JobLostError` as `run` does."""
        ...

    def fail(self, job: Job, error: LocalSttError, *, begun: bool) -> None:
        """Decide about a job that failed; it has not `begun` if the model could not be loaded."""
        ...


def retry_later(queue: JobQueue, job: Job) -> int | None:
    """Let a job that failed wait, and return for how many minutes.

    Return None if it was tried often enough, or if the store cannot be written.
    """
    if job.attempts > len(RETRY_MINUTES):
        return None
    minutes = RETRY_MINUTES[job.attempts - 1]
    try:
        queue.retry_later(job, queue.clock() + 60_000 * minutes)
    except DatabaseError as error:
        logger.debug("Job %s is not tried again: %s", job.key, reason(error))
        return None
    return minutes


OpenEngine = Callable[[Model, OnFatal], Engine]


class JobWatcher(Protocol):
    """Sees what the runner does."""

    def begun(self, job: Job) -> None:
        """Note that a job begins."""

    def ended(self, job: Job) -> None:
        """Note that the runner is done with a job, in any way."""


class Stopped(Exception):  # noqa: N818  (no error)
    """A job that stops because the program ends."""


class JobRunner:
    """A thread that does one job of the queue after another, from `start` to `close`."""

    def __init__(
        self,
        queue: JobQueue,
        owner: str,
        handlers: Sequence[JobHandler],
        open_engine: OpenEngine,
        idle_seconds: float = IDLE_SECONDS,
        watcher: JobWatcher | None = None,
    ) -> None:
        """Do jobs of the first handler first.  `owner` is this program's name in the store.

        `open_engine` raises `LocalSttError`.
        """
        self._watcher = watcher
        self._looks = self._last_vain_look = 0
        self._looked = threading.Condition()
        self._queue, self._owner, self._handlers = queue, owner, handlers
        self._open_engine, self._idle_seconds = open_engine, idle_seconds
        self._model: Model | None = None
        self._transcriber: Transcriber | None = None
        self._reported = 0.0  # seconds that the transcriber has reported, over all its jobs
        self._used_at = 0.0
        self._finishing = self._closing = False
        self._thread = threading.Thread(target=self._work, name="job-runner", daemon=True)

    @property
    def loaded(self) -> Model | None:
        """The model in memory, if there is one."""
        return self._model

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Look for jobs now."""
        self._queue.submitted.set()

    def wait_until_none(self) -> None:
        """Wait until a look for jobs, which begins from now on, has found none."""
        with self._looked:
            before = self._looks
            self.wake()
            self._looked.wait_for(lambda: self._last_vain_look > before)

    def finish(self, seconds: float) -> None:
        """Take no more jobs, and wait up to `seconds` until the job that is running is done."""
        self._finishing = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join(seconds)

    def close(self) -> None:
        """Leave jobs that are not done.  A model that is being loaded is unloaded when it is there."""
        self._closing = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join(CLOSE_TIMEOUT)

    def take_next(self) -> tuple[JobHandler, Job, Model] | None:
        """Take the next job that can be done here and now; return its handler, the job and its model.

        Of one kind, those that say how long they take come first, the longest before others: a long one that
        begins last would keep one host busy when all others are done.  Return None if there is none.  Raises
        SQLAlchemy's errors and `OSError`.
        """
        for handler in self._handlers:
            due = self._queue.due(handler.kind, self._owner, target=handler.target)
            for job in sorted(due, key=_seconds, reverse=True):
                if handler.accepts(job):
                    model = handler.model_for(job)
                    if taken := self._queue.take(job, self._owner):
                        return handler, taken, model
        return None

    def _work(self) -> None:
        while not (self._closing or self._finishing):
            self._queue.submitted.clear()
            try:
                had_job = self._do_next()
            except (DatabaseError, OSError) as error:  # the event writer reports these
                logger.debug("The store cannot be asked for jobs: %s", reason(error))
                had_job = False
            except Exception:  # one mistake must not end all later jobs
                logger.exception("The job runner failed")
                had_job = False
            if not had_job:
                self._queue.submitted.wait(POLL_SECONDS)
        self._unload()

    def _do_next(self) -> bool:
        """Do the next job; return whether there was one."""
        with self._looked:
            self._looks += 1
        found = self.take_next()
        if found:
            with contextlib.suppress(Stopped), self._watched(found[1]):
                self._do(*found)
        else:
            with self._looked:
                self._last_vain_look = self._looks
                self._looked.notify_all()
            if time.monotonic() - self._used_at > self._idle_seconds:
                self._unload()
        return found is not None

    @contextlib.contextmanager
    def _watched(self, job: Job) -> Iterator[None]:
        if self._watcher is None:
            yield
            return
        self._watcher.begun(job)
        try:
            yield
        finally:
            self._watcher.ended(job)

    def _do(self, handler: JobHandler, job: Job, model: Model) -> None:
        try:
            transcriber = self._load(model)
        except Exception as error:
            if not isinstance(error, LocalSttError):
                logger.exception("A model could not be loaded")
                error = ModelError(f"No recognizer can be started ({error}).")
            handler.fail(job, error, begun=False)
            return
        with self._failures(handler, job):
            before = self._reported

            def report(seconds: float) -> None:
                self._reported = seconds
                handler.report(job, seconds - before)
                if self._closing:
                    raise Stopped

            transcriber.report = report
            handler.run(job, transcriber)
        self._used_at = time.monotonic()

    @contextlib.contextmanager
    def _failures(self, handler: JobHandler, job: Job) -> Iterator[None]:
        """Unload the engine if a job fails, as it may still be busy with that, and inform the handler."""
        try:
            yield
        except LocalSttError as error:
            self._unload()
            handler.fail(job, error, begun=True)
        except JobLostError:
            self._unload()
            logger.info("Job %s is not this program's any more, and is left to the one that has it", job.key)
        except Stopped:
            raise
        except Exception:
            self._unload()
            logger.exception("A job failed")
            handler.fail(job, LocalSttError("Internal error; see the log."), begun=True)

    def _load(self, model: Model) -> Transcriber:
        if self._transcriber is None or self._model != model:
            self._unload()
            self._transcriber = Transcriber(lambda on_fatal: self._open_engine(model, on_fatal))
            self._model, self._reported = model, 0.0
        return self._transcriber

    def _unload(self) -> None:
        transcriber, self._transcriber, self._model = self._transcriber, None, None
        if transcriber:
            transcriber.__exit__()


def _seconds(job: Job) -> float:
    """Return how many seconds of audio a job says it has; 0 if it does not say."""
    return float(job.payload.get("seconds", 0.0))
