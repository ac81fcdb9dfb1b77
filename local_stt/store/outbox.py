"""Keep events as jobs until they have been posted to endpoints elsewhere.

A job is written in the same transaction as its event, so neither is there without the other.
"""

import secrets
from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import Connection

from ..events import NAMES, CallEnded, Event, to_dict
from .job_queue import Job, JobKind, JobQueue
from .schema import jobs

MS_NUMBERED = 2 * 24 * 60 * 60 * 1000
"""Milliseconds after its latest event for which the number of a call's posts is kept: no call lasts longer"""


class Subscription:
    """The events that one endpoint gets, and those that wait to be posted to it."""

    def __init__(
        self, queue: JobQueue, endpoint: str, kinds: Collection[type[Event]], *, numbered: bool
    ) -> None:
        """Queue events of these kinds; `endpoint` is its fingerprint.

        The events of a call that are `numbered` have a `number`, from 1, without holes through restarts.
        """
        self.queue, self.endpoint = queue, endpoint
        self._kinds, self._numbered = frozenset(kinds), numbered

    def add(self, connection: Connection, event: Event, at: int) -> None:
        """Queue an event, which happened `at` milliseconds since 1970, if the endpoint gets its kind."""
        if type(event) not in self._kinds:
            return
        payload = {**to_dict(event), "timestamp": _iso(at)}
        if self._numbered:
            payload["number"] = self.queue.count_up(connection, JobKind.NUMBERING, event.call_id)
        self.queue.add(
            connection,
            JobKind.WEBHOOK,
            secrets.token_hex(16),
            target=self.endpoint,
            call_id=event.call_id,
            payload=payload,
        )

    def lease(self, at: int, *, until: int, limit: int) -> list[Job]:
        """Lease events that are due at `at`; see `JobQueue.lease`."""
        return self.queue.lease(JobKind.WEBHOOK, self.endpoint, at, until=until, limit=limit)

    def waiting(self) -> int:
        """Count the events that have not arrived."""
        return self.queue.count(JobKind.WEBHOOK, self.endpoint)


class Outbox:
    """The events that wait to be posted."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue
        self._subscriptions: tuple[Subscription, ...] = ()

    def subscribe(
        self, endpoint: str, kinds: Collection[type[Event]], *, numbered: bool = False
    ) -> Subscription:
        """Queue events of these kinds for an endpoint too, from now on; see `Subscription`.

        An event that waits for one endpoint is never posted to another: several programs, each with its own
        endpoints, may share a database.
        """
        subscription = Subscription(self._queue, endpoint, kinds, numbered=numbered)
        self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    def add(self, connection: Connection, event: Event, at: int) -> None:
        """Queue an event for each endpoint that gets its kind; see `Subscription.add`."""
        for subscription in self._subscriptions:
            subscription.add(connection, event, at)

    def forget_call(self, connection: Connection, call_id: str) -> None:
        """Withdraw the events of a call; its end is still posted."""
        is_no_end = jobs.c.payload["type"].as_string() != NAMES[CallEnded]
        self._queue.withdraw(connection, JobKind.WEBHOOK, call_id, is_no_end)

    def forget_old_numbers(self) -> None:
        """Forget how many events were numbered of calls that ended long ago."""
        self._queue.forget_settled(JobKind.NUMBERING, self._queue.clock() - MS_NUMBERED)

    @property
    def endpoints(self) -> list[str]:
        """The fingerprints of the endpoints that are subscribed."""
        return [each.endpoint for each in self._subscriptions]

    def waiting_for_others(self) -> int:
        """Count the events that wait for endpoints that are not subscribed."""
        return self._queue.count_for_others(JobKind.WEBHOOK, self.endpoints)


def _iso(moment: int) -> str:
    """Format milliseconds since 1970 as ISO 8601, in UTC, to the millisecond."""
    utc = datetime.fromtimestamp(moment / 1000, UTC)
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")
