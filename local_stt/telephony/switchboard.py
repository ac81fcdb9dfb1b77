"""Takes calls, each in the thread of its line, which waits for the call's end."""

import functools
import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import nullcontext

from ..core.call_session import CallSession, Emit, OpenSink, StreamHistory
from ..core.media_stream import MAX_CALL_MS, Received, Start
from ..core.opening import Opening
from ..errors import BadMessage, Refused
from ..events import CallStarted, EndReason, TrackSummary
from ..notices import notices
from ..system.parts import Measurement, Part
from ..system.rate_limited_log import RateLimitedLog
from .call_slots import CallSlot, CallSlots, Readiness
from .line_poller import Batch, Line, LinePoller
from .other_hosts import NO_OTHER_HOSTS, OtherHosts, Resumption
from .remembered_calls import RememberedCalls

logger = logging.getLogger(__name__)

ABANDON_TIMEOUT = 1.0
"""Seconds for listeners to learn that calls are over that could not be finished"""

FINISH_TIMEOUT = 10.0
"""Seconds for the last words of calls when the program ends"""

RESTART_TIMEOUT = 15.0
"""Seconds for a stream that was asked for to come"""

LOOK_SECONDS = 1.0
"""Seconds between looks whether it has come to another host"""

RestartStream = Callable[[CallStarted, float, float], bool]
"""Asks for a new stream of a call; says whether one may come.

It takes the call, how far its audio came and how long ago it began, both in seconds.
"""


IsClosed = Callable[[str], bool]
"""Says, by the id of a call that is not remembered here, whether it is kept and over for good"""


CheckStart = Callable[[Start], None]
"""Checks the start of a stream; raises `Refused` for one that must not be taken"""


def accept_any(_: Start) -> None:
    """Take every stream."""


def never(*_: object) -> bool:
    """Return False for any arguments."""
    return False


class Switchboard(Part):
    """Takes calls and publishes their events, until `close` finishes those in progress.

    Safe to share between threads.
    """

    def __init__(
        self,
        open_sink: OpenSink,
        publish: Emit,
        batch: Batch = nullcontext,
        restart_stream: RestartStream = never,
        max_ms: int = MAX_CALL_MS,
        call_slots: CallSlots | None = None,
        is_closed: IsClosed = never,
        seconds_to_finish: float = FINISH_TIMEOUT,
        seconds_to_drain: float = 0.0,
        other_hosts: OtherHosts = NO_OTHER_HOSTS,
    ) -> None:
        """Take calls of at most `max_ms` milliseconds, as many as `call_slots` allows; any number without it.

        `batch` makes a context in which many sinks are given audio.  `is_closed` may be slow, as may what
        `other_hosts` asks.
        """
        self._is_closed, self._seconds_to_finish = is_closed, seconds_to_finish
        self._seconds_to_drain, self._other_hosts = seconds_to_drain, other_hosts
        self._closed_log = RateLimitedLog(
            "A stream of call %.64s was refused: that call is over, and what is kept of it is not changed"
        )
        self.call_slots = call_slots or CallSlots()
        self._full_log = RateLimitedLog(
            "A stream of call %.64s was refused: as many calls as LOCAL_STT_MAX_CALLS allows are being "
            "taken, and this one was not answered here"
        )
        self._max_ms = max_ms
        self._open_sink = open_sink
        self._publish = publish
        self._restart_stream = restart_stream
        self._remembered = RememberedCalls()
        self._broken_sessions: set[CallSession] = set()  # whose calls may go on in another session, or do
        self._left_sessions: set[CallSession] = set()  # whose calls go on at another host
        self._summaries: dict[str, list[TrackSummary]] = {}  # of broken streams, by call that goes on
        self._line_poller = LinePoller(batch)
        self._sessions: dict[Line, CallSession] = {}
        self._movable: set[CallSession] = set()  # those that another host can go on with
        self._changed = threading.Condition()
        self._closing = False

    @property
    def calls(self) -> int:
        """Number of calls being taken.

        It includes those whose last words are still to come, but not those whose streams broke.
        """
        return len(self._sessions) - len(self._broken_sessions)

    def take(
        self,
        line: Line,
        slot: CallSlot | None = None,
        check_start: CheckStart = accept_any,
        *,
        can_move: bool = False,
    ) -> None:
        """Follow one call from its first message to its last word.  Returns when it is over.

        `slot` is what the call got at its handshake; the caller releases it.  `check_start` checks the
        message that starts the stream.  `can_move` says whether another host can ask for the stream.
        """
        slot = slot or CallSlot(CallSlots(), math.inf)
        admit = functools.partial(self._admit, slot)
        session = CallSession(self._open_sink, self._publish, admit, self._max_ms)
        with self._changed:
            closing = self._closing
            self._sessions[line] = session
            if can_move:
                self._movable.add(session)
        reason = EndReason.FAILED
        try:
            if not closing:
                reason = self._follow(line, session, slot, check_start)
        finally:
            line.hang_up()
            with self._changed:
                del self._sessions[line]
                self._movable.discard(session)
                if session in self._left_sessions:
                    self._remembered.leave(session.call_id)
                elif session not in self._broken_sessions:
                    self._remember_session(session, reason)
                self._broken_sessions.discard(session)
                self._left_sessions.discard(session)
                self._changed.notify_all()

    def end_turns(self, call_id: str) -> bool:
        """End the turns of a call in progress; return whether there is such a call."""
        with self._changed:
            sessions = [session for session in self._sessions.values() if session.call_id == call_id]
        for session in sessions:
            session.end_turns()
        return bool(sessions)

    def leave_taken(self) -> None:
        """Leave the calls in progress that other hosts have taken over."""
        with self._changed:
            sessions = self._movable_sessions()
        self._leave(each for each in sessions if self._other_hosts.follow(each[1].call_id))

    def close(self) -> None:
        """Finish the calls in progress, and inform the user how many could not be finished.

        Before that, calls may go on for a while, and no others are taken.  Then other hosts, if there are
        any, go on with those that are left.
        """
        self._wait_for_ends(self._seconds_to_drain)
        seconds = self._seconds_to_finish
        if self._other_hosts.are_there():
            with self._changed:
                self._leave(self._movable_sessions())
        if unfinished := self.drain(seconds):
            notices.info(
                f"{unfinished} calls could not be finished in {seconds:.0f} s (LOCAL_STT_FINISH_SECONDS)."
            )

    def measurements(self) -> Iterable[Measurement]:
        """Return what is measured: the number of calls, and how many more there can be."""
        slots = self.call_slots
        return (
            Measurement("calls", "Calls in progress", lambda: self.calls),
            Measurement("capacity", "Calls that are taken at once, at most", lambda: slots.max_calls),
            Measurement("load", "Share of the capacity in use or expected, 0 to 1", lambda: slots.load),
            Measurement(
                "ready",
                "1 if another call would be taken, else 0",
                lambda: slots.readiness is Readiness.READY,
            ),
            Measurement("draining", "1 while the program stops", lambda: slots.is_draining),
        )

    def _wait_for_ends(self, seconds: float) -> None:
        """Take no new calls, and wait until those in progress have ended, for `seconds` at most."""
        self.call_slots.drain()
        if seconds and self.calls:
            notices.info(
                f"{self.calls} calls may go on for {seconds:.0f} s (LOCAL_STT_DRAIN_SECONDS); no new "
                "ones are taken."
            )
        with self._changed:
            self._changed.wait_for(lambda: not self._sessions, timeout=seconds)

    def _movable_sessions(self) -> list[tuple[Line, CallSession]]:
        return [(line, session) for line, session in self._sessions.items() if session in self._movable]

    def _leave(self, sessions: Iterable[tuple[Line, CallSession]]) -> None:
        """Stop following calls that go on at other hosts."""
        for line, session in sessions:
            if session.call_id:
                self._left_sessions.add(session)
                line.hang_up()

    def drain(self, seconds: float) -> int:
        """Hang up all calls, and wait at most `seconds` for their last words.

        Returns how many calls could not be finished in that time.
        """
        with self._changed:
            self._closing = True
            lines = tuple(self._sessions)
            self._changed.notify_all()  # those who wait for another stream need not any more
        for line in lines:
            line.hang_up()
        with self._changed:
            self._changed.wait_for(lambda: not self._sessions, timeout=seconds)
            unfinished = tuple(self._sessions.values())
        # In a thread that may be left behind: a listener that blocks the calls may block this as well.
        abandon = threading.Thread(target=self._abandon, args=(unfinished,), daemon=True)
        abandon.start()
        abandon.join(ABANDON_TIMEOUT)
        return len(unfinished)

    def resume(
        self,
        call: CallStarted,
        heard: float,
        since: float,
        request_stream: Callable[[], bool],
        on_missing: Callable[[], None] = lambda: None,
    ) -> Resumption:
        """Ask for a new stream of a call, and wait for it; return where it has come.

        The call began `since` seconds ago, and its audio came up to second `heard`.  `request_stream`
        asks for the stream, and says whether to wait for it.  A stream that has come counts in any case, as
        an answer may be lost.  `on_missing` is called when none has come, before any other can come.
        """
        call_id = call.call_id
        with self._changed:
            before = self._remembered.last_admission(call_id)
            self._remembered.expect(call_id, since, heard)  # before it is asked for, which takes its time
        self.call_slots.expect(call_id, math.inf)
        is_asked = _request_succeeds(request_stream, call_id)
        is_elsewhere = is_asked and self._comes_elsewhere(call_id, before)
        with self._changed:
            self.call_slots.cancel(call_id)
            if self._remembered.last_admission(call_id) > before:
                return Resumption.HERE
            if is_elsewhere:
                self._remembered.forget(call_id)
                return Resumption.ELSEWHERE
            self._remembered.end_waiting(call_id)
            on_missing()
        return Resumption.NOWHERE

    def _comes_elsewhere(self, call_id: str, before: int) -> bool:
        """Wait for a stream that was asked for; return whether another host has it."""
        deadline = time.monotonic() + RESTART_TIMEOUT
        while (left := deadline - time.monotonic()) > 0:
            with self._changed:
                if self._changed.wait_for(
                    lambda: self._closing or self._remembered.last_admission(call_id) > before,
                    min(left, LOOK_SECONDS),
                ):
                    return False
            if self._other_hosts.follow(call_id):
                return True
        return False

    def _is_active(self, call_id: str) -> bool:
        sessions = (session for session in self._sessions.values() if session not in self._broken_sessions)
        return any(session.call_id == call_id for session in sessions)

    def _admit(self, slot: CallSlot, call_id: str) -> StreamHistory:
        with self._changed:
            if self._is_active(call_id):
                raise BadMessage(f"call {call_id} is being streamed already")
            if self._remembered.is_over(call_id):
                self._refuse_closed(call_id)
            if not slot.assign(call_id):
                self._full_log.warn(call_id)
                raise Refused(f"there is no place for call {call_id}")
            self._changed.notify_all()
            return self._remembered.admit(call_id)

    def _remember_session(self, session: CallSession, reason: EndReason) -> None:
        """Remember a call that is over; its stream may begin again, unless it was hung up."""
        if session.call_id:
            for_good = reason is EndReason.HUNG_UP
            self._remembered.end(session.call_id, session.began, session.seconds, for_good=for_good)

    def _refuse_if_closed(self, call_id: str) -> None:
        """Refuse the stream of a call that is kept and over for good, unless the call is remembered here."""
        with self._changed:
            is_known = call_id in self._remembered or self._is_active(call_id)
        if not is_known and self._is_closed(call_id):
            self._refuse_closed(call_id)

    def _refuse_closed(self, call_id: str) -> None:
        self._closed_log.warn(call_id)
        raise Refused(f"call {call_id} is over")

    def _open(self, line: Line, messages: deque[Received], check_start: CheckStart) -> EndReason | None:
        """Wait for the message that starts the stream, and put it first in `messages`.

        Return why the stream is over if it never starts.  The store is asked here, in the call's own thread,
        since nothing in a round may wait.
        """
        opening = Opening()
        reason = self._line_poller.follow(line, opening, messages)
        if opening.start is None:
            return reason
        try:
            check_start(opening.start)
            self._refuse_if_closed(opening.start.call_id)
            if opening.start.began_ms:
                self._leave_former(opening.start.call_id)
        except Refused:
            return EndReason.BAD_MESSAGE
        messages.appendleft(opening.message)
        return None

    def _leave_former(self, call_id: str) -> None:
        """Leave the former stream of a call whose new one has come, as another host has asked for it.

        That host could not know that the former one lives: this host was cut off from the store.
        """
        with self._changed:
            former = [each for each in self._movable_sessions() if each[1].call_id == call_id]
            active = [each for each in former if each[1] not in self._broken_sessions]
            self._leave(active)
            self._changed.wait_for(
                lambda: not any(line in self._sessions for line, _ in active), RESTART_TIMEOUT
            )

    def _follow(self, line: Line, session: CallSession, slot: CallSlot, check_start: CheckStart) -> EndReason:
        """Follow a stream to its end; return why it is over."""
        messages: deque[Received] = deque()
        reason = self._open(line, messages, check_start) or self._line_poller.follow(line, session, messages)
        line.hang_up()  # before the last words, which may take a while on a busy machine
        if reason is EndReason.DISCONNECTED and self._try_to_resume(session, slot):
            return reason
        if session in self._left_sessions:
            self._finish_here(session)
            return reason
        reason = EndReason.SHUTDOWN if self._closing else reason
        self._finish(session, reason)
        return reason

    def _try_to_resume(self, session: CallSession, slot: CallSlot) -> bool:
        """Try to get a new stream of the call; return whether it came here, so that the call goes on."""
        call = session.call
        if call is None or self._closing or session in self._left_sessions:
            return False
        with self._changed:
            self._broken_sessions.add(session)
            since = session.began + self._remembered.seconds_streamed(call.call_id)

        def request_stream() -> bool:
            slot.is_broken = True  # not before, as the call is expected only now
            return self._restart_stream(call, heard, since)

        def on_missing() -> None:
            self._broken_sessions.discard(session)
            slot.is_broken = False

        heard = session.seconds
        match self.resume(call, heard, since, request_stream, on_missing):
            case Resumption.NOWHERE:
                return False
            case Resumption.ELSEWHERE:
                with self._changed:
                    self._broken_sessions.discard(session)
                    self._left_sessions.add(session)
                return False
        try:
            session.flush()
        except Exception:
            logger.exception("The last words before the stream of call %s broke are lost", call.call_id)
        with self._changed:
            self._summaries.setdefault(call.call_id, []).extend(session.summaries())
        return True

    def _finish_here(self, session: CallSession) -> None:
        """Publish the last words of a call that goes on at another host."""
        try:
            session.flush()
            self._wait_for_predecessors(session)
        except Exception:
            logger.exception(
                "The last words of call %s before another host took it are lost", session.call_id
            )
        self._summaries.pop(session.call_id, None)
        self._other_hosts.on_left(session.call_id)

    def _wait_for_predecessors(self, session: CallSession) -> None:
        """Wait for the call's earlier sessions, as their last words come before its end."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._closing or all(each.call_id != session.call_id for each in self._broken_sessions)
                )
            )

    def _finish(self, session: CallSession, reason: EndReason) -> None:
        """Publish the call's last events, even after an error: listeners must learn that it is over."""
        try:
            session.flush()
            self._wait_for_predecessors(session)
            session.finish(reason, self._summaries.get(session.call_id, ()))
        except Exception:
            logger.exception("The last words of call %s are lost", session.call_id)
            session.abandon(EndReason.FAILED, self._summaries.get(session.call_id, ()))
        self._summaries.pop(session.call_id, None)

    def _abandon(self, sessions: tuple[CallSession, ...]) -> None:
        for session in sessions:
            if session not in self._left_sessions:
                session.abandon(EndReason.SHUTDOWN, self._summaries.get(session.call_id, ()))


def _request_succeeds(request_stream: Callable[[], bool], call_id: str) -> bool:
    try:
        return request_stream()
    except Exception:
        logger.exception("The stream of call %s could not be asked for", call_id)
        return False
