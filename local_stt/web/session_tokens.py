"""Tokens that a program gives to others: each opens one live session, within a short time.

They are signed with a key that is made from the token of viewers, so they need no store.
"""

import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable

MAX_REMEMBERED = 10_000
"""Used tokens that are remembered until they expire; no other is admitted meanwhile"""

_TOKEN = re.compile(r"((\d{1,12})\.(\d{1,6})\.[0-9a-f]{16})\.([0-9a-f]{64})", re.ASCII)


class SessionTokens:
    """Issues such tokens and admits each once.  Safe to share between threads."""

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key, self._clock = key, clock
        self._used: dict[str, int] = {}  # when each expires
        self._lock = threading.Lock()

    def issue(self, valid_seconds: int, session_seconds: int) -> str:
        """Return a token that is valid for some seconds, for a session that may last `session_seconds`."""
        text = f"{int(self._clock()) + valid_seconds}.{session_seconds}.{secrets.token_hex(8)}"
        return f"{text}.{self._mac(text)}"

    def admit(self, token: str) -> int | None:
        """Return how many seconds a session may last, and use the token up; None if it is not valid."""
        parts = _TOKEN.fullmatch(token)
        if not parts or not hmac.compare_digest(self._mac(parts[1]), parts[4]):
            return None
        return int(parts[3]) if self._is_first_use(parts[1], int(parts[2])) else None

    def _is_first_use(self, text: str, expires: int) -> bool:
        now = self._clock()
        with self._lock:
            self._used = {each: until for each, until in self._used.items() if until >= now}
            if expires < now or text in self._used or len(self._used) >= MAX_REMEMBERED:
                return False
            self._used[text] = expires
            return True

    def _mac(self, text: str) -> str:
        return hmac.digest(self._key, text.encode(), "sha256").hex()
