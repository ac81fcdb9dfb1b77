"""Post the events that wait for an endpoint, in a thread, until it has them.

Calls never wait for an endpoint.  The end of the program waits for a moment at most: what has not arrived by
then stays in the store.
"""

import logging
import math
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from ..net.timeouts import all_within, root_cause
from ..notices import notices
from ..store import DatabaseError, Job, Subscription, now, reason
from .backoff import asked_for, back_off, is_given_up
from .endpoint import RESPONSE_TIMEOUT, Endpoint, PostResult

logger = logging.getLogger(__name__)

MAX_AT_ONCE = 8
"""Posts at the same time, each of another call"""

LEASE_SECONDS = 30.0
"""Length of a lease, longer than a round takes: nobody else may have a post while it is under way"""

MIN_REST, MAX_REST = 0.5, 10.0
"""Seconds between rounds while nothing arrives"""

REST = 5
"""Length of a rest in rounds like the last: neither a dead endpoint nor a long queue may cost much"""


class WebhookDispatcher:
    """A thread that posts what waits for an endpoint.  `send_due` does one round without the thread."""

    def __init__(
        self,
        subscription: Subscription,
        endpoint: Endpoint,
        *,
        wall: Callable[[], int] = now,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Use `wall`, in milliseconds since 1970, for times that the endpoint shares.

        Posts wait by the queue's clock, which is not adjusted.  `chance` returns a random number from 0 to 1.
        """
        self._subscription, self._queue, self._endpoint = subscription, subscription.queue, endpoint
        self._wall, self._chance = wall, chance
        self.delivered = self.given_up = 0
        self._quiet_until = 0.0
        self._failing = self._blind = False
        self._closing, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._send, name="webhooks", daemon=True)

    @property
    def waiting(self) -> float:
        """Number of events that are not delivered yet; nan while the store cannot be read."""
        try:
            return self._subscription.waiting()
        except DatabaseError:
            return math.nan

    def start(self) -> None:
        """Start the thread that sends."""
        self._thread.start()

    def close(self, seconds: float) -> None:
        """Send what is due, for `seconds` at most; the next start sends what does not arrive."""
        self._closing.set()
        self._thread.join(seconds)
        self._over.set()

    def send_due(self) -> int:
        """Post some events that are due, at the same time; return how many arrived.

        Raises SQLAlchemy's errors when the store cannot be reached or written.
        """
        at = self._queue.clock()
        if at < self._quiet_until:
            return 0
        batch = self._subscription.lease(at, until=at + _ms(LEASE_SECONDS), limit=MAX_AT_ONCE)
        signed_at = self._wall()
        outcomes = all_within(
            RESPONSE_TIMEOUT,
            [partial(self._endpoint.post, job.key, job.payload, signed_at) for job in batch],
        )
        if self._over.is_set():
            return 0  # and the store is closed
        answers = [_answer(outcome) for outcome in outcomes]
        for job, answer in zip(batch, answers, strict=True):
            self._settle(job, answer)
        failures = [answer.failure for answer in answers if answer.failure]
        self._say_how_it_goes(arrived=len(batch) - len(failures), failures=failures)
        return len(batch) - len(failures)

    def _settle(self, job: Job, answer: PostResult) -> None:
        """Note the outcome of a post."""
        if not answer.failure:
            self._queue.complete(job)
            self.delivered += 1
            return
        logger.info("Webhook %s, attempt %d: %s", job.key, job.attempts, answer.failure)
        at = self._queue.clock()
        asked = asked_for(answer.retry_after, self._wall() / 1000)
        if answer.is_gone:
            self._quiet_until = math.inf
        elif answer.is_busy:
            self._quiet_until = max(self._quiet_until, at + _ms(asked))
        if not is_given_up((at - job.created_at) / 1000, job.attempts):
            wait = max(asked, back_off(job.attempts, self._chance()))
            self._queue.retry_later(job, at + _ms(wait))
        else:
            self._queue.complete(job)
            self.given_up += 1
            logger.warning(
                "Webhook %s of call %s is given up after three days: %s", job.key, job.call_id, answer.failure
            )

    def _say_how_it_goes(self, *, arrived: int, failures: list[str]) -> None:
        host = self._endpoint.host
        if failures and self._quiet_until == math.inf:
            notices.info(f"{host} wants no more webhooks (410). They are kept, and sent by the next start.")
        elif arrived and self._failing:
            self._failing = False
            notices.info(f"{host} takes webhooks again.")
        elif failures and not arrived and not self._failing:
            self._failing = True
            notices.info(f"{host} does not take webhooks: {failures[0]}. They are kept and sent again.")

    def _send(self) -> None:
        while not self._over.is_set():
            closing, began = self._closing.is_set(), time.monotonic()
            if self._sent():
                continue
            if closing:
                return
            rest = REST * (time.monotonic() - began)
            self._closing.wait(min(max(MIN_REST, rest), MAX_REST))

    def _sent(self) -> int:
        try:
            arrived = self.send_due()
        except DatabaseError as error:
            if not self._blind:
                logger.warning("Webhooks wait for the store: %s", reason(error))
            self._blind = True
            return 0
        except Exception:  # one mistake must not end all later posts
            logger.exception("Webhooks could not be posted")
            return 0
        self._blind = False
        return arrived


def _answer(outcome: "Future[PostResult]") -> PostResult:
    try:
        return outcome.result()
    except Exception as error:  # noqa: BLE001  (nothing an endpoint does may end this thread)
        cause = root_cause(error)
        if isinstance(cause, TimeoutError):
            return PostResult(silence="it did not answer in time")
        # The text of an error is left out: it may contain the whole address.
        return PostResult(silence=getattr(cause, "strerror", None) or type(cause).__name__)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
