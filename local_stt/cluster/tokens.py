"""The token of viewers, where none is set, and the session tokens that were used: the same on all hosts."""

import logging
import re

from ..errors import SettingError
from ..web.access import new_token
from .connection import PREFIX, UNREACHABLE, Client, refuse

logger = logging.getLogger(__name__)

TOKEN = f"{PREFIX}token"

GENERATED = re.compile(rb"[A-Za-z0-9_-]{32}")
"""The form of a token that a host has generated"""


class SharedToken:
    """The token that the first host has generated for all."""

    def __init__(self, client: Client) -> None:
        self._client, self._token = client, ""

    def get(self) -> str:
        """Return the token; generate it if no host has.

        Raises `SettingError` when Redis cannot be used, and for a token that no host has generated: it might
        be easy to guess, or empty.
        """
        try:
            token = self._set(new_token())
        except UNREACHABLE as error:
            refuse(self._client, error)
        if not GENERATED.fullmatch(token):
            raise SettingError(
                f"REDIS_URL: what Redis has as {TOKEN} is not a token of local_stt: delete it (redis-cli DEL "
                f"{TOKEN}), or set LOCAL_STT_TOKEN on all hosts."
            )
        self._token = token.decode()
        return self._token

    def keep(self) -> None:
        """Put the token back, if Redis has lost it.  Raises the errors of `connection.UNREACHABLE`."""
        if self._token and self._set(self._token) != self._token.encode():
            logger.warning(
                "Redis has another token of viewers than this host, as it lost its data: set LOCAL_STT_TOKEN "
                "on all hosts, or start this one again."
            )

    def _set(self, token: str) -> bytes:
        """Set the token, unless there is one; return the one that there is then."""
        self._client.set(TOKEN, token, nx=True)
        kept = self._client.get(TOKEN)
        return kept if isinstance(kept, bytes) else token.encode()


class SharedUsedTokens:
    """Remembers session tokens that were used, on all hosts."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def is_first_use(self, token: str, seconds: float) -> bool:
        """Note that a token was used, for some seconds; return whether it was not before.

        A token counts as used while that cannot be known.
        """
        try:
            return bool(self._client.set(f"{PREFIX}used:{token}", 1, nx=True, ex=max(1, round(seconds) + 1)))
        except UNREACHABLE as error:
            logger.warning("A session token is refused, as Redis cannot be used: %s", error)
            return False
