"""Everything that a program shares with those on other hosts."""

from collections.abc import Callable

from ..web.event_log import EventLog
from .call_statuses import SharedCallStatuses
from .connection import Client
from .dial_limit import SharedDialLimit
from .shared_events import SharedEvents
from .tokens import SharedToken, SharedUsedTokens


class Shared:
    """Makes what is shared, over one client."""

    def __init__(self, client: Client) -> None:
        self.client = client
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
        return SharedEvents(self.client, event_log, end_turns, self.token.keep)

    def dial_limit(self, max_per_hour: int) -> SharedDialLimit:
        """Make the limit of calls that are placed within an hour."""
        return SharedDialLimit(self.client, max_per_hour)
