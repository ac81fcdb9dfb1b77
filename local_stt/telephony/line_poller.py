"""One thread that goes round all lines, ten times a second.

A thread for each line would wake for every one of them, and they would wait for each other all the
time: Python runs one at a time.  And recognizers get their work in batches, which they do for a
quarter less than when it trickles in: what they share stays in the processor's cache.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from ..errors import BadDigit, BadMessage, Refused, StrayMessage
from ..events import EndReason
from ..system.polling_thread import PollingThread
from ..system.rate_limited_log import RateLimitedLog
from ..system.waiting import Waiting

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1
"""Seconds"""

MAX_VISIT_SECONDS = 0.02
"""Of one round that one call may take, when it sends more than it can speak"""

START_TIMEOUT = 10.0
"""Of looking, after which a connection that has not started a call is closed: it would keep a line busy"""

MAX_STRAY = 10
"""Messages of a call that cannot be read, before it is closed: its sender is no Twilio"""

Batch = Callable[[], AbstractContextManager[None]]
"""Makes the context in which a round is gone"""


class Line(Protocol):
    """One call's connection."""

    has_more: bool
    """Whether more had come than was taken at once"""

    def read_messages(self) -> list[str | bytes] | None:
        """What has come, without waiting; None when no more will.  Raises `BadMessage`."""
        ...

    def hang_up(self) -> None:
        """Close the connection.  May be called by any thread, and again."""
        ...


class Session(Protocol):
    """Takes the messages of one stream."""

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
        """Whether more may be received now."""
        ...

    def receive(self, text: str | bytes) -> None:
        """Take one message.  Raises `BadMessage` for one that makes no sense."""
        ...


class _Followed:
    """A call that is followed, and how it ended once it is over."""

    def __init__(
        self, line: Line, session: Session, messages: deque[str | bytes], not_started: RateLimitedLog
    ) -> None:
        """`messages` are taken, and not passed on yet; `not_started` is warned of why a stream is closed
        that has started no call."""
        self.line, self.session, self.not_started = line, session, not_started
        self.waiting = Waiting()  # for the call to start
        self.messages = messages
        self.ignored = 0  # messages
        self.stray = 0  # messages
        self.reason = EndReason.DISCONNECTED
        self.is_over = threading.Event()

    def end(self, reason: EndReason) -> None:
        """It is over."""
        self.reason = reason
        self.is_over.set()


class LinePoller:
    """Passes on what comes on each line to its session.  Safe to share between threads."""

    def __init__(self, batch: Batch = nullcontext) -> None:
        """`batch` surrounds each round."""
        self._batch = batch
        self._not_started = RateLimitedLog("Call (not started) is closed: %s")
        self._calls: PollingThread[_Followed] = PollingThread("line-poller", self._poll, _fail)

    def follow(self, line: Line, session: Session, messages: deque[str | bytes] | None = None) -> EndReason:
        """Return when the call is over, with the reason.

        `messages` were taken from the line before and come first; what is left of them stays there.
        """
        call = _Followed(line, session, deque() if messages is None else messages, self._not_started)
        self._calls.poll_until_over(call)
        if call.ignored > 1:
            logger.warning("%d messages of call %s were ignored", call.ignored, session.call_id)
        return call.reason

    def _poll(self, calls: tuple[_Followed, ...]) -> None:
        with self._batch():
            more = [_visit(call) for call in calls]
        if not any(more):
            time.sleep(POLL_SECONDS - time.monotonic() % POLL_SECONDS)


def _fail(call: _Followed) -> None:
    call.end(EndReason.FAILED)


def _visit(call: _Followed) -> bool:
    """Pass on what has come; whether there is more to be done at once."""
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
    """Log why a call is closed, sparingly where none has started: somebody could fill a disk otherwise."""
    if isinstance(error, Refused):
        return
    if call.session.call_id:
        logger.warning("Call %s is closed: %s", call.session.call_id, error)
    else:
        call.not_started.warn(error)


def _ignore(call: _Followed, error: BadMessage) -> None:
    """Log the first of a call, and count the others: somebody may send any number."""
    if not call.ignored:
        logger.warning("A message of call %s is ignored: %s", call.session.call_id, error)
    call.ignored += 1


def _ignore_if_few(call: _Followed, error: StrayMessage) -> None:
    """Ignore a stray message of a call that has started.  Raises it again when there are too many."""
    if not call.session.call_id or call.stray >= MAX_STRAY:
        raise error
    call.stray += 1
    _ignore(call, error)


def _receive(call: _Followed) -> EndReason | None:
    """Take what has come, and pass it on for as long as one call may hold up the others.

    The reason if the call is over.
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
    # What is taken and not passed on yet may be its start.
    if not session.call_id and call.waiting.tick() > START_TIMEOUT and not call.messages:
        raise BadMessage(f"no call started in {START_TIMEOUT:.0f} s")
    return None
