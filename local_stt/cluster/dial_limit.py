"""The limit of calls an hour that all hosts have together, by Redis' clock."""

import contextlib
import secrets
from collections.abc import Callable

from ..errors import DialError
from ..telephony.dial_limit import SECONDS_AN_HOUR, none_left
from .connection import PREFIX, UNREACHABLE, Client, in_a_line
from .scripts import Script

DIALED = f"{PREFIX}dialed"


class SharedDialLimit:
    """A limit of calls an hour for all hosts.  Safe to share between threads."""

    def __init__(self, client: Client, max_per_hour: int) -> None:
        self._client, self._max_per_hour = client, max_per_hour
        self._dial = Script(client, "dial")

    @property
    def left(self) -> int:
        """Number of calls that may still be placed now; none while Redis cannot be used."""
        try:
            seconds, microseconds = self._client.time()
            since = seconds + microseconds / 1e6 - SECONDS_AN_HOUR
            return max(0, self._max_per_hour - self._client.zcount(DIALED, f"({since}", "+inf"))
        except UNREACHABLE:
            return 0

    def take(self) -> Callable[[], None]:
        """Count a call that is about to be placed; return what takes it out of the count again.

        Raises `DialError` when no call is left, or Redis cannot be used.
        """
        place = secrets.token_hex(8)
        try:
            is_left = self._dial([DIALED], self._max_per_hour, round(SECONDS_AN_HOUR), place)
        except UNREACHABLE as error:
            raise DialError(
                f"The call is not placed, as the Redis that counts the calls of all hosts cannot be used "
                f"({in_a_line(error)}): see to it, and try again."
            ) from error
        if not is_left:
            raise none_left(self._max_per_hour)
        return lambda: self._give_back(place)

    def _give_back(self, place: str) -> None:
        with contextlib.suppress(*UNREACHABLE):  # one call too few is no harm
            self._client.zrem(DIALED, place)
