"""Transcribe a file while its sender waits for the text."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ...core.call_record import CallRecord, LineKind, Utterance, mean_confidence
from ...core.captions import in_order
from ...core.formatting import Language
from ...core.readable import joined_by_tokens
from ...errors import AudioFileError, BusyError, LocalSttError, StoreError, UploadError
from ...jobs.file_options import FileOptions
from ...jobs.transcripts import require_ended
from ...jobs.upload import UploadState
from ...jobs.uploads import Uploads
from ...store import Store
from ...system.reserve import SparingFile
from ...transcription import display_name
from ..received_file import receive

Answer = dict[str, Any]
"""JSON for a program"""

LanguageOf = Callable[[str], Language]
"""Returns the language of a model, from the model's name"""

MARKS = ",.?!;:"
"""Marks that a single word has not"""

START_SECONDS = 45.0
"""Seconds for a file to begin: Deepgram's SDKs wait a minute for its text and then send it again"""


@dataclass(frozen=True, slots=True)
class Submission:
    """A file that was sent, and has arrived."""

    id: str
    """Distinguishes it from others, also if they have the same audio"""
    sha256: str
    """Digest of its bytes, in hexadecimal"""


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file.  Times are seconds of the file."""

    submission: Submission
    call: CallRecord
    said: list[Utterance]
    """What was said, with the tokens of its written form unless text is not formatted.

    Utterances that share a token are one."""
    note: str = ""
    """Sentences about what is missing"""


Fill = Callable[[SparingFile], tuple[str, FileOptions]]
"""Writes a file, and returns its name and what its sender wants"""


class Submissions:
    """Files that are kept as calls, one for each time that a file is sent."""

    def __init__(self, uploads: Uploads | None, store: Store) -> None:
        """`uploads` is None where no files are taken."""
        self._uploads, self._store = uploads, store

    @property
    def model(self) -> str:
        """The name of the model; empty where no files are taken."""
        return self._uploads.model if self._uploads else ""

    def receive(self, fill: Fill) -> Submission:
        """Take the file of the current request.

        Raises `BusyError` if too many files wait, `UploadError` for one that is too long and where none are
        taken, `AudioFileError` for one that cannot be read, and an error with status 413 for one that is too
        large.
        """
        uploads = self._taken()
        with receive(uploads) as arrival:
            name, options = fill(arrival.file)
            if not arrival.file.seek(0, 2):
                raise AudioFileError("The request has no audio in it.")
            arrival.file.seek(0)
            digest = hashlib.file_digest(arrival.file, "sha256").hexdigest()
            upload = uploads.add(arrival, display_name(name), options)
        return Submission(upload.id, digest)

    def receive_recording(self, sid: str, options: FileOptions) -> Submission:
        """Take a recording at Twilio.

        Raises `BusyError` if too many files wait, and `UploadError` where none are taken.
        """
        uploads, key = self._taken(), secrets.token_hex(8)
        with uploads.place():
            uploads.submit(key, sid, options, {"recording": sid})
        return Submission(key, "")

    def text(self, submission: Submission) -> FileText:
        """Wait for the text of a file.

        Raises `BusyError` if the file does not begin in time; it is deleted then.  Raises `AudioFileError`
        for a file that cannot be transcribed, and another `LocalSttError` if that is not the file's fault.
        """
        uploads = self._taken()
        upload = uploads.wait(submission.id, START_SECONDS)
        is_queued = upload is not None and upload.state is UploadState.QUEUED
        if is_queued and not uploads.is_closing and uploads.withdraw(submission.id):
            raise BusyError("Other files are being transcribed: send it when some are done.")
        if upload and not upload.is_settled:
            upload = uploads.wait(submission.id)
        if upload is None or not upload.is_settled:
            raise StoreError(
                "The program ends before the file is transcribed.  Its next start goes on: look there for "
                f"the call file-{submission.id}."
            )
        if upload.error:
            raise AudioFileError(upload.error) if upload.is_bad else LocalSttError(upload.error)
        assert upload.call_id
        return self.kept(upload.call_id, upload.note or "", submission)

    def kept(self, call_id: str, note: str = "", submission: Submission | None = None) -> FileText:
        """Return what was said on a call that is kept; `submission` is the file that it was made of, if any.

        Raises `NoSuchCall`, and `UploadError` for one that is in progress or deleted.
        """
        call, lines = self._store.call_with_utterances(call_id)
        require_ended(call)
        said = [line for line in in_order(lines) if line.kind is LineKind.SPEECH]
        return FileText(submission or Submission(call_id, ""), call, joined_by_tokens(said), note)

    def _taken(self) -> Uploads:
        if self._uploads is None:
            raise UploadError("No files are taken here (LOCAL_STT_MAX_UPLOAD_MB).")
        return self._uploads


def confidence_of(utterances: Iterable[Utterance]) -> float:
    """Return the mean confidence of all words, from 0 to 1; 0 if there are none."""
    return mean_confidence(tuple(word for each in utterances for word in each.words))
