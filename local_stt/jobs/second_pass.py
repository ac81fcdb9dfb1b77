"""Transcribe the recordings of ended calls again, with a better model than the live one."""

import logging
from collections.abc import Callable

from ..core.privacy import RedactionOf, no_redaction, redacted_lines
from ..errors import AudioFileError, LocalSttError, ModelError, SettingError
from ..events import CallStarted
from ..formatters import WriteText, as_recognized
from ..notices import notices
from ..store import DatabaseError, Job, JobKind, Store, now, reason
from ..transcription import Transcriber
from .runner import Model

logger = logging.getLogger(__name__)

QUIET_MS = 1000
"""Milliseconds without a write, after which a recording is complete"""

LATE_MS = 10_000
"""Milliseconds after the end of a call in which its recording may still begin, on a slow disk"""


class SecondPassJobs:
    """The handler of second passes.  Only the job runner's thread may use it."""

    kind = JobKind.SECOND_PASS
    target = ""

    def __init__(
        self,
        store: Store,
        server: str,
        choose_model: Callable[[CallStarted], Model],
        *,
        redaction_of: RedactionOf = no_redaction,
        write: WriteText = as_recognized,
    ) -> None:
        """Use `server` as this program's name in the store.

        `redaction_of` returns what is redacted on a call.  `write` adds how people write the text.
        """
        self._store, self._server, self._choose_model = store, server, choose_model
        self._redaction_of, self._write = redaction_of, write
        self._has_model = True

    def accepts(self, job: Job) -> bool:
        """Check whether the recording is here, complete and redacted.

        A job of this program fails if its recording is missing.  The audio of another program's call may be
        elsewhere.
        """
        if not self._has_model:
            return False
        recordings = self._store.recordings
        if recordings.has(job.key):
            is_quiet = abs(now() - recordings.changed_at(job.key)) > QUIET_MS  # the clock may be put back
            return is_quiet and not recordings.is_unredacted(job.key)
        if job.owner == self._server and self._store.jobs.clock() - job.created_at > LATE_MS:
            self._give_up(job, AudioFileError("Its recording is not there."))
        return False

    def model_for(self, job: Job) -> Model:
        """Return the model for the call's number.  Raises SQLAlchemy's errors."""
        return self._choose_model(self._store.call(job.key).started)

    def run(self, job: Job, transcriber: Transcriber) -> None:
        """Transcribe a call's recording and keep the text, unless the call was deleted meanwhile."""
        with self._store.recordings.audio(job.key) as audio:
            transcription = transcriber.start(audio)
            transcriber.wait(transcription)
        try:
            call, model = self._store.call(job.key).started, transcriber.model
            said = redacted_lines(transcription.lines(), self._redaction_of(call, model).rules)
            self._store.second_passes.keep(
                job, model, said, lambda lines: self._write(lines, model, call.number)
            )
        except DatabaseError as error:
            notices.info(
                f"The text of the second pass over call {job.key} cannot be kept "
                f"({reason(error)}); the next start makes it again."
            )

    def report(self, job: Job, seconds: float) -> None:
        """Ignore the progress: nobody watches a second pass."""

    def fail(self, job: Job, error: LocalSttError, *, begun: bool) -> None:
        """Give up a job if its recording or vocabulary is bad; leave all others to the next start.

        If the model fails, no job is accepted until then.
        """
        if isinstance(error, AudioFileError | SettingError):
            self._give_up(job, error)
        elif begun and not isinstance(error, ModelError):
            notices.info(f"The second pass over call {job.key} is left to the next start. {error}")
        else:
            self._has_model = False
            notices.info(f"There is no second pass over calls until the next start. {error}")

    def _give_up(self, job: Job, error: LocalSttError) -> None:
        try:
            was_wanted = self._store.second_passes.give_up(job)
        except DatabaseError:
            was_wanted = True
        if was_wanted:
            notices.info(f"The second pass over call {job.key} failed. {error}")
