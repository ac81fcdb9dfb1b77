"""The background jobs: they transcribe files, fetch recordings, and do second passes."""

import contextlib
import functools
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from ..config.phonebook import Phonebook
from ..config.settings import Settings
from ..core.privacy import FileRedaction, NameFinder, Policy
from ..engine import Engine, OnFatal
from ..events import CallStarted
from ..formatters import Formatters
from ..hub import Hub
from ..jobs.archive_jobs import ArchiveJobs
from ..jobs.callbacks import Callbacks
from ..jobs.runner import JobHandler, JobRunner, JobWatcher, Model
from ..jobs.second_pass import SecondPassJobs
from ..jobs.shared_uploads import upload_folder
from ..jobs.transcripts import Transcripts
from ..jobs.twilio_recordings import RecordingJobs
from ..jobs.upload_folder import UploadFolder
from ..jobs.uploads import Uploads
from ..model_files import read_traits, require_model
from ..store import JobKind
from ..system.parts import Part
from ..system.repeating import Repeating
from ..telephony.twilio import Twilio
from .cluster import host_name
from .engines import open_in_background
from .model_choice import find_folder
from .storage import Storage

CLEAN_UP_SECONDS = 3600.0
"""Seconds between searches for what is left of files that were sent"""


CALLBACK_SECONDS = 1.0
"""Seconds between looks for posts about transcripts"""


class BackgroundJobs(Part):
    """The job runner and its handlers."""

    uploads: Uploads | None = None
    """Uploads, from `start` on; None where no files are taken"""
    transcripts: Transcripts | None = None
    """Transcripts that programs ask for, from `start` on; None where no files are taken"""
    recordings: RecordingJobs | None = None
    """Jobs of Twilio's recordings, from `start` on; None without an account"""
    runner: JobRunner
    """What does the jobs, from `start` on"""

    def __init__(
        self,
        settings: Settings,
        phonebook: Phonebook,
        formatters: Formatters,
        model: Path,
        storage: Storage,
        hub: Hub,
        twilio: Twilio | None,
        second_pass_model: Path | None,
        names: NameFinder | None = None,
        *,
        watcher: JobWatcher | None = None,
        only_jobs: bool = False,
    ) -> None:
        """Use `model` for files; `second_pass_model` is None if there are no second passes.

        `names` finds names that are redacted.  `watcher` sees which jobs are done.  A program that does
        `only_jobs` transcribes archives too, and leaves recordings at Twilio to others.
        """
        self._settings, self._phonebook, self._names = settings, phonebook, names
        self._formatters, self._hub = formatters, hub
        self._watcher, self._only_jobs = watcher, only_jobs
        self._model = Model(model, settings.recognition.words)
        self._storage, self._twilio, self._second_pass_model = storage, twilio, second_pass_model
        self._running = contextlib.ExitStack()

    def start(self) -> None:
        """Begin the jobs.  The storage must have started."""
        with contextlib.suppress(OSError):
            self._storage.store.recordings.clear_unfinished()
        folder = upload_folder(self._settings.data_dir, self._storage.store)
        uploads = self._running.enter_context(contextlib.closing(self._new_uploads(folder)))
        queue = self._new_uploads(folder, kind=JobKind.TRANSCRIPT)
        transcripts = Transcripts(self._storage.store, queue, folder, self._hub)
        archive = self._new_uploads(folder, make=functools.partial(ArchiveJobs, self._find_model))
        for files in (uploads, transcripts, archive):
            self._running.enter_context(Repeating("upload-clean-up", files.clean_up, CLEAN_UP_SECONDS))
        callbacks = Callbacks(self._storage.store)
        self._running.enter_context(Repeating("callbacks", callbacks.send_due, CALLBACK_SECONDS))
        if self._settings.web.max_upload_mb:
            self.uploads, self.transcripts = uploads, transcripts
        if self._twilio:
            self.recordings = self._new_recordings(self._twilio)
        second_passes = self._new_second_passes(self._second_pass_model) if self._second_pass_model else None
        handlers: tuple[JobHandler | None, ...] = (
            uploads,
            queue,
            self.recordings,
            archive if self._only_jobs else None,
            second_passes,
        )
        self.runner = JobRunner(
            self._storage.store.jobs,
            self._storage.lease.name,
            list(filter(None, handlers)),
            self._open_engine,
            watcher=self._watcher,
        )
        self._running.enter_context(contextlib.closing(self.runner))
        if self._only_jobs:
            self._running.callback(self.runner.finish, self._settings.limits.drain_seconds)
        self.runner.start()

    def close(self) -> None:
        """Stop, and leave the jobs that are not done.

        A program that does only jobs finishes the one that is running, within the time that is set.
        """
        self._running.close()

    def _open_engine(self, model: Model, on_fatal: OnFatal) -> Engine:
        return open_in_background(model.folder, model.phrases, self._settings.recognition, on_fatal)

    def _find_model(self, name: str) -> Path:
        """Find a model by its name.  Raises `ModelError`."""
        return require_model(find_folder(self._settings.models, Path(name).name))

    def _new_uploads(
        self, folder: UploadFolder, make: Callable[..., Uploads] = Uploads, **options: JobKind
    ) -> Uploads:
        store, server, settings = self._storage.store, self._storage.lease.name, self._settings
        max_bytes = settings.web.max_upload_mb * 1_000_000
        return make(
            store,
            server,
            self._model,
            folder,
            max_bytes,
            host=host_name(settings),
            recordings=self._twilio.recordings if self._twilio else None,
            keep_audio=settings.storage.keep_audio,
            redaction_of=self._redaction_of_file,
            write=self._formatters.written,
            leaves_recordings=self._only_jobs,
            **options,
        )

    def _new_recordings(self, twilio: Twilio) -> RecordingJobs:
        store, server = self._storage.store, self._storage.lease.name
        keep_audio = self._settings.storage.keep_audio
        return RecordingJobs(
            twilio.recordings,
            store,
            server,
            self._model,
            keep_audio=keep_audio,
            redaction_of=self._redaction_of,
            write=self._formatters.written,
        )

    def _new_second_passes(self, second_pass_model: Path) -> SecondPassJobs:
        store, server = self._storage.store, self._storage.lease.name
        chosen = _chosen(second_pass_model, self._phonebook)
        return SecondPassJobs(
            store, server, chosen, redaction_of=self._redaction_of, write=self._formatters.written
        )

    def _redaction_of_file(self, accepted: Iterable[str], model: str) -> FileRedaction:
        """Return what is redacted of a file that was accepted with some policies, perhaps by another run."""
        phone = self._phonebook.of("")
        phone = replace(phone, redact=phone.redact.union(map(Policy, accepted)))
        language = self._formatters.language_of_model(model)
        return phone.file_redaction(language, self._names)

    def _redaction_of(self, call: CallStarted, model: str) -> FileRedaction:
        language = self._formatters.language_of_model(model)
        return self._phonebook.of(call.number).file_redaction(language, self._names)


def _chosen(second_pass_model: Path, phonebook: Phonebook) -> Callable[[CallStarted], Model]:
    """Return a function that gives the model and the vocabulary of a call's second pass.

    The vocabulary is that of the call's number, where the model can be restricted to one.
    """
    if not read_traits(second_pass_model).takes_phrases:
        return lambda _: Model(second_pass_model)
    return lambda call: Model(second_pass_model, phonebook.of(call.number).words)
