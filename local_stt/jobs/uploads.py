"""Transcribe audio files that viewers send."""

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import IO, Any

from ..audio_file import AudioFile, look_at
from ..core.formatting.key_terms import KeyTerm
from ..core.privacy import FileRedaction, Policy, no_redaction, redacted_lines
from ..errors import AudioFileError, BusyError, LocalSttError, StoreError, UploadError
from ..formatters import WriteText, as_recognized
from ..store import UNSETTLED, DatabaseError, Job, JobKind, JobState, Store, now, reason
from ..transcription import Transcriber, call_id_of_file, call_of_file, missing_words
from ..transcription.save import save_with_audio
from .runner import Model, retry_later
from .upload_folder import Arrival, UploadFolder

logger = logging.getLogger(__name__)

MAX_WAITING = 20
"""Files that may wait, as they are on this disk meanwhile"""

POLL_SECONDS = 0.5
"""Seconds between looks at a file that another program may be transcribing"""

MAX_SECONDS = 24 * 3600
"""Seconds of one file: silence takes hardly any room in the file, and much on this disk"""

REMEMBERED_MS = 24 * 3600 * 1000
"""Milliseconds for which the outcome of a file is kept"""


class UploadState(StrEnum):
    """The progress of a file that was sent."""

    QUEUED = "queued"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


STATES = {
    JobState.WAITING: UploadState.QUEUED,
    JobState.RUNNING: UploadState.WORKING,
    JobState.DONE: UploadState.DONE,
    JobState.FAILED: UploadState.FAILED,
}


@dataclass(frozen=True, slots=True)
class FileOptions:
    """What the sender of a file wants for it, besides the settings."""

    mono: bool = False
    """Whether all channels are mixed into one; channels that carry the same are one in any case"""
    redact: frozenset[Policy] = frozenset()
    """What is redacted"""
    key_terms: tuple[KeyTerm, ...] = ()
    is_kept_once: bool = True
    """Whether the same audio is kept as one call, however often it is sent"""

    def to_json(self) -> dict[str, Any]:
        """Return the options as they are kept with a job."""
        return {
            "mono": self.mono,
            "redact": sorted(map(str, self.redact)),
            "key_terms": [asdict(term) for term in self.key_terms],
            "once": self.is_kept_once,
        }


def _options(payload: Mapping[str, Any]) -> FileOptions:
    """Read options that are kept with a job, perhaps by an earlier version of this program."""
    return FileOptions(
        payload["mono"],
        frozenset(map(Policy, payload.get("redact", ()))),
        tuple(KeyTerm(**term) for term in payload.get("key_terms", ())),
        payload.get("once", True),
    )


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent, and its outcome."""

    id: str
    name: str
    state: UploadState = UploadState.QUEUED
    share: float = 0.0
    """Transcribed share of it, from 0 to 1"""
    call_id: str | None = None
    """The call it is kept as"""
    error: str | None = None
    """Reason why it could not be transcribed"""
    is_bad: bool = False
    """Whether that is the file's own fault"""
    note: str | None = None
    """Sentences about what is missing from the transcript"""

    @property
    def is_settled(self) -> bool:
        """Whether it is done or failed."""
        return self.state in (UploadState.DONE, UploadState.FAILED)


class Uploads:
    """The files that were sent, and the handler of their jobs.  Safe to share between threads.

    Files that wait when the program ends are transcribed by the next one with the same data folder.
    """

    kind = JobKind.UPLOAD

    def __init__(
        self,
        store: Store,
        server: str,
        model: Model,
        folder: UploadFolder,
        max_bytes: int,
        *,
        keep_audio: bool = True,
        redaction_of: Callable[[Iterable[str]], FileRedaction] = no_redaction,
        write: WriteText = as_recognized,
    ) -> None:
        """Use `server` as this program's name in the store; `max_bytes` bounds one file.

        `redaction_of` returns what is redacted of a file that was accepted with some policies.  `write` adds
        how people write the text.
        """
        self.max_bytes = max_bytes
        self._store, self._server, self._model = store, server, model
        self._folder, self._keep_audio = folder, keep_audio
        self._redaction_of, self._write = redaction_of, write
        self._arriving = 0
        self._shares: dict[str, float] = {}  # transcribed share of each file in work, by its key
        self._seconds = 0.0  # of the file in work
        self._lock = threading.Lock()
        self._settled = threading.Condition()
        self._closing = False
        self._looking = threading.Lock()  # at one file at a time: the process that does so takes memory

    @property
    def model(self) -> str:
        """The name of the model."""
        return self._model.folder.name

    @property
    def target(self) -> str:
        """The identity of the folder that the files are in."""
        return self._folder.identity

    @contextlib.contextmanager
    def receive(self) -> Iterator[Arrival]:
        """Reserve a place and a file for an arrival; the file is deleted unless it is added.

        Raises `BusyError` if no place is free, SQLAlchemy's errors, and `OSError` if no file can be made.
        """
        with self._place(), self._folder.receive() as arrival:
            yield arrival

    def add(self, arrival: Arrival, name: str, options: FileOptions = FileOptions()) -> Upload:
        """Queue the transcription of a file that has arrived.

        Raises `AudioFileError` for a file whose beginning shows that it cannot be read, `UploadError` for
        one that is too long, and SQLAlchemy's errors.
        """
        with self._looking:
            seconds = look_at(name, arrival.file)
        _check_length(name, seconds)
        redact = self._redaction_of(options.redact).policies
        payload = {"name": name, **options.to_json(), "redact": redact}
        self._store.jobs.submit(
            self.kind, arrival.key, target=self.target, payload=payload, owner=self._server
        )
        arrival.is_kept = True
        return Upload(arrival.key, name)

    def find(self, upload_id: str) -> Upload | None:
        """Return a file and its outcome; None for one that is unknown or forgotten.

        Raises SQLAlchemy's errors.
        """
        job = self._store.jobs.find(self.kind, upload_id)
        if job is None:
            return None
        state, is_done = STATES[JobState(job.state)], job.state == JobState.DONE
        return Upload(
            job.key,
            job.payload["name"],
            state,
            1.0 if is_done else self._shares.get(job.key, 0.0),
            job.call_id if is_done else None,  # it is noted before the call is kept
            job.payload.get("error"),
            job.payload.get("is_bad", False),
            job.payload.get("note"),
        )

    @property
    def is_closing(self) -> bool:
        """Whether the program ends, and nobody may wait any more."""
        return self._closing

    def wait(self, upload_id: str, seconds: float = math.inf) -> Upload | None:
        """Wait until a file is done or failed, `seconds` at most, or until `close`; return it as `find` does.

        Raises SQLAlchemy's errors.
        """
        until = time.monotonic() + seconds
        with self._settled:
            while True:
                upload = self.find(upload_id)
                left = until - time.monotonic()
                if upload is None or upload.is_settled or left <= 0 or self._closing:
                    return upload
                self._settled.wait(min(left, POLL_SECONDS))

    def withdraw(self, upload_id: str) -> bool:
        """Delete a file that waits, as its sender does; return whether it waited still.

        Raises SQLAlchemy's errors.
        """
        job = self._store.jobs.find(self.kind, upload_id)
        taken = self._store.jobs.take(job, self._server) if job else None
        if taken:
            self._settle(taken, JobState.FAILED, error="It was withdrawn by its sender.")
        return taken is not None

    def close(self) -> None:
        """Let nobody wait any more: files that are not done are left to the next program."""
        with self._settled:
            self._closing = True
            self._settled.notify_all()

    def clean_up(self) -> None:
        """Forget the outcomes of files after a day, and delete files that no job needs."""
        try:
            self._store.jobs.forget_settled(self.kind, self._store.jobs.clock() - REMEMBERED_MS)
            self._folder.delete_strays(self._is_needed)
        except (DatabaseError, OSError) as error:
            logger.warning("Files that were sent and that no job needs are still there: %s", reason(error))

    def accepts(self, job: Job) -> bool:
        """Check whether the file is there; fail the job of one that is gone."""
        if self._folder.has(job.key):
            return True
        self._settle(job, JobState.FAILED, error=f"{job.payload['name']} is gone from this disk.")
        return False

    def model_for(self, job: Job) -> Model:  # noqa: ARG002  (one for all)
        """Return the model that recognizes calls."""
        return self._model

    def run(self, job: Job, transcriber: Transcriber) -> None:
        """Transcribe a file and keep it as a call, with its audio."""
        with self._folder.open(job.key) as file:
            try:
                audio = self._opened(job, file)
            except (AudioFileError, UploadError) as error:  # the engine is not to blame, and stays loaded
                self.fail(job, error, begun=True)
                return
            with contextlib.closing(audio):
                self._transcribe(job, audio, transcriber)

    def report(self, job: Job, seconds: float) -> None:
        """Note how much of a file is transcribed."""
        self._shares[job.key] = round(min(1.0, seconds / self._seconds), 3)

    def fail(self, job: Job, error: LocalSttError, *, begun: bool) -> None:  # noqa: ARG002  (it is all the same)
        """Retry if the store could not be written; otherwise keep the reason for viewers."""
        if not (isinstance(error, StoreError) and retry_later(self._store.jobs, job)):
            is_bad = isinstance(error, AudioFileError | UploadError) and not error.may_pass
            self._settle(job, JobState.FAILED, error=str(error), is_bad=is_bad)

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        """Reserve a place while a file arrives and is added.  Raises `BusyError` if none is free."""
        with self._lock:
            if self._store.jobs.count(self.kind, self.target) + self._arriving >= MAX_WAITING:
                raise BusyError(f"{MAX_WAITING} files wait to be transcribed: send it when some are done.")
            self._arriving += 1
        try:
            yield
        finally:
            with self._lock:
                self._arriving -= 1

    def _is_needed(self, key: str) -> bool:
        """Check whether a job waits for a file or is transcribing it."""
        job = self._store.jobs.find(self.kind, key)
        return job is not None and job.state in UNSETTLED

    def _opened(self, job: Job, file: IO[bytes]) -> AudioFile:
        """Open the audio of a file.  Raises `AudioFileError`, and `UploadError` if it is too long."""
        name = job.payload["name"]
        audio = AudioFile(
            name, file, mono=_options(job.payload).mono, notice=True, max_seconds=float(MAX_SECONDS)
        )
        audio.rest()
        _check_length(name, audio.seconds)
        self._seconds = audio.seconds
        return audio

    def _transcribe(self, job: Job, audio: AudioFile, transcriber: Transcriber) -> None:
        name, options = job.payload["name"], _options(job.payload)
        redaction = self._redaction_of(options.redact)  # also if the settings have changed
        call_id = self._call_id(job.key, audio, options, redaction)
        self._store.jobs.note_call(job, call_id)
        transcription = transcriber.start(audio, 0.0, MAX_SECONDS)
        transcriber.wait(transcription)
        call = call_of_file(transcription, name, call_id=call_id, model=transcriber.model, at=now())
        said = redacted_lines(transcription.utterances(), redaction.rules)
        saved = save_with_audio(
            self._store,
            call,
            self._write(said, transcriber.model, "", options.key_terms),
            audio,
            keep_audio=self._keep_audio,
            sound=redaction.sound,
            set_aside=transcription.set_aside(),
            until=MAX_SECONDS,
        )
        gone = [audio.shortfall, _left_out(audio), *missing_words(transcription), saved.without_audio]
        try:
            self._settle(job, JobState.DONE, call_id, note=" ".join(filter(None, gone)) or None)
        except DatabaseError as error:  # the next start finds that it is kept
            logger.debug("Upload %s stays queued: %s", job.key, reason(error))

    def _call_id(self, key: str, audio: AudioFile, options: FileOptions, redaction: FileRedaction) -> str:
        if not options.is_kept_once:
            return f"file-{key}"
        return call_id_of_file(
            audio.digest(),
            self.model,
            self._model.phrases,
            0.0,
            None,
            mono=options.mono,
            redaction=redaction.rules,
        )

    def _settle(
        self, job: Job, state: JobState, call_id: str | None = None, **outcome: str | bool | None
    ) -> None:
        """Keep the outcome of a file, and delete the file."""
        self._store.jobs.settle(job, state, job.payload | outcome, call_id)
        self._shares.pop(job.key, None)
        self._folder.delete(job.key)
        with self._settled:
            self._settled.notify_all()


def _left_out(audio: AudioFile) -> str:
    """Return a sentence about a file that is longer than its beginning said; empty for all others."""
    if not audio.goes_on:
        return ""
    return (
        f"{audio.name} is longer than {_in_hours(MAX_SECONDS)}, and only that much was transcribed: "
        "use `transcribe`."
    )


def _check_length(name: str, seconds: float) -> None:
    """Raise `UploadError` for a file that is too long."""
    if seconds > MAX_SECONDS:
        raise UploadError(f"{name} is longer than {_in_hours(MAX_SECONDS)}: use `transcribe`.")


def _in_hours(seconds: int) -> str:
    return f"{seconds / 3600:g} hours"
