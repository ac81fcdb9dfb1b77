"""One thread that goes round all lines, ten times a second.

A thread for each line would wake for every one of them, and they would wait for each other all the
time: Python runs one at a time.  And recognizers get their work in bursts, which they do for a
quarter less than when it trickles in: what they share stays in the processor's cache.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from .errors import BadMessage
from .events import EndReason
from .session import CallSession

logger = logging.getLogger(__name__)

EVERY = 0.1
"""Seconds"""


Burst = Callable[[], AbstractContextManager[None]]
"""Makes the context in which a round is gone"""


class Line(Protocol):
    """One call's connection."""

    has_more: bool
    """Whether more had come than was taken at once"""

    def take(self) -> list[str | bytes] | None:
        """What has come, without waiting; None when no more will.  Raises `BadMessage`."""
        ...

    def hang_up(self) -> None:
        """Close the connection.  May be called by any thread, and again."""
        ...


class _Followed:
    """A call that is followed, and how it ended once it is over."""

    def __init__(self, line: Line, session: CallSession) -> None:
        self.line, self.session = line, session
        self.reason = EndReason.DISCONNECTED
        self.is_over = threading.Event()


class Rounds:
    """Passes on what comes on each line to its session.  Safe to share between threads.

    The thread lives only while there are calls.
    """

    def __init__(self, burst: Burst = nullcontext) -> None:
        """`burst` surrounds each round."""
        self._burst = burst
        self._calls: dict[_Followed, None] = {}
        self._lock = threading.Lock()
        self._going = False

    def follow(self, line: Line, session: CallSession) -> EndReason:
        """Return when the call is over, with the reason."""
        call = _Followed(line, session)
        with self._lock:
            self._calls[call] = None
            if not self._going:
                self._going = True
                threading.Thread(target=self._go, name="rounds", daemon=True).start()
        call.is_over.wait()
        return call.reason

    def _go(self) -> None:
        while calls := self._still_followed():
            with self._burst():
                more = [_visit(call) for call in calls]
            if not any(more):
                time.sleep(EVERY - time.monotonic() % EVERY)

    def _still_followed(self) -> tuple[_Followed, ...]:
        with self._lock:
            self._calls = {call: None for call in self._calls if not call.is_over.is_set()}
            self._going = bool(self._calls)
            return tuple(self._calls)


def _visit(call: _Followed) -> bool:
    """Take what has come; whether there was more than that."""
    if not call.session.ready:
        return False  # what comes waits in its connection
    reason = _reason_to_end(call.line, call.session)
    if reason:
        call.reason = reason
        call.is_over.set()
    return not reason and call.line.has_more


def _reason_to_end(line: Line, session: CallSession) -> EndReason | None:
    """Take what has come; why the call is over, or None."""
    try:
        messages = line.take()
        for message in messages or ():
            session.receive(message)
            if session.stopped:
                return EndReason.HUNG_UP
    except BadMessage as error:
        logger.warning("Call %s is closed: %s", session.call_id or "(not started)", error)
        return EndReason.BAD_MESSAGE
    except Exception:
        logger.exception("Call %s is closed by an error in this program", session.call_id)
        return EndReason.FAILED
    return EndReason.DISCONNECTED if messages is None else None
