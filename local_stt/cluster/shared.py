"""Everything that a program shares with those on other hosts."""

from collections.abc import Callable

from ..telephony.call_slots import CallSlots
from ..web.event_log import EventLog
from .call_statuses import SharedCallStatuses
from .connection import Client
from .dial_limit import SharedDialLimit
from .host_loads import SharedHostLoads
from .link import Link
from .shared_events import SharedEvents
from .tokens import SharedToken, SharedUsedTokens


class Shared:
    """Makes what is shared, over one client."""

    def __init__(self, client: Client) -> None:
        self._client, self._link = client, Link()
        self.token = SharedToken(client)
        """The token of viewers, where none is set"""
        self.used_tokens = SharedUsedTokens(client)
        """The session tokens that were used"""
        self.call_statuses = SharedCallStatuses(client)
        """The statuses of calls that were placed"""

    def events(self, event_log: EventLog, end_turns: Callable[[str], bool]) -> SharedEvents:
        """Make what fills an event log with the events of all hosts.

        `end_turns` ends the turns of a call of this host, and returns whether there is such a call.
        """
        return SharedEvents(self._client, self._link, event_log, end_turns, self.token.keep)

    def dial_limit(self, max_per_hour: int) -> SharedDialLimit:
        """Make the limit of calls that are placed within an hour."""
        return SharedDialLimit(self._client, max_per_hour)

    def host_loads(self, slots: CallSlots, name: str, url: str) -> SharedHostLoads:
        """Make what shares the calls in `slots` with the other hosts, and knows theirs.

        `name` is that of this host, and `url` the address that only it has; empty if it has none.
        """
        loads = SharedHostLoads(
            self._client,
            self._link,
            name,
            url,
            calls=slots.calls,
            max_calls=round(slots.max_calls),
            expect=slots.expect,
            is_draining=lambda: slots.is_draining,
        )
        slots.on_change = loads.changed
        return loads
