"""Does jobs that wait for any host, without a telephone, and without a web server."""

import contextlib
import logging
import threading
import time

from ..config.settings import Settings
from ..events import CallStarted
from ..formatters import Formatters
from ..hub import Hub
from ..names import chosen_model as chosen_names_model
from ..notices import notices
from ..store import DatabaseError, Job, JobKind, JobState, reason
from ..system.parts import Parts
from ..system.private import tighten
from ..system.shutdown import stopped_by_signals
from ..telephony.call_flow import load_phonebook
from .background import BackgroundJobs
from .cluster import host_name, require_shared_store
from .model_choice import model_folder, second_model
from .storage import Storage

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.2
"""Seconds between looks whether there is nothing left to do"""

OUTCOMES = {
    JobState.DONE: "is done",
    JobState.FAILED: "could not be transcribed",
    JobState.WAITING: "waits to be tried again",
    JobState.RUNNING: "is left to other hosts",
}
"""What is said of a job that is over here, by its state"""


def work(settings: Settings, *, once: bool) -> None:
    """Do jobs until SIGINT, SIGTERM or SIGHUP comes, or with `once` until none is left that can be done here.

    The file in work is finished if that takes no longer than is set; else it is released for other hosts.
    Raises `SettingError` without a store that hosts share, and `ModelError` without a model.
    """
    require_shared_store(settings, "`work`")
    tighten(settings.data_dir)
    with (
        contextlib.suppress(KeyboardInterrupt),
        stopped_by_signals("Finishing the file in work") as stopping,
        BatchHost(settings) as host,
    ):
        host.announce()
        if once:
            host.wait_until_done()
            stopping()
        else:
            threading.Event().wait()


class BatchHost(Parts):
    """All long-lived parts of a program that only does jobs: the storage, and then the background jobs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        phonebook = load_phonebook(settings)
        model, hub = model_folder(settings), Hub([])

        def model_of(_: CallStarted) -> str:
            return model.name

        self._storage = Storage(settings, model_of, hub, phonebook=phonebook, takes_over=False)
        self._jobs = BackgroundJobs(
            settings,
            phonebook,
            Formatters(settings.formatting, settings.calls, phonebook, settings.models.folder),
            model,
            self._storage,
            hub,
            None,
            second_model(settings),
            chosen_names_model(settings.redaction.names_model, phonebook.redacted_policies),
            watcher=_JobLines(self._storage),
            only_jobs=True,
        )
        super().__init__(self._storage, self._jobs)

    def start(self) -> None:
        """Start the parts, and watch over the jobs of other hosts.

        Calls in progress that killed programs have left are not taken over, as there is no telephone here.
        """
        super().start()
        self._storage.lease.watch_jobs()

    def announce(self) -> None:
        """Say that this host works, and on what."""
        if not self._settings.storage.audio_store:
            notices.info(
                "AUDIO_STORE is not set: only files that were sent to programs with this data folder are "
                "transcribed."
            )
        notices.info(f"{host_name(self._settings)} transcribes files that wait. Ctrl-C stops.")

    def wait_until_done(self) -> None:
        """Wait until no job is left that can be done here, nor one of a host that is gone."""
        leases = self._storage.store.leases
        is_abandoned = True
        while is_abandoned:
            is_abandoned = leases is not None and leases.has_abandoned_jobs()
            self._jobs.runner.wait_until_none()
            if is_abandoned:
                time.sleep(POLL_SECONDS)


class _JobLines:
    """Says which job begins and which is over, by its key: names of files may have phone numbers in them."""

    def __init__(self, storage: Storage) -> None:
        self._storage, self._begun_at = storage, 0.0

    def begun(self, job: Job) -> None:
        self._begun_at = time.monotonic()
        notices.info(f"{job.kind} {job.key} begins.")

    def ended(self, job: Job) -> None:
        try:
            found = self._storage.store.jobs.find(JobKind(job.kind), job.key)
        except DatabaseError as error:
            logger.debug("It is not known what has become of %s: %s", job.key, reason(error))
            return
        state = JobState.DONE if found is None else JobState(found.state)
        seconds = time.monotonic() - self._begun_at
        notices.info(f"{job.kind} {job.key} {OUTCOMES[state]} after {seconds:.1f} s.")
