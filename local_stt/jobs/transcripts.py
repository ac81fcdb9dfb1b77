"""Transcripts that programs ask for, and read when they are done.

Each is a job with an id of its own, which is remembered as long as the call that it is kept as.
"""

import logging
import secrets
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..core.call_record import CallRecord, CallState
from ..errors import UploadError
from ..events import CallDeleted
from ..hub import Hub
from ..store import DatabaseError, Job, JobKind, JobState, Store, now, reason
from .callbacks import Callback
from .file_options import WHOLE_FILE, FileOptions
from .sources import KeptCall, Recording, Source, Uploaded
from .upload import STATES, UploadState
from .upload_folder import Arrival, UploadFolder
from .uploads import Uploads

logger = logging.getLogger(__name__)

MAX_WAITING = 500
"""Transcripts that may wait: programs ask for many at once"""

REMEMBERED_MS = 30 * 24 * 3600 * 1000
"""Milliseconds for which one without a call is remembered: it failed, or was deleted"""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript that a program has asked for."""

    id: str
    number: int
    """Its place among all, by which lists are cut into pages"""
    request: Mapping[str, Any]
    """What the program has asked for, as its vendor's API has it; empty once it is deleted"""
    state: UploadState
    call_id: str | None
    """The call it is kept as; None until it is done"""
    error: str | None
    """Reason why it failed"""
    note: str | None
    """Sentences about what is missing from it"""
    created_at: int
    """Milliseconds since 1970"""
    completed_at: int | None
    """Milliseconds since 1970; None until it is done or failed"""
    is_deleted: bool
    callback_status: int | None
    """What the receiver answered to the post about it"""


class Transcripts:
    """The transcripts of all vendors' APIs.  Safe to share between threads.

    Raises SQLAlchemy's errors.
    """

    def __init__(
        self,
        store: Store,
        queue: Uploads,
        folder: UploadFolder,
        hub: Hub,
    ) -> None:
        """Use `queue`, whose jobs are of kind `TRANSCRIPT`; deletions are published to `hub`."""
        self._store, self._queue, self._folder, self._hub = store, queue, folder, hub
        queue.max_waiting = MAX_WAITING

    @property
    def files(self) -> Uploads:
        """The queue of files, for those that arrive."""
        return self._queue

    def keep(self, arrival: Arrival) -> str:
        """Keep a file that has arrived for transcripts of it, for a day; return the name it has here."""
        with self._folder.keeping(arrival):
            return arrival.key

    def create(
        self,
        api: str,
        request: Mapping[str, Any],
        source: Source,
        options: FileOptions = WHOLE_FILE,
        *,
        id: str = "",
        callback: Callback | None = None,
    ) -> Transcript:
        """Ask for a transcript, and for a post when it is done.  That of a kept call is done at once.

        Raises `UploadError` for an uploaded file that is not here any more and for a call that is in progress
        or deleted, `BusyError` if too many transcripts wait, and `NoSuchCall`.
        """
        key = _key(api, id or new_id())
        match source:
            case KeptCall(call_id):
                self._take(key, request, call_id, callback)
            case Uploaded(name):
                if not self._folder.copy(name, key):
                    raise UploadError("The file that was uploaded is not here any more: upload it again.")
                self._queue_up(key, request, options, callback, file=name)
            case Recording(sid):
                self._queue_up(key, request, options, callback, recording=sid)
        return self._found(api, key)

    def find(self, api: str, id: str) -> Transcript | None:
        """Return a transcript; None for one that is unknown."""
        job = self._store.jobs.find(JobKind.TRANSCRIPT, _key(api, id))
        return _transcript(api, job) if job else None

    def listed(
        self, api: str, states: Collection[UploadState] = tuple(UploadState), **bounds: Any
    ) -> list[Transcript]:
        """Return transcripts, the newest first; `bounds` are those of `JobQueue.listed`."""
        wanted = [job_state for job_state, state in STATES.items() if state in states]
        found = self._store.jobs.listed(JobKind.TRANSCRIPT, _prefix(api), states=wanted, **bounds)
        return [_transcript(api, job) for job in found]

    def delete(self, api: str, id: str) -> Transcript | None:
        """Delete a transcript and what is kept of it; return what is left, or None for one that is unknown.

        A call that was there before is not deleted.  Raises `UploadError` for one that is being made.
        """
        jobs, key = self._store.jobs, _key(api, id)
        job = jobs.find(JobKind.TRANSCRIPT, key)
        if job is None:
            return None
        if job.state == JobState.WAITING:
            self._queue.withdraw(key)
            job = jobs.find(JobKind.TRANSCRIPT, key) or job
        if job.state in (JobState.WAITING, JobState.RUNNING):
            raise UploadError("It is being transcribed: delete it when that is done.")
        self._forget(job)
        return self._found(api, key)

    def clean_up(self) -> None:
        """Forget transcripts without a call after a month."""
        try:
            before = self._store.jobs.clock() - REMEMBERED_MS
            self._store.jobs.forget_settled(JobKind.TRANSCRIPT, before, has_call=False)
        except DatabaseError as error:
            logger.warning("Old transcripts are still in the list: %s", reason(error))

    def _take(self, key: str, request: Mapping[str, Any], call_id: str, callback: Callback | None) -> None:
        """Take the text of a kept call as a transcript."""
        require_ended(self._store.call(call_id))
        self._store.jobs.submit(
            JobKind.TRANSCRIPT,
            key,
            target=self._queue.target,
            call_id=call_id,
            payload={"request": dict(request), "name": call_id, **WHOLE_FILE.to_json(), "is_of_call": True},
            state=JobState.DONE,
        )
        if callback:
            self._store.jobs.submit(JobKind.CALLBACK, key, payload=callback.post(JobState.DONE))

    def _queue_up(
        self,
        key: str,
        request: Mapping[str, Any],
        options: FileOptions,
        callback: Callback | None,
        **source: str,
    ) -> None:
        kept = {"request": dict(request), **source, **({"callback": asdict(callback)} if callback else {})}
        try:
            with self._queue.place():
                self._queue.submit(key, source.get("recording", "audio"), options, kept)
        except Exception:
            self._folder.delete(key)
            raise

    def _found(self, api: str, key: str) -> Transcript:
        job = self._store.jobs.find(JobKind.TRANSCRIPT, key)
        assert job
        return _transcript(api, job)

    def _forget(self, job: Job) -> None:
        """Leave of a settled job only that it was deleted, and delete its call.

        The job forgets its call first, as it would be deleted with it.
        """
        call_id = None if job.payload.get("is_of_call") else job.call_id
        left = {"name": "", **WHOLE_FILE.to_json(), "is_deleted": True}
        self._store.jobs.settle(job, JobState.DONE, left)
        if kept := job.payload.get("file"):
            self._folder.delete(kept)
        if call_id:
            self._store.delete(call_id, at=now())
            self._hub.publish([CallDeleted(call_id)])


def require_ended(call: CallRecord) -> None:
    """Raise `UploadError` for a call whose text is not whole."""
    if call.state is not CallState.ENDED:
        is_live = call.state is CallState.LIVE
        raise UploadError(
            f"Call {call.call_id} is in progress: ask when it has ended."
            if is_live
            else f"Call {call.call_id} was deleted."
        )


def new_id() -> str:
    """Return an id for a transcript, which nobody can guess."""
    return secrets.token_hex(16)


def _prefix(api: str) -> str:
    return f"{api}-"


def _key(api: str, id: str) -> str:
    return f"{_prefix(api)}{id}"


def _transcript(api: str, job: Job) -> Transcript:
    state = STATES[JobState(job.state)]
    is_settled = state in (UploadState.DONE, UploadState.FAILED)
    return Transcript(
        job.key.removeprefix(_prefix(api)),
        job.id,
        job.payload.get("request", {}),
        state,
        job.call_id if state is UploadState.DONE else None,
        job.payload.get("error"),
        job.payload.get("note"),
        job.created_at,
        job.due_at if is_settled else None,
        job.payload.get("is_deleted", False),
        job.payload.get("callback_status"),
    )
