"""Limits how many calls are taken at once, and decides which streams get a slot."""

import math
import threading
import time
from collections.abc import Callable
from enum import StrEnum

from .refusals import Refusals

STREAM_TIMEOUT = 30.0
"""Seconds for the stream of an answered call to come; Twilio opens it as soon as the TwiML says so"""

MARGIN = 8
"""Handshakes beyond the number of expected calls, as some may turn out to be of other calls"""


class Readiness(StrEnum):
    """Whether new calls are taken, and why not."""

    READY = "ready"
    FULL = "full"
    """As many calls as can be are taken or expected"""
    DRAINING = "draining"
    """The program is about to stop"""


class CallSlot:
    """The place of one stream, from its handshake to its last word."""

    def __init__(self, slots: "CallSlots", max_calls: float) -> None:
        """Allow `max_calls` calls at once, its own included."""
        self._slots, self.max_calls = slots, max_calls
        self.call_id = ""
        """Id of the call; empty until the stream has named it"""
        self.is_broken = False
        """Whether the stream broke, so that another one of the same call has the call's slot"""

    def assign(self, call_id: str) -> bool:
        """Note which call the stream is of; return whether that call may be taken."""
        return self._slots._assign(self, call_id)

    def release(self) -> None:
        """Give the slot back."""
        self._slots._release(self)


class CallSlots:
    """The calls that are taken and those that are expected.  Safe to share between threads.

    A call is expected when it was answered here, or placed, or when its stream broke and another was asked
    for.  A handshake does not say which call its stream is of.  So a handshake is admitted while calls are
    expected, and the stream is checked again when it has named its call.
    """

    def __init__(self, max_calls: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self.max_calls = max_calls
        """Most calls at once"""
        self.is_draining = False
        """Whether no new calls are taken, as the program is about to stop"""
        self.on_change: Callable[[], object] = lambda: None
        """Called after the calls that are taken or expected have changed"""
        self.refusals = Refusals()
        """The calls that were refused lately"""
        self._clock = clock
        self._expected: dict[str, float] = {}  # until when, by call
        self._slots: set[CallSlot] = set()
        self._lock = threading.Lock()

    @property
    def load(self) -> float:
        """Share of the slots that are taken or expected, from 0 to 1; without any slots it is 1."""
        with self._lock:
            calls = len({*self._assigned(), *self._now_expected()})
        return min(1.0, calls / self.max_calls) if self.max_calls else 1.0

    def reserve(self, call_id: str) -> bool:
        """Expect the stream of a call that is answered now; return False if there is no slot for it."""
        with self._lock:
            if call_id in self._assigned():
                return True
            if self.is_draining or self._count_others(call_id) >= self.max_calls:
                return False
            self._expected[call_id] = self._clock() + STREAM_TIMEOUT
        self.on_change()
        return True

    def drain(self) -> None:
        """Take no new calls any more."""
        self.is_draining = True
        self.on_change()

    def note_refused(self) -> None:
        """Count a call that is refused as it has no slot here."""
        if self.is_draining:
            self.refusals.note("The program was about to stop, and took no more calls.")
        else:
            most = "The only line was" if self.max_calls == 1 else f"All {self.max_calls:.0f} lines were"
            self.refusals.note(f"{most} in use (LOCAL_STT_MAX_CALLS).")

    @property
    def readiness(self) -> Readiness:
        """Whether a further call could be answered now."""
        if self.is_draining:
            return Readiness.DRAINING
        with self._lock:
            return Readiness.FULL if self._count_others("") >= self.max_calls else Readiness.READY

    def expect(self, call_id: str, seconds: float) -> None:
        """Expect the stream of a call within `seconds`, even if all slots are taken."""
        with self._lock:
            self._expected[call_id] = self._clock() + seconds
        self.on_change()

    def cancel(self, call_id: str) -> None:
        """Stop expecting the stream of a call."""
        with self._lock:
            self._expected.pop(call_id, None)
        self.on_change()

    def calls(self) -> set[str]:
        """Return the ids of the calls that are taken or expected."""
        with self._lock:
            return {*self._assigned(), *self._now_expected()}

    def acquire(self, spare: int = 0) -> CallSlot | None:
        """Return a slot for a stream whose call is not known yet, or None if there is none.

        `spare` is by how many calls this stream may exceed the limit.
        """
        with self._lock:
            expected = len(self._now_expected())
            free = 0 if self.is_draining else self.max_calls + spare - len(self._assigned())
            unassigned = sum(not slot.call_id for slot in self._slots)
            if unassigned >= max(free, expected and expected + MARGIN):
                return None
            slot = CallSlot(self, self.max_calls + spare)
            self._slots.add(slot)
            return slot

    def _assign(self, slot: CallSlot, call_id: str) -> bool:
        with self._lock:
            is_expected = call_id in self._now_expected()
            if not is_expected and (self.is_draining or self._count_others(call_id) >= slot.max_calls):
                return False
            self._expected.pop(call_id, None)
            slot.call_id = call_id
        self.on_change()
        return True

    def _release(self, slot: CallSlot) -> None:
        with self._lock:
            self._slots.discard(slot)
        self.on_change()

    def _count_others(self, call_id: str) -> int:
        """Count the calls that have a slot or are expected, without this one."""
        return len({*self._assigned(), *self._now_expected()} - {call_id})

    def _assigned(self) -> set[str]:
        return {slot.call_id for slot in self._slots if slot.call_id and not slot.is_broken}

    def _now_expected(self) -> set[str]:
        now = self._clock()
        self._expected = {call_id: until for call_id, until in self._expected.items() if until > now}
        return set(self._expected)
