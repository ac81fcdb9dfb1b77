"""The calls being taken, each in the thread that its line belongs to, which waits for its end."""

import logging
import threading
from contextlib import nullcontext

from .errors import BadMessage
from .events import EndReason
from .hub import Hub
from .rounds import Burst, Line, Rounds
from .session import CallSession, OpenListener

logger = logging.getLogger(__name__)


SECONDS_TO_ABANDON = 1.0
"""How long listeners may take to learn that calls are over that could not be finished"""


class Switchboard:
    """Takes calls and tells the hub what happens on them.  Safe to share between threads."""

    def __init__(self, open_listener: OpenListener, hub: Hub, burst: Burst = nullcontext) -> None:
        """`burst` makes a context in which many listeners are given audio."""
        self._open_listener = open_listener
        self._hub = hub
        self._rounds = Rounds(burst)
        self._sessions: dict[Line, CallSession] = {}
        self._changed = threading.Condition()
        self._closing = False

    @property
    def calls(self) -> int:
        """How many are being taken, those included whose last words are still to come."""
        return len(self._sessions)

    def take(self, line: Line) -> None:
        """Follow one call from its first message to its last word.  Returns when it is over."""
        session = CallSession(self._open_listener, self._hub.publish, self._admit)
        with self._changed:
            closing = self._closing
            self._sessions[line] = session
        try:
            if not closing:
                self._follow(line, session)
        finally:
            line.hang_up()
            with self._changed:
                del self._sessions[line]
                self._changed.notify_all()

    def drain(self, seconds: float) -> int:
        """Hang up every call and wait until its last words are out; how many did not get there."""
        with self._changed:
            self._closing = True
            lines = tuple(self._sessions)
        for line in lines:
            line.hang_up()
        with self._changed:
            self._changed.wait_for(lambda: not self._sessions, timeout=seconds)
            unfinished = tuple(self._sessions.values())
        # In a thread that may be left behind: what keeps them may be a listener that keeps this as well.
        abandon = threading.Thread(target=_abandon, args=(unfinished,), daemon=True)
        abandon.start()
        abandon.join(SECONDS_TO_ABANDON)
        return len(unfinished)

    def _admit(self, call_id: str) -> None:
        with self._changed:
            if any(session.call_id == call_id for session in self._sessions.values()):
                raise BadMessage(f"call {call_id} is being streamed already")

    def _follow(self, line: Line, session: CallSession) -> None:
        reason = self._rounds.follow(line, session)
        line.hang_up()  # before the last words, which may take a while on a busy machine
        self._finish(session, EndReason.SHUTDOWN if self._closing else reason)

    def _finish(self, session: CallSession, reason: EndReason) -> None:
        """Tell the call's last events, whatever happens: listeners must learn that it is over."""
        try:
            session.finish(reason)
        except Exception:
            logger.exception("The last words of call %s are lost", session.call_id)
            session.abandon(EndReason.FAILED)


def _abandon(sessions: tuple[CallSession, ...]) -> None:
    for session in sessions:
        session.abandon(EndReason.SHUTDOWN)
