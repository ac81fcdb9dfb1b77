"""What is known of a file that was sent, from the job that transcribes it.  No I/O."""

from dataclasses import dataclass
from enum import StrEnum

from ..errors import UploadError
from ..store import Job, JobState

MAX_SECONDS = 24 * 3600
"""Seconds of one file: silence takes hardly any room in the file, and much on this disk"""


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
    host: str = ""
    """The host that transcribes it or has done so, by its name; empty before that"""

    @property
    def is_settled(self) -> bool:
        """Whether it is done or failed."""
        return self.state in (UploadState.DONE, UploadState.FAILED)


def upload_of(job: Job, share: float | None = None) -> Upload:
    """Return a file and its outcome; `share` is what is transcribed, if its job does not have the latest."""
    is_done = job.state == JobState.DONE
    noted = job.payload.get("share", 0.0) if share is None else share
    return Upload(
        job.key,
        job.payload["name"],
        STATES[JobState(job.state)],
        1.0 if is_done else noted,
        job.call_id if is_done else None,  # it is noted before the call is kept
        job.payload.get("error"),
        job.payload.get("is_bad", False),
        job.payload.get("note"),
        job.payload.get("host", ""),
    )


def check_length(name: str, seconds: float) -> None:
    """Raise `UploadError` for a file that is too long."""
    if seconds > MAX_SECONDS:
        raise UploadError(f"{name} is longer than {in_hours(MAX_SECONDS)}: use `transcribe`.")


def in_hours(seconds: int) -> str:
    """Return a length of files in words."""
    return f"{seconds / 3600:g} hours"
