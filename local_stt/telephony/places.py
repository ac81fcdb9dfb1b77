"""How many calls are taken at once, and which streams find a place among them."""

import math
import threading
import time
from collections.abc import Callable

SECONDS_TO_COME = 30.0
"""For the stream of a call that was answered: Twilio opens it as soon as it is told to"""

MARGIN = 8
"""Handshakes beyond the calls that are expected, as some may turn out to be of others"""


class CallSlot:
    """What one stream takes up, from its handshake to its last word."""

    def __init__(self, places: "CallSlots", most: float) -> None:
        """`most` is how many calls there may be with its own."""
        self._places, self.most = places, most
        self.call_id = ""
        """Empty until the stream has said which call it is of"""
        self.is_aside = False
        """Whether the stream broke, so that another one of the same call has the call's place"""

    def begin(self, call_id: str) -> bool:
        """Note which call the stream is of; return whether that call may be taken."""
        return self._places._begin(self, call_id)

    def leave(self) -> None:
        """Give the place back."""
        self._places._leave(self)


class CallSlots:
    """The calls that are taken and those that are expected.  Safe to share between threads.

    A call is expected when it was answered here, or placed, or when its stream broke and another was asked
    for.  Which call a stream is of, its handshake does not say.  So a handshake is let in while calls are
    expected, and the stream is looked at again when it has said it.
    """

    def __init__(self, most: float = math.inf, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        """Calls at once"""
        self._clock = clock
        self._expected: dict[str, float] = {}  # until when, by call
        self._places: set[CallSlot] = set()
        self._lock = threading.Lock()

    def promise(self, call_id: str) -> bool:
        """Expect the stream of a call that is answered now; return False if there is no place for it."""
        with self._lock:
            if call_id in self._begun():
                return True
            if self._taken_but(call_id) >= self.most:
                return False
            self._expected[call_id] = self._clock() + SECONDS_TO_COME
            return True

    def expect(self, call_id: str, seconds: float) -> None:
        """Expect the stream of a call within so many seconds, however many there are."""
        with self._lock:
            self._expected[call_id] = self._clock() + seconds

    def withdraw(self, call_id: str) -> None:
        """Expect the stream of a call no more."""
        with self._lock:
            self._expected.pop(call_id, None)

    def enter(self, spare: int = 0) -> CallSlot | None:
        """Return a place for a stream whose call is not known yet, or None if there is none.

        `spare` is how many calls more than others this stream may find.
        """
        with self._lock:
            expected = len(self._still_expected())
            free = self.most + spare - len(self._begun())
            nameless = sum(not place.call_id for place in self._places)
            if nameless >= max(free, expected and expected + MARGIN):
                return None
            place = CallSlot(self, self.most + spare)
            self._places.add(place)
            return place

    def _begin(self, place: CallSlot, call_id: str) -> bool:
        with self._lock:
            if call_id not in self._still_expected() and self._taken_but(call_id) >= place.most:
                return False
            self._expected.pop(call_id, None)
            place.call_id = call_id
            return True

    def _leave(self, place: CallSlot) -> None:
        with self._lock:
            self._places.discard(place)

    def _taken_but(self, call_id: str) -> int:
        """Count the calls that have a place, or are to have one, without this one."""
        return len({*self._begun(), *self._still_expected()} - {call_id})

    def _begun(self) -> set[str]:
        return {place.call_id for place in self._places if place.call_id and not place.is_aside}

    def _still_expected(self) -> set[str]:
        now = self._clock()
        self._expected = {call_id: until for call_id, until in self._expected.items() if until > now}
        return set(self._expected)
