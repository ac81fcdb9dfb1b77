"""The viewers who watch calls live, and the token that lets them in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..net.guards import Guard
from ..system.parts import Measurement, Part
from .access import Access, new_token
from .event_log import EventLog
from .guards import LinkGuard, ProgramsGuard, SessionsGuard, ViewersGuard
from .live_events import Broadcast
from .session_tokens import SessionTokens, UsedTokens
from .wrong_tokens import WrongTokens


@dataclass(frozen=True, slots=True)
class ViewersGuards:
    """The guards of one application."""

    access: Access
    link: LinkGuard
    """The guard of the link that is printed"""
    others: ViewersGuard
    """The guard of everything else that people use"""
    programs: ProgramsGuard
    """The guard of what programs use that were written for a vendor's SDK"""
    sessions: SessionsGuard
    """The guard of live sessions that a token of their own opens too"""
    session_tokens: SessionTokens


class Viewers(Part):
    """All connections that watch live, until `close` disconnects them."""

    def __init__(
        self,
        token: str,
        event_log: EventLog,
        generate: Callable[[], str] = new_token,
        used_tokens: UsedTokens | None = None,
    ) -> None:
        """Use the token that the user has chosen, or the one that `generate` returns if it is empty.

        `used_tokens` remembers used session tokens, if other programs must know them too.
        """
        self._is_chosen = bool(token)
        self.token = token or generate()
        """The token that lets programs in"""
        self.event_log = event_log
        self.broadcast = Broadcast(event_log)
        self._wrong_tokens, self._used_tokens = WrongTokens(), used_tokens

    def link(self, base: str) -> str:
        """Return the link that a person opens first, at the address `base` of this server.

        It contains the token only if that was generated: printed output may be logged, and users know a
        token that they chose.
        """
        return f"{base}/enter?token={'…' if self._is_chosen else self.token}"

    def guards(self, bases: list[str], otherwise: Guard | None = None) -> ViewersGuards:
        """Make the guards of an application at these addresses.

        `otherwise` is a guard for requests without the token, which may refuse them in its own words.
        """
        access = Access(self.token, bases)
        session_tokens = SessionTokens(access.derived("session tokens").encode(), used=self._used_tokens)
        return ViewersGuards(
            access,
            LinkGuard(access, self._wrong_tokens, otherwise),
            ViewersGuard(access, self._wrong_tokens, otherwise),
            ProgramsGuard(access, self._wrong_tokens, otherwise),
            SessionsGuard(access, self._wrong_tokens, session_tokens, otherwise),
            session_tokens,
        )

    def close(self) -> None:
        """End the connections of all viewers."""
        self.broadcast.close()

    def measurements(self) -> Iterable[Measurement]:
        """List the numbers of viewers and of wrong tokens."""
        wrong = self._wrong_tokens
        return (
            Measurement("viewers", "Viewers who watch live", lambda: self.broadcast.viewers),
            Measurement("wrong_tokens", "Wrong tokens that were shown", lambda: wrong.count, only_grows=True),
        )
