"""Asks the request in hand for the token of viewers."""

from flask import request
from flask_smorest import abort

from .access import Access
from .wrong_tokens import SECONDS, WrongTokens

ENTRANCE = "entrance"
"""The endpoint that takes the token of a link"""


class Guard:
    """Lets requests pass that show the token, however many wrong ones came before."""

    def __init__(self, access: Access, wrong: WrongTokens) -> None:
        self._access, self._wrong = access, wrong

    def admits(self) -> bool:
        """Return whether the request may pass.  A wrong token is counted.

        Raises an error with status 429 for one token too many.
        """
        is_right, is_wrong = self._link() if request.endpoint == ENTRANCE else self._header_or_cookie()
        if is_wrong and self._wrong.add(request.remote_addr or ""):
            abort(429, message="Too many wrong tokens.", headers={"Retry-After": str(SECONDS)})
        return is_right

    def _link(self) -> tuple[bool, bool]:
        """Return whether the token in the address is right, and whether one is there that is wrong."""
        given = request.args.get("token", "")
        is_right = self._access.is_token(given)
        return is_right, bool(given) and not is_right

    def _header_or_cookie(self) -> tuple[bool, bool]:
        """Return the same of what browsers and programs send with every request."""
        header, cookies = request.headers.get, request.cookies
        return self._access.admits(request.method, header, cookies), self._access.is_wrong(header, cookies)
