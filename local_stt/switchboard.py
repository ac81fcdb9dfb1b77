"""The calls being taken, each in the thread that its line belongs to."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from .errors import BadMessage
from .events import CallEnded, EndReason, Event
from .hub import Hub
from .session import CallSession, Recognizer

logger = logging.getLogger(__name__)


class Line(Protocol):
    """One call's connection."""

    def receive(self) -> str | bytes | None:
        """Wait for the next message; None when no more will come.  Raises `BadMessage`."""
        ...

    def hang_up(self) -> None:
        """Close the connection.  May be called by any thread, and again."""
        ...


class Switchboard:
    """Takes calls and tells the hub what happens on them.  Safe to share between threads."""

    def __init__(self, open_recognizer: Callable[[], Recognizer], hub: Hub) -> None:
        self._open_recognizer = open_recognizer
        self._hub = hub
        self._lines: set[Line] = set()
        self._changed = threading.Condition()
        self._closing = False

    def take(self, line: Line) -> None:
        """Follow one call from its first message to its last word.  Returns when it is over."""
        with self._changed:
            self._lines.add(line)
            closing = self._closing
        try:
            if not closing:
                self._follow(line)
        finally:
            line.hang_up()
            with self._changed:
                self._lines.discard(line)
                self._changed.notify_all()

    def drain(self, seconds: float) -> int:
        """Hang up every call and wait until its last words are out; how many did not get there."""
        with self._changed:
            self._closing = True
            lines = tuple(self._lines)
        for line in lines:
            line.hang_up()
        with self._changed:
            self._changed.wait_for(lambda: not self._lines, timeout=seconds)
            return len(self._lines)

    def _follow(self, line: Line) -> None:
        session = CallSession(self._open_recognizer)
        reason = EndReason.DISCONNECTED
        try:
            while not session.ended and (message := line.receive()) is not None:
                self._hub.publish(session.receive(message))
        except BadMessage as error:
            logger.warning("Call %s is closed: %s", session.call_id or "(not started)", error)
            reason = EndReason.BAD_MESSAGE
        except Exception:
            logger.exception("Call %s is closed by an error in this program", session.call_id)
            reason = EndReason.FAILED
        finally:
            self._hub.publish(_finished(session, EndReason.SHUTDOWN if self._closing else reason))


def _finished(session: CallSession, reason: EndReason) -> list[Event]:
    """The call's last events, whatever happens: listeners must learn that it is over."""
    try:
        return session.finish(reason)
    except Exception:
        logger.exception("The last words of call %s are lost", session.call_id)
        return [CallEnded(session.call_id, EndReason.FAILED, 0.0)]
