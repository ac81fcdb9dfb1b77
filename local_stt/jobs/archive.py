"""Send files to be transcribed by several hosts together, and follow what becomes of them.

A file is known by its audio, its model and its options.  So one that is sent again is transcribed once.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Collection, Sequence
from io import RawIOBase

from ..audio_file import look_at
from ..core.call_record import CallRecord, CallState, Edition, Utterance
from ..core.privacy import FileRedaction
from ..errors import NoSuchCall, StoreError
from ..store import JobKind, JobState, Store
from ..transcription import call_id_of_file
from .file_options import FileOptions
from .upload import MAX_SECONDS, Upload, UploadState, check_length, upload_of
from .upload_folder import UploadFolder

BLOCK = 1024 * 1024
"""Bytes that are copied at once"""


class Archive:
    """Files that several hosts transcribe together, as their sender sees them.

    Raises SQLAlchemy's errors.
    """

    def __init__(
        self,
        store: Store,
        folder: UploadFolder,
        model: str,
        words: Sequence[str],
        redaction: FileRedaction,
    ) -> None:
        """Use the store and the folder that all hosts share.

        `model` is the name of the model for all files, and `words` restricts what it recognizes.
        """
        self._store, self._folder = store, folder
        self._model, self._words, self._redaction = model, tuple(words), redaction

    def id_of(self, file: RawIOBase, options: FileOptions) -> str:
        """Return the id of a file, which is that of the call it is kept as."""
        file.seek(0)
        return call_id_of_file(
            hashlib.file_digest(file, "sha256").hexdigest(),
            self._model,
            self._words,
            options.since,
            options.until,
            mono=options.mono,
            redaction=self._redaction.rules,
        )

    def send(self, id: str, name: str, file: RawIOBase, options: FileOptions) -> None:
        """Queue a file, also if it was queued before and failed.

        Raises `AudioFileError` for a file whose beginning shows that it cannot be read, `UploadError` for one
        that is too long, and `StoreError` if there is no room for it.
        """
        jobs = self._store.jobs
        if (before := jobs.find(JobKind.ARCHIVE, id)) and before.state == JobState.FAILED:
            jobs.complete(before)
        seconds = look_at(name, file)
        check_length(name, seconds)
        self._put(id, name, file)
        rules = self._redaction.rules
        payload = {
            "name": name,
            **options.to_json(),
            "redact": self._redaction.policies,
            "substitute": rules.substitute if rules else None,
            "names": bool(rules and rules.names),
            "model": self._model,
            "words": self._words,
            "seconds": seconds or MAX_SECONDS,  # it may be the longest if it does not say
        }
        jobs.submit(JobKind.ARCHIVE, id, target=self._folder.identity, payload=payload)
        if not jobs.is_unsettled(id):  # somebody else has sent the same, and it is done
            self._folder.delete(id)

    def find(self, ids: Collection[str]) -> dict[str, Upload]:
        """Return what has become of files, by their ids; those that are unknown or withdrawn are left out."""
        jobs = self._store.jobs.find_all(JobKind.ARCHIVE, ids)
        found = {id: upload_of(job) for id, job in jobs.items()}
        for id in ids:
            if id not in found and (call := self._kept(id)):
                found[id] = Upload(id, call.caller, UploadState.DONE, 1.0, id)
        return found

    def cancel(self, id: str) -> bool:
        """Withdraw a file that is not done; return whether it was still queued or in work."""
        job = self._store.jobs.find(JobKind.ARCHIVE, id)
        is_ours = job is not None and self._store.jobs.cancel(job)
        if is_ours:
            self._folder.delete(id)
        return is_ours

    def read(self, call_id: str) -> tuple[CallRecord, list[Utterance]]:
        """Return the call that a file is kept as, and what was recognized.  Raises `NoSuchCall`."""
        return self._store.call_with_utterances(call_id, edition=Edition.LIVE)

    def _kept(self, id: str) -> CallRecord | None:
        """Return the call that a file was kept as before; None if there is none, or it was deleted."""
        with contextlib.suppress(NoSuchCall):
            call = self._store.call(id)
            return call if call.state is CallState.ENDED else None
        return None

    def _put(self, id: str, name: str, file: RawIOBase) -> None:
        """Copy a file to where all hosts find it.  Raises `StoreError`."""
        try:
            file.seek(0)
            with self._folder.receive() as arrival:
                shutil.copyfileobj(file, arrival.file, BLOCK)
                with self._folder.keeping(arrival):
                    pass
            try:
                with contextlib.suppress(FileExistsError):  # somebody else sends the same
                    self._folder.copy(arrival.key, id)
            finally:
                self._folder.delete(arrival.key)
        except OSError as error:
            raise StoreError(
                f"{name} cannot be put into AUDIO_STORE ({error.strerror}): make room there, or send it when "
                "others are done."
            ) from error
