"""Who may see calls: whoever has the token.

A person gets it in a link, once, and then has a cookie that no script can read; a program sends
it with every request.  https://www.rfc-editor.org/rfc/rfc6750
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping

from ..net.origin import is_same_origin

Header = Callable[[str], str | None]

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def new_token() -> str:
    """One that nobody guesses."""
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
        """Whether browsers come by https"""
        # Cookies know no ports: the name keeps servers on one host apart.  The value is not the token,
        # so that who reads a browser's cookies cannot write programs with it.
        self.cookie_name = "local_stt_" + self._derived("name")[:8]
        self.cookie_value = self._derived("cookie")

    def is_token(self, given: str) -> bool:
        """Whether it is the token; takes as long for any other."""
        return hmac.compare_digest(given.encode(), self._token.encode())

    def admits(self, method: str, header: Header, cookies: Mapping[str, str]) -> bool:
        """Whether a request may pass.

        With a cookie, which browsers send by themselves, anything that changes something must
        say that it comes from our own page.
        """
        if (given := _bearer(header)) is not None:
            return self.is_token(given)
        if not self._is_cookie(cookies):
            return False
        return method in SAFE_METHODS or is_same_origin(header("Origin") or "", self._bases)

    def is_wrong(self, header: Header, cookies: Mapping[str, str]) -> bool:
        """Return whether a request shows a token or a cookie that is not the right one."""
        if (given := _bearer(header)) is not None:
            return not self.is_token(given)
        return self.cookie_name in cookies and not self._is_cookie(cookies)

    def _is_cookie(self, cookies: Mapping[str, str]) -> bool:
        given = cookies.get(self.cookie_name, "")
        return hmac.compare_digest(given.encode(), self.cookie_value.encode())

    def _derived(self, purpose: str) -> str:
        return hmac.new(self._token.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def _bearer(header: Header) -> str | None:
    """Return the token that a program sends; None if it sends none."""
    kind, _, given = (header("Authorization") or "").partition(" ")
    return given.strip() if kind.lower() == "bearer" else None
