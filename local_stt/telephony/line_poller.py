"""Polls all lines in one thread, ten times a second.

Threads for each line would wake all the time and wait for each other, as Python runs one at a time.  And
recognizers get their work in batches, which takes a quarter less than when it trickles in: what they share
stays in the processor's cache.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from ..core.media_stream import Received
from ..errors import BadDigit, BadMessage, Refused, StrayMessage
from ..events import EndReason
from ..system.polling_thread import PollingThread
from ..system.rate_limited_log import RateLimitedLog
from ..system.waiting import Waiting

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1
"""Seconds from one round to the next"""

URGENT_SECONDS = 0.01
"""Seconds after which a line is read again whose other end waits for an answer"""

MAX_VISIT_SECONDS = 0.02
"""Seconds of a round that one call may take, even if it sends more than can be spoken"""

START_TIMEOUT = 10.0
"""Seconds of polling after which a connection that has started no call is closed: it takes up a line"""

MAX_STRAY = 10
"""Stray messages of a call that are ignored before it is closed: its sender is not Twilio"""

Batch = Callable[[], AbstractContextManager[None]]
"""Makes the context manager that surrounds a round"""


class Line(Protocol):
    """The connection of one call."""

    has_more: bool
    """Whether more had come than one read takes"""

    @property
    def is_urgent(self) -> bool:
        """Whether the other end sends nothing more until it is answered."""

    def read_messages(self) -> Sequence[Received] | None:
        """Return the messages that have arrived; None when no more will come.  Raises `BadMessage`."""
        ...

    def hang_up(self) -> None:
        """Close the connection.  Any thread may call it, more than once."""
        ...


class Session(Protocol):
    """What takes the messages of one stream."""

    @property
    def call_id(self) -> str:
        """The call's id; empty before the call has started."""
        ...

    @property
    def stopped(self) -> bool:
        """Whether no more messages are wanted."""
        ...

    @property
    def ready(self) -> bool:
        """Whether it takes a message now."""
        ...

    def receive(self, message: Received) -> None:
        """Take one message.  Raises `BadMessage` for one that makes no sense."""
        ...


class _Followed:
    """A call that is followed, and once it is over, the reason."""

    def __init__(
        self, line: Line, session: Session, messages: deque[Received], not_started: RateLimitedLog
    ) -> None:
        """Begin with `messages`, which were read from the line and not passed on yet.

        `not_started` logs why a stream is closed that has started no call.
        """
        self.line, self.session, self.not_started = line, session, not_started
        self.waiting = Waiting()  # for the call to start
        self.messages = messages
        self.ignored = 0  # messages
        self.stray = 0  # messages
        self.reason = EndReason.DISCONNECTED
        self.is_over = threading.Event()

    def end(self, reason: EndReason) -> None:
        """Note that the call is over, and why."""
        self.reason = reason
        self.is_over.set()


class LinePoller:
    """Passes the messages of each line to its session.  Safe to share between threads."""

    def __init__(self, batch: Batch = nullcontext) -> None:
        """Run each round in a context that `batch` makes."""
        self._batch = batch
        self._not_started = RateLimitedLog("Call (not started) is closed: %s")
        self._calls: PollingThread[_Followed] = PollingThread("line-poller", self._poll, _fail)

    def follow(self, line: Line, session: Session, messages: deque[Received] | None = None) -> EndReason:
        """Pass on the messages of a line until its call is over; return the reason.

        `messages` were read from the line before and come first; those that are not passed on stay there.
        """
        call = _Followed(line, session, deque() if messages is None else messages, self._not_started)
        self._calls.poll_until_over(call)
        if call.ignored > 1:
            logger.warning("%d messages of call %s were ignored", call.ignored, session.call_id)
        return call.reason

    def _poll(self, calls: tuple[_Followed, ...]) -> None:
        next_round = (time.monotonic() // POLL_SECONDS + 1) * POLL_SECONDS
        if self._visit_all(calls):
            return
        while (left := next_round - time.monotonic()) > 0:
            urgent = [call for call in calls if call.line.is_urgent and not call.is_over.is_set()]
            if not urgent or left <= URGENT_SECONDS:
                time.sleep(left)
                return
            time.sleep(URGENT_SECONDS)
            self._visit_all(urgent)

    def _visit_all(self, calls: Iterable[_Followed]) -> bool:
        """Pass on what has come on lines; return whether there is more to pass on at once."""
        with self._batch():
            more = [_visit(call) for call in calls]
        return any(more)


def _fail(call: _Followed) -> None:
    call.end(EndReason.FAILED)


def _visit(call: _Followed) -> bool:
    """Pass on what has come on a line; return whether there is more to pass on at once."""
    try:
        reason = _receive(call)
        more = bool(call.messages) or call.line.has_more
    except BadMessage as error:
        _log(call, error)
        reason, more = EndReason.BAD_MESSAGE, False
    except Exception:
        logger.exception("Call %s is closed by an error in this program", call.session.call_id)
        reason, more = EndReason.FAILED, False
    if reason:
        call.end(reason)
    return more and not reason and call.session.ready


def _log(call: _Followed, error: BadMessage) -> None:
    """Log why a call is closed; rarely where no call has started, or anyone could fill the disk."""
    if isinstance(error, Refused):
        return
    if call.session.call_id:
        logger.warning("Call %s is closed: %s", call.session.call_id, error)
    else:
        call.not_started.warn(error)


def _ignore(call: _Followed, error: BadMessage) -> None:
    """Log the first ignored message of a call, and count the others: anyone may send any number."""
    if not call.ignored:
        logger.warning("A message of call %s is ignored: %s", call.session.call_id, error)
    call.ignored += 1


def _ignore_if_few(call: _Followed, error: StrayMessage) -> None:
    """Ignore a stray message; raise it again if no call has started or there were too many."""
    if not call.session.call_id or call.stray >= MAX_STRAY:
        raise error
    call.stray += 1
    _ignore(call, error)


def _receive(call: _Followed) -> EndReason | None:
    """Read what has come, and pass it on for as long as one call may hold up the others.

    Return why the call is over, or None if it goes on.  Raises `BadMessage`.
    """
    session, until = call.session, time.monotonic() + MAX_VISIT_SECONDS
    if not call.messages and session.ready:
        received = call.line.read_messages()
        if received is None:
            return EndReason.DISCONNECTED
        call.messages.extend(received)
    while call.messages and session.ready and time.monotonic() < until:
        try:
            session.receive(call.messages.popleft())
        except BadDigit as error:
            if not session.call_id:
                raise
            _ignore(call, error)
        except StrayMessage as error:
            _ignore_if_few(call, error)
        if session.stopped:
            return EndReason.HUNG_UP
    # A message that is not passed on yet may start the call.
    if not session.call_id and call.waiting.tick() > START_TIMEOUT and not call.messages:
        raise BadMessage(f"no call started in {START_TIMEOUT:.0f} s")
    return None
