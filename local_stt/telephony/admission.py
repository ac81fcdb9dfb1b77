"""Decides on which host a call is taken, or that no host has room for it.

A host alone has only its own slots.  Of several hosts each has an address of its own, or none, as their load
balancer is set up:

- To a host's own address come the streams of those calls that have a slot there.  If it is full, Twilio asks
  another host, which then decides exactly.
- To the balancer's address come streams for any host.  A full host refuses the handshake, and the balancer
  tries the next one.  The place that Redis has promised makes sure that one of them has room.
"""

import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ..errors import DialError
from .addresses import Addresses, call_at
from .call_slots import STREAM_TIMEOUT, CallSlots, Readiness
from .host_load import HostLoad, HostLoads

MAX_ASKED = 8
"""Hosts that Twilio asks about one call, at most; the caller hears nothing meanwhile"""


ASKED, SEPARATOR = "asked", "-"
"""The parameter with the ids of hosts that were asked about a call, and what is between them.

Twilio signs it with the address."""

LENT_SECONDS = 2.0
"""Seconds until a call that another host was asked to expect is in its load"""

MAX_REMEMBERED = 100
"""Calls that other hosts were asked to expect, and are remembered"""


@dataclass(frozen=True, slots=True)
class StreamTo:
    """A call is taken: its stream goes to an address that begins like this."""

    base: str


@dataclass(frozen=True, slots=True)
class AskAt:
    """Another host decides about a call: Twilio asks it at this address."""

    url: str


Answer = StreamTo | AskAt | None
"""Where a call is taken; None if all lines are busy"""

Admit = Callable[[str, Collection[str]], Answer]
"""Answers a call by its id; the ids of hosts that were asked before are given too"""


def admit_none(_: str, __: Collection[str]) -> Answer:
    """Take no call."""
    return None


@dataclass(frozen=True, slots=True)
class Booking:
    """A place for a call that is about to be placed from here."""

    base: str
    """Beginning of the address that its stream goes to"""
    confirm: Callable[[str], object]
    """Keeps the place for the call, by the id that Twilio gave it"""
    give_up: Callable[[], object] = lambda: None
    """Gives the place back, as no call was placed"""


class Admission:
    """Admits calls to this host, which is alone.  Safe to share between threads."""

    def __init__(self, slots: CallSlots, addresses: Addresses) -> None:
        self._slots, self._addresses = slots, addresses

    def answer(self, call_id: str, asked: Collection[str] = ()) -> Answer:
        """Decide where a call that comes in is taken; the hosts `asked` were asked before."""
        found = self._decide(call_id, asked)
        if found is None:
            self._note_refused()
        return found

    def _note_refused(self) -> None:
        self._slots.note_refused()

    def _decide(self, call_id: str, _: Collection[str] = ()) -> Answer:
        return StreamTo(self._addresses.of_host) if self._slots.reserve(call_id) else None

    def book(self, seconds: float) -> Booking:
        """Return a place for a call whose stream comes within some seconds: here, however many there are."""
        return Booking(self._addresses.of_host, lambda call_id: self._slots.expect(call_id, seconds))

    def place_again(self, _: str) -> str:
        """Return the beginning of the address of a new stream of a call, which is expected here already."""
        return self._addresses.of_host

    def cancel(self, call_id: str) -> None:
        """Give back the place of a call that was placed here and is over."""
        self._slots.cancel(call_id)


class SharedAdmission(Admission):
    """Admits calls to this host or another.  While Redis does not answer, this host decides by itself."""

    def __init__(
        self,
        slots: CallSlots,
        addresses: Addresses,
        loads: HostLoads,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(slots, addresses)
        self._loads, self._clock = loads, clock
        self._lent: list[tuple[str, float]] = []  # hosts by their ids, and when they were given a call
        self._lock = threading.Lock()
        self._elsewhere: OrderedDict[str, HostLoad] = OrderedDict()  # where calls from here are expected

    def _decide(self, call_id: str, asked: Collection[str] = ()) -> Answer:
        if call_id in self._slots.calls():  # Twilio asks again
            return StreamTo(self._addresses.of_host)
        promised = self._loads.promise(call_id, STREAM_TIMEOUT)
        if promised is None:
            return super()._decide(call_id)
        if not promised:
            return None
        if not self._addresses.own:
            return StreamTo(self._addresses.base)
        if self._slots.reserve(call_id):
            return StreamTo(self._addresses.own)
        return self._next(call_id, {*asked, self._loads.id})

    def _note_refused(self) -> None:
        self._slots.refusals.note("The lines of all hosts were in use.")

    def _next(self, call_id: str, asked: set[str]) -> Answer:
        """Find a place for a call that is promised one, and that this host has no room for."""
        others = self._with_room()
        if len(asked) < MAX_ASKED:
            for host in others:
                if host.url and host.id not in asked:
                    self._loads.withdraw(call_id)  # the host that takes it promises it again
                    return AskAt(f"{call_at(host.url)}?{ASKED}={SEPARATOR.join(sorted(asked))}")
        if any(not host.url for host in others):
            return StreamTo(self._addresses.base)
        self._loads.withdraw(call_id)
        return None

    def book(self, seconds: float) -> Booking:
        """Return a place for a call whose stream comes within some seconds.

        Raises `DialError` if no host has room.
        """
        booked = f"booked-{secrets.token_hex(8)}"
        promised = self._loads.promise(booked, seconds)
        if promised is None:
            return super().book(seconds)
        if not promised:
            raise DialError("All lines are busy on every host, so no call can be placed: try again later.")

        def give_up() -> None:
            self._loads.withdraw(booked)

        def expect_here(call_id: str) -> None:
            self._slots.expect(call_id, seconds)
            self._loads.withdraw(booked)

        def expect_anywhere(call_id: str) -> None:
            self._loads.move_promise(booked, call_id, seconds)

        def expect_at(host: HostLoad, call_id: str) -> None:
            self._loads.have_expected(host, call_id, seconds)
            self._loads.move_promise(booked, call_id, seconds)
            self._elsewhere[call_id] = host
            if len(self._elsewhere) > MAX_REMEMBERED:
                self._elsewhere.popitem(last=False)

        own = self._addresses.own
        if own and self._slots.readiness is Readiness.READY:
            return Booking(own, expect_here, give_up)
        if own and (host := self._lend()):
            return Booking(host.url, lambda call_id: expect_at(host, call_id), give_up)
        return Booking(self._addresses.base, expect_anywhere, give_up)

    def place_again(self, call_id: str) -> str:
        """Return the beginning of the address of a new stream of a call, which is expected here already.

        It comes here as long as there is room, and to another host else.  If none has room, it comes here
        all the same: a call that goes on is not refused.
        """
        own = self._addresses.own
        if own and len(self._slots.calls()) > self._slots.max_calls and (host := self._lend()):
            self._loads.have_expected(host, call_id, STREAM_TIMEOUT)
            return host.url
        return self._addresses.of_host

    def cancel(self, call_id: str) -> None:
        """Give back the place of a call that was placed here and is over."""
        super().cancel(call_id)
        self._loads.withdraw(call_id)
        if host := self._elsewhere.pop(call_id, None):
            self._loads.have_expected(host, call_id, 0)

    def _lend(self) -> HostLoad | None:
        """Choose another host that has an address of its own, and room for a call; None if there is none.

        What it was given a moment ago is not in its load yet.
        """
        with self._lock:
            since = self._clock() - LENT_SECONDS
            self._lent = [(host_id, at) for host_id, at in self._lent if at > since]
            given = Counter(host_id for host_id, _ in self._lent)
            hosts = [host for host in self._with_room() if host.url and host.room > given[host.id]]
            host = max(hosts, key=lambda host: host.room - given[host.id], default=None)
            if host:
                self._lent.append((host.id, self._clock()))
            return host

    def _with_room(self) -> list[HostLoad]:
        """List the other hosts that have room, the one with most room first."""
        others = [host for host in self._loads.others() or () if host.room]
        return sorted(others, key=lambda host: -host.room)
