"""Keep events as jobs until they have been posted to an endpoint elsewhere.

A job is written in the same transaction as its event, so neither is there without the other.
"""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import Connection

from ..events import NAMES, Alert, Event, FinalText, Turn, to_dict
from .job_queue import Job, JobKind, JobQueue
from .schema import jobs


class Outbox:
    """The events that wait to be posted."""

    def __init__(self, queue: JobQueue) -> None:
        self.queue = queue
        self._endpoint = ""
        self._kinds: frozenset[type[Event]] = frozenset()

    def subscribe(self, endpoint: str, kinds: Collection[type[Event]]) -> None:
        """Queue events of these kinds for an endpoint from now on; until then none are queued.

        `endpoint` is its fingerprint.  An event that waits for one endpoint is never posted to another:
        several programs, each with its own endpoint, may share a database.
        """
        self._endpoint, self._kinds = endpoint, frozenset(kinds)

    def add(self, connection: Connection, event: Event, at: int) -> None:
        """Queue an event, which happened `at` milliseconds since 1970, if the endpoint subscribes to it."""
        if type(event) in self._kinds:
            self.queue.add(
                connection,
                JobKind.WEBHOOK,
                secrets.token_hex(16),
                target=self._endpoint,
                call_id=event.call_id,
                payload={**to_dict(event), "timestamp": _iso(at)},
            )

    def forget_text(self, connection: Connection, call_id: str) -> None:
        """Withdraw what was said on a call; its end is still posted."""
        is_said = jobs.c.payload["type"].as_string().in_([NAMES[FinalText], NAMES[Turn], NAMES[Alert]])
        self.queue.withdraw(connection, JobKind.WEBHOOK, call_id, is_said)

    def lease(self, at: int, *, until: int, limit: int) -> list[Job]:
        """Lease events that are due at `at`; see `JobQueue.lease`."""
        return self.queue.lease(JobKind.WEBHOOK, self._endpoint, at, until=until, limit=limit)

    def waiting(self) -> int:
        """Count the events that have not arrived."""
        return self.queue.count(JobKind.WEBHOOK, self._endpoint)

    def waiting_for_others(self) -> int:
        """Count the events that wait for other endpoints."""
        return self.queue.count_for_others(JobKind.WEBHOOK, self._endpoint)


def _iso(moment: int) -> str:
    """Format milliseconds since 1970 as ISO 8601, in UTC, to the millisecond."""
    utc = datetime.fromtimestamp(moment / 1000, UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
