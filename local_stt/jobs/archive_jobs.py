"""Transcribe the files of archives, each with the model that its sender wants."""

import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import LocalSttError, ModelError
from ..notices import notices
from ..store import DatabaseError, Job, JobKind, JobState, reason
from .file_options import FileOptions
from .runner import Model, retry_later
from .uploads import Uploads

logger = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
"""Seconds between looks for something that files need and that is not here"""


NAMES_MODEL = "the model of names"


class ArchiveJobs(Uploads):
    """The handler of an archive's files.

    What this host lacks for a file is no fault of the file, which is left to other hosts.
    """

    def __init__(self, find_model: Callable[[str], Path], *arguments: Any, **options: Any) -> None:
        """Find models by name with `find_model`, which raises `ModelError`; the rest is for `Uploads`."""
        super().__init__(*arguments, kind=JobKind.ARCHIVE, **options)
        self._find_model = find_model
        self._lacking: dict[str, float] = {}  # when it was last looked for, by its name

    def accepts(self, job: Job) -> bool:
        """Check whether the file and all that it needs are here."""
        return self._has_model(job) and self._has_names(job) and super().accepts(job)

    def model_for(self, job: Job) -> Model:
        """Return the model that the sender of a file has named.  Raises `ModelError` if it is not here."""
        name, words = job.payload["model"], tuple(job.payload["words"])
        folder = self._model.folder if self._model.folder.name == name else self._find_model(name)
        return Model(folder, words)

    def fail(self, job: Job, error: LocalSttError, *, begun: bool) -> None:
        """Leave files to other hosts if their model cannot be loaded here; try again what may pass."""
        if not begun:
            self._lack(job.payload["model"], str(error), until=float("inf"))
            self._leave(job)
        elif not (error.may_pass and self._retry_later(job, error)):
            self._settle(job, JobState.FAILED, error=str(error), is_bad=not error.may_pass)

    def _retry_later(self, job: Job, error: LocalSttError) -> bool:
        """Let a file wait, with the reason for its sender; return False if it was tried often enough."""
        with contextlib.suppress(DatabaseError):  # it waits without a reason
            self._store.jobs.note(job, job.payload | {"error": str(error), "share": 0.0})
        return retry_later(self._store.jobs, job) is not None

    def _has_model(self, job: Job) -> bool:
        name = job.payload["model"]
        if self._lacks(name):
            return False
        try:
            self.model_for(job)
        except ModelError as error:
            self._lack(name, str(error))
            return False
        return True

    def _has_names(self, job: Job) -> bool:
        """Check whether names that must be redacted can be found here as where the file was sent."""
        if not job.payload["names"] or self._lacks(NAMES_MODEL):
            return not job.payload["names"]
        rules = self._redaction(FileOptions.from_json(job.payload), job.payload["model"]).rules
        if rules and rules.names:
            return True
        self._lack(NAMES_MODEL, "It finds names that must be redacted.")
        return False

    def _lacks(self, name: str) -> bool:
        return time.monotonic() < self._lacking.get(name, 0.0)

    def _lack(self, name: str, why: str, until: float | None = None) -> None:
        """Note that something is not here, and say so once."""
        if name not in self._lacking:
            notices.info(f"Files that need {name} are left to other hosts. {why}")
        self._lacking[name] = time.monotonic() + LOOK_SECONDS if until is None else until

    def _leave(self, job: Job) -> None:
        try:
            self._store.jobs.retry_later(job, self._store.jobs.clock())
        except DatabaseError as error:  # it is released when this program ends
            logger.debug("Job %s stays with this program: %s", job.key, reason(error))
