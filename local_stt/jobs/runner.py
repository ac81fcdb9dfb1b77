"""One thread that does what nobody waits for: one job at a time, with a model that is loaded for it.

The model stays for a while, for the next job, and is then let go: it may be a large one.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..engine import Engine, GiveUp
from ..errors import LocalSttError, ModelError
from ..transcription import Transcriber

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 2.0
"""For jobs"""

SECONDS_TO_STAY = 60.0
"""For a model that nobody needs"""

SECONDS_TO_END = 2.0
"""For a job at the end, which is then left"""


@dataclass(frozen=True, slots=True)
class Model:
    """What a job is to be done with."""

    folder: Path
    phrases: tuple[str, ...] = ()


class Job(Protocol):
    """Something to transcribe."""

    @property
    def model(self) -> Model:
        """That it is to be done with."""
        ...

    def run(self, transcriber: Transcriber) -> None:
        """Do it.  What it raises is a `LocalSttError`, or a mistake in this program."""
        ...

    def report(self, seconds: float) -> None:
        """So many seconds of it are recognized."""
        ...

    def fail(self, error: LocalSttError, *, begun: bool) -> None:
        """It cannot be done; not `begun`, because the model cannot be loaded."""
        ...


JobSource = Callable[[], Job | None]
"""Gives the next job, if there is one"""

OpenEngine = Callable[[Model, GiveUp], Engine]


class Stopped(Exception):  # noqa: N818  (no error)
    """The program ends."""


class JobRunner:
    """Asks where there may be jobs, again and again, from `start` to `close`."""

    def __init__(
        self, sources: Sequence[JobSource], open_engine: OpenEngine, seconds_to_stay: float = SECONDS_TO_STAY
    ) -> None:
        """The first source that has a job goes first.  `open_engine` raises `LocalSttError`."""
        self._sources, self._open_engine = sources, open_engine
        self._seconds_to_stay = seconds_to_stay
        self._model: Model | None = None
        self._transcriber: Transcriber | None = None
        self._reported = 0.0  # seconds, by the transcriber, over all its jobs
        self._used_at = 0.0
        self._awake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="job-runner", daemon=True)

    @property
    def loaded(self) -> Model | None:
        """The model that is in memory."""
        return self._model

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """There is a job."""
        self._awake.set()

    def close(self) -> None:
        """Leave what is not done.  A model that is being loaded ends by itself when it is."""
        self._closing = True
        self._awake.set()
        self._thread.join(SECONDS_TO_END)

    def _work(self) -> None:
        while not self._closing:
            self._awake.clear()
            try:
                was_there_one = self._do_next()
            except Exception:  # one mistake must not end all that is to come
                logger.exception("What nobody waits for is interrupted")
                was_there_one = False
            if not was_there_one:
                self._awake.wait(SECONDS_BETWEEN_LOOKS)
        self._let_go()

    def _do_next(self) -> bool:
        """Whether there was a job."""
        job = next((job for source in self._sources if (job := source())), None)
        if job:
            with contextlib.suppress(Stopped):
                self._do(job)
        elif time.monotonic() - self._used_at > self._seconds_to_stay:
            self._let_go()
        return job is not None

    def _do(self, job: Job) -> None:
        try:
            transcriber = self._load(job.model)
        except Exception as error:
            if not isinstance(error, LocalSttError):
                logger.exception("A model could not be loaded")
                error = ModelError(f"No recognizer can be started ({error}).")
            job.fail(error, begun=False)
            return
        with self._failures(job):
            before = self._reported

            def report(seconds: float) -> None:
                self._reported = seconds
                job.report(seconds - before)
                if self._closing:
                    raise Stopped

            transcriber.report = report
            job.run(transcriber)
        self._used_at = time.monotonic()

    @contextlib.contextmanager
    def _failures(self, job: Job) -> Iterator[None]:
        """After one, nothing is left of the engine, which may have work in hand."""
        try:
            yield
        except LocalSttError as error:
            self._let_go()
            job.fail(error, begun=True)
        except Stopped:
            raise
        except Exception:
            self._let_go()
            logger.exception("A job failed")
            job.fail(LocalSttError("This program broke; the log says how."), begun=True)

    def _load(self, model: Model) -> Transcriber:
        if self._transcriber is None or self._model != model:
            self._let_go()
            self._transcriber = Transcriber(lambda give_up: self._open_engine(model, give_up))
            self._model, self._reported = model, 0.0
        return self._transcriber

    def _let_go(self) -> None:
        transcriber, self._transcriber, self._model = self._transcriber, None, None
        if transcriber:
            transcriber.__exit__()
