"""How many calls each of several hosts takes, as the hosts tell each other."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HostLoad:
    """The calls of one host, as it has written them."""

    id: str
    """A name that each start of a program makes for itself"""
    name: str
    """Name of the host, for people"""
    url: str
    """Beginning of the addresses of this host alone; empty if it has none"""
    calls: int
    """Calls that are taken or expected"""
    max_calls: int
    draining: bool
    """Whether it takes no new calls"""

    @property
    def room(self) -> int:
        """Number of further calls that it can take."""
        return 0 if self.draining else max(0, self.max_calls - self.calls)


class HostLoads(Protocol):
    """Knows the loads of the other hosts, and promises places among all of them.

    Where a method returns None, the others cannot be asked.
    """

    id: str
    """The name of this program among the hosts"""

    def promise(self, call_id: str, seconds: float) -> bool | None:
        """Promise a call a place on any host for some seconds; return whether there is one."""
        ...

    def move_promise(self, former: str, call_id: str, seconds: float) -> None:
        """Give the place that was promised to `former` to a call, for some seconds."""
        ...

    def withdraw(self, call_id: str) -> None:
        """Promise a call no place any more."""
        ...

    def have_expected(self, host: HostLoad, call_id: str, seconds: float) -> None:
        """Have another host expect a call within some seconds, or not any more if that is 0."""
        ...

    def others(self) -> list[HostLoad] | None:
        """List the loads of the other hosts that are alive."""
        ...
