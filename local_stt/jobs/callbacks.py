"""Post to programs that a transcript is done, at the addresses that they gave with it.

An address is this machine's own, or of a host that the user allows.  A post is tried ten times, ten seconds
apart, and survives a restart.  Source: https://www.assemblyai.com/docs/deployment/webhooks
"""

import functools
import json
import logging
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from ..errors import UploadError
from ..net.loopback import is_loopback
from ..net.posting import posted
from ..net.timeouts import all_within
from ..store import DatabaseError, Job, JobKind, JobState, Store, reason

logger = logging.getLogger(__name__)

RESPONSE_TIMEOUT = 10.0
"""Seconds for the receiver to answer"""

ROUND_TIMEOUT = 15.0
"""Seconds for the posts of one round"""

LEASE_MS = 30_000
"""Milliseconds for which no other program makes the same post"""

RETRY_MS = 10_000
MAX_ATTEMPTS = 10

MAX_AT_ONCE = 8

_ADDRESS = re.compile(
    r"https?://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?([/?][!-\[\]-~]*)?", re.ASCII | re.IGNORECASE
)
"""An address whose host is the same to every reader: without a name and password, and without a backslash"""


@dataclass(frozen=True, slots=True)
class Callback:
    """What is posted when a transcript is done or has failed."""

    url: str
    done: Mapping[str, Any]
    """The body if it is done, to be sent as JSON"""
    failed: Mapping[str, Any]
    """The body if it failed"""
    headers: Mapping[str, str]

    def post(self, state: JobState) -> dict[str, Any]:
        """Return the post about a transcript in a state, as it is kept with its job."""
        body = self.done if state is JobState.DONE else self.failed
        return {"url": self.url, "headers": dict(self.headers), "body": dict(body)}


def check_address(url: str, allowed: Collection[str]) -> None:
    """Raise `UploadError` for an address to which nothing may be posted; `allowed` are names of hosts."""
    parts = _ADDRESS.fullmatch(url)
    if parts is None:
        raise UploadError("it is no address of a web server, such as http://127.0.0.1:5000/done.")
    if not (is_loopback(parts["host"]) or parts["host"].lower() in allowed):
        raise UploadError(
            "only this machine's own programs are told; name others in LOCAL_STT_CALLBACK_HOSTS."
        )


class Callbacks:
    """Makes the posts that wait in the store, a round at a time."""

    def __init__(self, store: Store) -> None:
        self._jobs = store.jobs

    def send_due(self) -> None:
        """Make the posts that are due."""
        at = self._jobs.clock()
        try:
            due = self._jobs.lease(JobKind.CALLBACK, "", at, until=at + LEASE_MS, limit=MAX_AT_ONCE)
            outcomes = all_within(ROUND_TIMEOUT, [functools.partial(_status_of, job) for job in due])
            for job, outcome in zip(due, outcomes, strict=True):
                self._settle(job, 0 if outcome.exception() else outcome.result())
        except DatabaseError as error:
            logger.debug("Callbacks wait, as the store cannot be used: %s", reason(error))

    def _settle(self, job: Job, status: int) -> None:
        """Note the answer with the transcript, and complete the post, or try it again."""
        if status:
            transcript = self._jobs.find(JobKind.TRANSCRIPT, job.key)
            if transcript:
                self._jobs.note(transcript, transcript.payload | {"callback_status": status})
        is_over = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES or 400 <= status < 500
        if is_over or job.attempts >= MAX_ATTEMPTS:
            self._jobs.complete(job)
        else:
            self._jobs.retry_later(job, self._jobs.clock() + RETRY_MS)


def _status_of(job: Job) -> int:
    """Make a post; return the status of the answer.  Raises what requests raises."""
    headers = {"Content-Type": "application/json", **job.payload["headers"]}
    body = json.dumps(job.payload["body"]).encode()
    with posted(job.payload["url"], body, headers, RESPONSE_TIMEOUT) as response:
        return response.status_code
