"""Post webhooks to an endpoint, once each."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from .. import __version__
from ..net.bounded_http import Bounds, bounded_session
from ..net.credentials import in_address, nobody
from .signing import signed

RESPONSE_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class PostResult:
    """The answer of a receiver, or the reason why there is none."""

    status: int = 0
    retry_after: str = ""
    silence: str = ""

    @property
    def failure(self) -> str:
        """Reason why the receiver does not have the post; empty if it does."""
        if HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES:
            return ""
        return self.silence or f"it answered {self.status}"

    @property
    def is_busy(self) -> bool:
        """Whether the answer is about the receiver itself, not about what was posted."""
        return self.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no more, ever."""
        return self.status == HTTPStatus.GONE


class WebhookEndpoint:
    """An address that takes webhooks, and the key that signs them."""

    def __init__(self, url: str, key: bytes) -> None:
        self._url, self._key = url, key
        self.host = urlsplit(url).hostname or ""
        """Host name for messages: the rest of the address may contain a token"""
        self.fingerprint = hashlib.sha256(url.encode()).hexdigest()
        """Text that distinguishes it from other receivers: SHA-256 of its address, in hexadecimal"""

    def post(self, name: str, body: str, at: int) -> PostResult:
        """Post a body once; `at` is now, in milliseconds since 1970.  Raises what requests raises.

        `name` identifies the webhook in each attempt.
        """
        data = body.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"local_stt/{__version__}",
            "Connection": "close",
            **signed(self._key, name, at // 1000, data),
        }
        with (
            bounded_session(Bounds(RESPONSE_TIMEOUT)) as session,
            session.post(
                self._url,
                data=data,
                auth=in_address(self._url) or nobody,
                headers=headers,
                timeout=RESPONSE_TIMEOUT,
                allow_redirects=False,
                stream=True,  # the body of the answer is not read
            ) as response,
        ):
            return PostResult(response.status_code, response.headers.get("Retry-After", ""))
