"""Transcribe audio files that viewers send."""

import contextlib
import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from ..audio_file import AudioFile, look_at
from ..core.privacy import FileRedaction, no_redaction, redacted_lines
from ..errors import AudioFileError, BusyError, LocalSttError, StoreError, TelephonyError, UploadError
from ..formatters import WriteText, as_recognized
from ..store import DatabaseError, Job, JobKind, JobLostError, JobState, Store, now, reason
from ..telephony.recordings import TwilioRecordings
from ..transcription import Transcriber, Transcription, call_id_of_file, call_of_file, missing_words
from ..transcription.save import save_with_audio
from ..transcription.twilio_source import fetched
from .callbacks import Callback
from .file_options import WHOLE_FILE, FileOptions
from .runner import Model, retry_later
from .upload import MAX_SECONDS, Upload, check_length, in_hours, upload_of
from .upload_folder import Arrival, UploadFolder

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""Seconds between looks at a file that another program may be transcribing"""

NOTE_SECONDS = 2.0
"""Seconds between notes of how much of a file is transcribed, for other programs"""

REMEMBERED_MS = 24 * 3600 * 1000
"""Milliseconds for which the outcome of a file is kept"""


RedactionOfFile = Callable[[Iterable[str], str], FileRedaction]
"""Returns what is redacted of a file, from the policies it was accepted with and the name of its model"""


class Uploads:
    """The files that were sent, and the handler of their jobs.  Safe to share between threads.

    Any program transcribes them that has the same folder of them, after this one too.
    """

    max_waiting = 20
    """Files that may wait, as they are on this disk meanwhile"""

    def __init__(
        self,
        store: Store,
        server: str,
        model: Model,
        folder: UploadFolder,
        max_bytes: int,
        *,
        kind: JobKind = JobKind.UPLOAD,
        recordings: TwilioRecordings | None = None,
        host: str = "",
        keep_audio: bool = True,
        redaction_of: RedactionOfFile = no_redaction,
        write: WriteText = as_recognized,
        leaves_recordings: bool = False,
    ) -> None:
        """Use `server` as this program's name in the store, and `host` as that of its host, for people.

        `max_bytes` bounds one file.

        `recordings` are those of an account at Twilio, which may be transcribed like files.  A program that
        `leaves_recordings` leaves them to others.  `redaction_of` returns what is redacted of a file that was
        accepted with some policies, and that a model recognizes.  `write` adds how people write the text.
        """
        self.kind, self.max_bytes = kind, max_bytes
        self._recordings = recordings
        self._store, self._server, self._host, self._model = store, server, host, model
        self._folder, self._keep_audio = folder, keep_audio
        self._redaction_of, self._write = redaction_of, write
        self._leaves_recordings = leaves_recordings
        self._arriving = 0
        self._shares: dict[str, float] = {}  # transcribed share of each file in work, by its key
        self._seconds = 0.0  # of the file in work
        self._noted_at = 0.0  # when its share was noted in the store
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
        with self.place(), self._folder.receive() as arrival:
            yield arrival

    def add(self, arrival: Arrival, name: str, options: FileOptions = WHOLE_FILE) -> Upload:
        """Queue the transcription of a file that has arrived.

        Raises `AudioFileError` for a file whose beginning shows that it cannot be read, `UploadError` for
        one that is too long, and SQLAlchemy's errors.
        """
        with self._looking:
            seconds = look_at(name, arrival.file)
        check_length(name, seconds)
        with self._folder.keeping(arrival):
            self.submit(arrival.key, name, options)
        return Upload(arrival.key, name)

    def submit(self, key: str, name: str, options: FileOptions, more: Mapping[str, Any] = {}) -> None:
        """Queue a job of this key; `more` is kept with it.

        Its file is in the folder under that key, unless `more` has the SID of a `recording` at Twilio.
        Raises SQLAlchemy's errors.
        """
        redact = self._redaction_of(options.redact, self.model).policies
        payload = {**more, "name": name, **options.to_json(), "redact": redact}
        self._store.jobs.submit(self.kind, key, target=self.target, payload=payload)

    def find(self, upload_id: str) -> Upload | None:
        """Return a file and its outcome; None for one that is unknown or forgotten.

        Raises SQLAlchemy's errors.
        """
        job = self._store.jobs.find(self.kind, upload_id)
        return upload_of(job, self._shares.get(job.key)) if job else None

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
            taken.payload.pop("callback", None)  # its sender knows
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
            self._folder.delete_strays(self._store.jobs.is_unsettled)
        except (DatabaseError, OSError) as error:
            logger.warning("Files that were sent and that no job needs are still there: %s", reason(error))

    def accepts(self, job: Job) -> bool:
        """Check whether the file is there; fail the job of one that is gone."""
        if "recording" in job.payload:
            return not self._leaves_recordings
        try:
            if self._folder.has(job.key):
                return True
            is_gone = self._folder.is_there()  # else a disk is not mounted, and has them all when it is
        except OSError as error:
            logger.debug(
                "Upload %s waits, as the store of audio does not answer: %s", job.key, error.strerror
            )
            return False
        if is_gone:
            where = "the store of audio" if self._folder.is_shared else "this disk"
            self._settle(job, JobState.FAILED, error=f"{job.payload['name']} is gone from {where}.")
        return False

    def model_for(self, job: Job) -> Model:  # noqa: ARG002  (one for all)
        """Return the model that recognizes calls."""
        return self._model

    def run(self, job: Job, transcriber: Transcriber) -> None:
        """Transcribe a file and keep it as a call, with its audio."""
        with contextlib.ExitStack() as stack:
            try:
                audio = stack.enter_context(self._audio(job))
            except (AudioFileError, UploadError, TelephonyError, StoreError) as error:
                self.fail(job, error, begun=True)  # the engine is not to blame, and stays loaded
                return
            self._transcribe(job, audio, transcriber)

    def report(self, job: Job, seconds: float) -> None:
        """Note how much of a file is transcribed, now and then for other programs too.

        Raises `JobLostError` if another program has the job by now.
        """
        self._shares[job.key] = round(min(1.0, seconds / self._seconds), 3)
        if time.monotonic() - self._noted_at > NOTE_SECONDS:
            self._note_share(job)

    def fail(self, job: Job, error: LocalSttError, *, begun: bool) -> None:  # noqa: ARG002  (it is all the same)
        """Retry what is not the file's fault and may pass; otherwise keep the reason for viewers."""
        may_pass = isinstance(error, StoreError) or (isinstance(error, TelephonyError) and error.may_pass)
        if not (may_pass and retry_later(self._store.jobs, job)):
            is_bad = isinstance(error, AudioFileError | UploadError | TelephonyError) and not error.may_pass
            self._settle(job, JobState.FAILED, error=str(error), is_bad=is_bad)

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Reserve a place while a file arrives and is added.  Raises `BusyError` if none is free."""
        with self._lock:
            if self._store.jobs.count(self.kind, self.target) + self._arriving >= self.max_waiting:
                waiting = f"{self.max_waiting} files wait to be transcribed"
                raise BusyError(f"{waiting}: send it when some are done.")
            self._arriving += 1
        try:
            yield
        finally:
            with self._lock:
                self._arriving -= 1

    @contextlib.contextmanager
    def _audio(self, job: Job) -> Iterator[AudioFile]:
        """Open the audio of a job.

        Raises `AudioFileError`, `UploadError` if it is too long, `TelephonyError` for a recording at Twilio
        that cannot be had, and `StoreError` if the folder cannot be read.
        """
        if "recording" in job.payload:
            if self._recordings is None:
                raise UploadError("Recordings of Twilio need TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")
            with fetched(self._recordings, job.payload["recording"]) as (audio, _):
                self._seconds = audio.seconds
                yield audio
            return
        try:
            waiting = self._folder.open(job.key)
        except OSError as error:
            raise StoreError(f"{job.payload['name']} cannot be read here ({error.strerror}).") from error
        with waiting as file, contextlib.closing(self._opened(job, file)) as audio:
            yield audio

    def _opened(self, job: Job, file: IO[bytes]) -> AudioFile:
        """Open the audio of a file.  Raises `AudioFileError`, and `UploadError` if it is too long."""
        name, options = job.payload["name"], FileOptions.from_json(job.payload)
        audio = AudioFile(name, file, mono=options.mono, notice=True, max_seconds=float(MAX_SECONDS))
        audio.rest()
        check_length(name, audio.seconds)
        if options.since >= audio.seconds:
            raise UploadError(f"{name} ends after {audio.seconds:.1f} s, before {options.since:.1f} s.")
        self._seconds = audio.seconds
        return audio

    def _transcribe(self, job: Job, audio: AudioFile, transcriber: Transcriber) -> None:
        name, options = job.payload["name"], FileOptions.from_json(job.payload)
        redaction = self._redaction(options, transcriber.model)
        until = min(options.until or MAX_SECONDS, MAX_SECONDS)
        call_id = self._call_id(job, audio, options, redaction)
        self._store.jobs.note_call(job, call_id)
        self._note_share(job)
        transcription = transcriber.start(audio, options.since, until)
        transcriber.wait(transcription)
        _check_speech(transcription, options)
        self._note_share(job)  # before the audio is kept: it may be that of a call that was deleted meanwhile
        called = Path(name).name or name
        call = call_of_file(transcription, called, call_id=call_id, model=transcriber.model, at=now())
        said = redacted_lines(transcription.utterances(), redaction.rules)

        def end_job(connection: Any, without_audio: str) -> bool:
            gone = [audio.shortfall, _left_out(audio), *missing_words(transcription), without_audio]
            note = " ".join(filter(None, gone)) or None
            return self._settle_in(connection, job, JobState.DONE, call_id, note=note)

        save_with_audio(
            self._store,
            call,
            self._write(said, transcriber.model, "", options.text),
            audio,
            keep_audio=self._keep_audio and options.keep_audio,
            sound=redaction.sound,
            set_aside=transcription.set_aside(),
            since=options.since,
            until=until,
            end_job=end_job,
        )
        self._clear_up(job)

    def _note_share(self, job: Job) -> None:
        """Note the share and the host of a file in work.  Raises `JobLostError`."""
        self._noted_at = time.monotonic()
        noted = {"share": self._shares.get(job.key, 0.0), "host": self._host}
        try:
            is_ours = self._store.jobs.note(job, job.payload | noted)
        except DatabaseError as error:
            logger.debug("The progress of %s is not noted: %s", job.key, reason(error))
            return
        if not is_ours:
            self._shares.pop(job.key, None)
            raise JobLostError

    def _redaction(self, options: FileOptions, model: str) -> FileRedaction:
        """Return what is redacted of a file, also if the settings have changed since it was accepted."""
        redaction = self._redaction_of(options.redact, model)
        if redaction.rules and options.substitute:
            return replace(redaction, rules=replace(redaction.rules, substitute=options.substitute))
        return redaction

    def _call_id(self, job: Job, audio: AudioFile, options: FileOptions, redaction: FileRedaction) -> str:
        if not options.is_kept_once:
            return f"file-{job.key}"
        model = self.model_for(job)
        return call_id_of_file(
            audio.digest(),
            model.folder.name,
            model.phrases,
            options.since,
            options.until,
            mono=options.mono,
            redaction=redaction.rules,
        )

    def _settle(self, job: Job, state: JobState, **outcome: str | bool | None) -> None:
        """Keep the outcome of a file, and delete the file, unless another program has the job by now."""
        payload, post = self._outcome(job, state, outcome)
        if self._store.jobs.settle(job, state, payload, callback=post):
            self._clear_up(job)

    def _settle_in(
        self, connection: Any, job: Job, state: JobState, call_id: str, **outcome: str | bool | None
    ) -> bool:
        """Keep the outcome of a file in a transaction; return False if another program has the job by now."""
        payload, post = self._outcome(job, state, outcome)
        return self._store.jobs.settle_in(connection, job, state, payload, call_id, callback=post)

    def _outcome(
        self, job: Job, state: JobState, outcome: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Return what is kept with a job that is over, and what is posted about it."""
        payload = job.payload | {"error": None} | outcome | {"host": self._host}  # an earlier error is over
        callback = payload.pop("callback", None)
        return payload, Callback(**callback).post(state) if callback else None

    def _clear_up(self, job: Job) -> None:
        """Delete the file of a job that is over, and let those who wait for it know.

        A file that was kept for more transcripts is deleted where its audio may not be kept as it is.
        """
        self._shares.pop(job.key, None)
        self._folder.delete(job.key)
        if (kept := job.payload.get("file")) and (job.payload["redact"] or not self._keep_audio):
            self._folder.delete(kept)
        with self._settled:
            self._settled.notify_all()


def _left_out(audio: AudioFile) -> str:
    """Return a sentence about a file that is longer than its beginning said; empty for all others."""
    if not audio.goes_on:
        return ""
    return (
        f"{audio.name} is longer than {in_hours(MAX_SECONDS)}, and only that much was transcribed: "
        "use `transcribe`."
    )


def _check_speech(transcription: Transcription, options: FileOptions) -> None:
    """Raise `UploadError` for a file with less speech than its sender wants."""
    spoken = sum(word.end - word.start for said in transcription.utterances() for word in said.words)
    seconds = (transcription.end - options.since) * len(transcription.channels)
    share = min(1.0, spoken / seconds) if seconds > 0 else 0.0
    if share < options.min_speech:
        raise UploadError(
            f"Speech is {share:.2f} of {transcription.name}, and {options.min_speech:g} was asked for."
        )
