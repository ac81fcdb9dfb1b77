"""Those who watch calls, and the token that lets them in."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..net.guards import Guard
from ..system.parts import Measurement, Part
from .access import Access, new_token
from .event_log import EventLog
from .guards import LinkGuard, ViewersGuard
from .live_events import Broadcast
from .wrong_tokens import WrongTokens


@dataclass(frozen=True, slots=True)
class ViewersGuards:
    """The guards of one application."""

    access: Access
    link: LinkGuard
    """Of the link that is printed"""
    others: ViewersGuard
    """Of everything else"""


class Viewers(Part):
    """All connections that watch live, until `close` lets them go."""

    def __init__(self, token: str, event_log: EventLog) -> None:
        """`token` is the one that the user has chosen, or empty."""
        self._is_chosen = bool(token)
        self.token = token or new_token()
        """Lets programs in"""
        self.event_log = event_log
        self.broadcast = Broadcast(event_log)
        self._wrong_tokens = WrongTokens()

    def link(self, base: str) -> str:
        """Return where a person begins, at one of this server's addresses.

        It holds the token, unless the user has chosen that and knows it: what is printed may be logged.
        """
        return f"{base}/enter?token={'…' if self._is_chosen else self.token}"

    def guards(self, bases: list[str], otherwise: Guard | None = None) -> ViewersGuards:
        """Make the guards of an application at these addresses.

        `otherwise` is a guard for requests without the token, which may refuse them in its own words.
        """
        access = Access(self.token, bases)
        return ViewersGuards(
            access,
            LinkGuard(access, self._wrong_tokens, otherwise),
            ViewersGuard(access, self._wrong_tokens, otherwise),
        )

    def close(self) -> None:
        """Let all viewers go."""
        self.broadcast.close()

    def measurements(self) -> Iterable[Measurement]:
        """List how many watch, and how many tokens were wrong."""
        wrong = self._wrong_tokens
        return (
            Measurement("viewers", "Connections that watch live", lambda: self.broadcast.viewers),
            Measurement("wrong_tokens", "Wrong tokens of viewers", lambda: wrong.count, only_grows=True),
        )
