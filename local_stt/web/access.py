"""Check requests against the token, which lets viewers see calls.

A person opens a link with the token once, and then has a cookie that no script can read.  A program sends
the token with every request.  Source: https://www.rfc-editor.org/rfc/rfc6750
"""

import base64
import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping

from ..net.origin import is_same_origin

Header = Callable[[str], str | None]

TOKEN_SUBPROTOCOLS = ("token", "bearer")
"""Subprotocols after which a program names the token, as browsers can send no header of their own"""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def new_token() -> str:
    """Generate a token of 24 random bytes, in letters that may stand in an address."""
    return secrets.token_urlsafe(24)


class Access:
    """Checks requests against a token.

    `bases` are the addresses this server is known by, such as `https://name.example` or
    `https://name.example/calls`.
    """

    def __init__(self, token: str, bases: list[str]) -> None:
        self._token = token
        self._bases = bases
        self.is_https = bool(bases) and bases[0].startswith("https:")
        """Whether browsers connect by https"""
        # Cookies ignore ports: the name keeps servers on one host apart.  The value is not the token, so
        # that anyone who reads a browser's cookies cannot use it in programs.
        self.cookie_name = "local_stt_" + self.derived("name")[:8]
        self.cookie_value = self.derived("cookie")

    def is_token(self, given: str) -> bool:
        """Compare a text with the token, in constant time."""
        return hmac.compare_digest(given.encode(), self._token.encode())

    def admits(self, method: str, header: Header, cookies: Mapping[str, str]) -> bool:
        """Tell whether a request may pass.

        Browsers send cookies by themselves.  So a request with a cookie that changes anything must also
        name this server's page as its origin.
        """
        if (given := _bearer(header)) is not None:
            return self.is_token(given)
        if not self._is_cookie(cookies):
            return False
        return method in SAFE_METHODS or is_same_origin(header("Origin") or "", self._bases)

    def is_wrong(self, header: Header, cookies: Mapping[str, str]) -> bool:
        """Tell whether a request shows a wrong token or a wrong cookie."""
        if (given := _bearer(header)) is not None:
            return not self.is_token(given)
        return self.cookie_name in cookies and not self._is_cookie(cookies)

    def derived(self, purpose: str) -> str:
        """Return a value for one purpose that only this token gives, and that does not tell the token."""
        return hmac.new(self._token.encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def _is_cookie(self, cookies: Mapping[str, str]) -> bool:
        given = cookies.get(self.cookie_name, "")
        return hmac.compare_digest(given.encode(), self.cookie_value.encode())


def presented_tokens(header: Header, parameter: str) -> list[str]:
    """List what a program may show as the token: in its headers, or as a parameter of the address."""
    return list(filter(None, (*_authorization(header), parameter, _subprotocol(header))))


def _authorization(header: Header) -> Iterator[str]:
    """Yield the header's value, and what follows its scheme, as in `Token …`, `Bearer …` or `Basic …`."""
    value = (header("Authorization") or "").strip()
    scheme, _, given = value.partition(" ")
    if scheme.lower() == "basic":
        with contextlib.suppress(ValueError):
            yield base64.b64decode(given, validate=True).decode().partition(":")[2]
    elif given:
        yield given.strip()
    else:
        yield value


def _subprotocol(header: Header) -> str:
    """Return what follows `token` or `bearer` in the list of subprotocols, where browsers must put it."""
    offered = [each.strip() for each in (header("Sec-WebSocket-Protocol") or "").split(",")]
    return offered[1] if len(offered) > 1 and offered[0] in TOKEN_SUBPROTOCOLS else ""


def _bearer(header: Header) -> str | None:
    """Return the token that a program sends; None if it sends none."""
    kind, _, given = (header("Authorization") or "").partition(" ")
    return given.strip() if kind.lower() == "bearer" else None
