"""Tokens that a program gives to others: each opens one live session, within a short time.

They are signed with a key that is made from the token of viewers, so they need no store.
"""

import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable
from typing import Protocol

MAX_REMEMBERED = 10_000
"""Used tokens that are remembered until they expire; no other is admitted meanwhile"""

_TOKEN = re.compile(r"((\d{1,12})\.(\d{1,6})\.[0-9a-f]{16})\.([0-9a-f]{64})", re.ASCII)


class UsedTokens(Protocol):
    """Remembers tokens that were used, until they expire.  Safe to share between threads."""

    def is_first_use(self, token: str, seconds: float) -> bool:
        """Note that a token was used that expires in some seconds; return whether it was not before."""


class OwnUsedTokens:
    """Remembers those that were used in this program."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._used: dict[str, float] = {}  # when each expires
        self._lock = threading.Lock()

    def is_first_use(self, token: str, seconds: float) -> bool:
        """Note that a token was used that expires in some seconds; return whether it was not before.

        None counts as such while too many are remembered.
        """
        now = self._clock()
        with self._lock:
            self._used = {each: until for each, until in self._used.items() if until >= now}
            if token in self._used or len(self._used) >= MAX_REMEMBERED:
                return False
            self._used[token] = now + seconds
            return True


class SessionTokens:
    """Issues such tokens and admits each once.  Safe to share between threads."""

    def __init__(
        self, key: bytes, clock: Callable[[], float] = time.time, used: UsedTokens | None = None
    ) -> None:
        """Sign with `key`; `used` remembers used tokens, if other programs must know them too."""
        self._key, self._clock = key, clock
        self._used = used or OwnUsedTokens(clock)

    def issue(self, valid_seconds: int, session_seconds: int) -> str:
        """Return a token that is valid for some seconds, for a session that may last `session_seconds`."""
        text = f"{int(self._clock()) + valid_seconds}.{session_seconds}.{secrets.token_hex(8)}"
        return f"{text}.{self._mac(text)}"

    def admit(self, token: str) -> int | None:
        """Return how many seconds a session may last, and use the token up; None if it is not valid."""
        parts = _TOKEN.fullmatch(token)
        if not parts or not hmac.compare_digest(self._mac(parts[1]), parts[4]):
            return None
        left = int(parts[2]) - self._clock()
        return int(parts[3]) if left >= 0 and self._used.is_first_use(parts[1], left) else None

    def _mac(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256").hex()
