"""Post events to an endpoint, once each."""

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ..net.posting import posted

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


@dataclass(frozen=True, slots=True)
class Written:
    """An event as its receiver reads it."""

    body: bytes
    headers: dict[str, str]
    """Those that depend on the kind of endpoint"""


class Endpoint(ABC):
    """An address that takes events.  A kind of endpoint decides how they are written and signed."""

    KIND: ClassVar[str] = ""
    """What distinguishes it from other kinds of endpoints at the same address"""

    def __init__(self, url: str) -> None:
        self._url = url
        self.host = urlsplit(url).hostname or ""
        """Host name for messages: the rest of the address may contain a token"""
        self.fingerprint = hashlib.sha256((self.KIND + url).encode()).hexdigest()
        """Text that distinguishes it from other receivers: SHA-256 of its address, in hexadecimal"""

    @abstractmethod
    def write(self, name: str, event: dict[str, Any], at: int) -> Written:
        """Write an event, as a `Subscription` queued it.

        `name` identifies the post in each attempt; `at` is now, in milliseconds since 1970.
        """

    def post(self, name: str, event: dict[str, Any], at: int) -> PostResult:
        """Post an event once; the arguments are those of `write`.  Raises what `write` and requests raise."""
        written = self.write(name, event, at)
        with posted(self._url, written.body, written.headers, RESPONSE_TIMEOUT) as response:
            return PostResult(response.status_code, response.headers.get("Retry-After", ""))
