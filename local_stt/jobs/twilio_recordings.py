"""Fetch and transcribe recordings that Twilio reports as complete."""

import logging
from collections.abc import Mapping

from ..core.privacy import RedactionOf, no_redaction, redacted_lines
from ..errors import LocalSttError, NoSuchCall, TelephonyError
from ..formatters import WriteText, as_recognized
from ..notices import notices
from ..store import DatabaseError, Job, JobKind, Store, reason
from ..telephony.client import is_unknown
from ..telephony.recordings import TwilioRecordings
from ..transcription import Transcriber, completed_call, missing_words
from ..transcription.save import save_with_audio
from ..transcription.twilio_source import fetched
from .runner import Model, retry_later

logger = logging.getLogger(__name__)


class RecordingJobs:
    """The handler of recordings at Twilio.  Any thread may call `on_recording`."""

    kind = JobKind.RECORDING

    def __init__(
        self,
        twilio: TwilioRecordings,
        store: Store,
        server: str,
        model: Model,
        *,
        keep_audio: bool = True,
        redaction_of: RedactionOf = no_redaction,
        write: WriteText = as_recognized,
    ) -> None:
        """Use `server` as this program's name in the store.

        `redaction_of` returns what is redacted on a call, and `sound_of` what takes its place in audio.
        """
        self._twilio, self._store, self._server = twilio, store, server
        self._model, self._keep_audio = model, keep_audio
        self._redaction_of, self._write = redaction_of, write

    @property
    def target(self) -> str:
        """The Twilio account of the recordings."""
        return self._twilio.account_sid

    def on_recording(self, form: Mapping[str, str]) -> None:
        """Queue a recording that Twilio says is complete; it may say so twice."""
        sid = form["RecordingSid"]
        try:
            self._store.jobs.submit(self.kind, sid, target=self.target, owner=self._server)
        except DatabaseError as error:
            notices.info(
                f"Recording {sid} cannot be noted ({getattr(error, 'orig', None) or error}): "
                "transcribe --recordings-of finds it."
            )

    def accepts(self, job: Job) -> bool:
        """Check whether a recording is not kept yet; complete the job of one that is, or was deleted."""
        try:
            self._store.call(job.key)
        except NoSuchCall:
            return True
        self._store.jobs.complete(job)
        return False

    def model_for(self, job: Job) -> Model:  # noqa: ARG002  (one for all)
        """Return the model that recognizes calls."""
        return self._model

    def run(self, job: Job, transcriber: Transcriber) -> None:
        """Transcribe a recording, and keep it as the call that it is of, with its audio."""
        with fetched(self._twilio, job.key) as (audio, call):
            transcription = transcriber.start(audio, channels=call.tracks)
            transcriber.wait(transcription)
            model = transcriber.model
            call = completed_call(call, transcription, model)
            redaction = self._redaction_of(call.started, model)
            said = redacted_lines(transcription.utterances(), redaction.rules)
            saved = save_with_audio(
                self._store,
                call,
                self._write(said, model, call.started.number),
                audio,
                keep_audio=self._keep_audio,
                sound=redaction.sound,
                set_aside=transcription.set_aside(),
                end_job=lambda connection, _: self._store.jobs.complete_in(connection, job),
            )
        for gone in filter(None, [audio.shortfall, *missing_words(transcription), saved.without_audio]):
            notices.info(gone)

    def report(self, job: Job, seconds: float) -> None:
        """Ignore the progress: nobody watches a recording being transcribed."""

    def fail(self, job: Job, error: LocalSttError, *, begun: bool) -> None:
        """Retry a failure that is not the recording's fault, and in the end leave it to the next start.

        A recording that is given up can be transcribed with `transcribe` and its SID.  One that Twilio does
        not know may be known soon, since Twilio has reported it, but not later.
        """
        later = not begun or error.may_pass
        soon = later or (isinstance(error, TelephonyError) and is_unknown(error))
        if soon and (minutes := retry_later(self._store.jobs, job)):
            notices.info(f"Recording {job.key} is tried again in {minutes} min. {error}")
        elif later:
            notices.info(f"Recording {job.key} is left to the next start. {error}")
        else:
            notices.info(f"Recording {job.key} is not transcribed. {error}")
            self._complete(job)

    def _complete(self, job: Job) -> None:
        try:
            self._store.jobs.complete(job)
        except DatabaseError as error:  # the next start finds that it is kept
            logger.debug("Recording %s stays queued: %s", job.key, reason(error))
