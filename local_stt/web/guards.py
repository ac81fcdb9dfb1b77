"""Guards of what viewers get: the token, which may be in a header, in a cookie or in a link."""

from abc import abstractmethod

from flask import request
from flask.typing import ResponseReturnValue
from flask_smorest import abort

from ..net.guards import Guard
from .access import Access
from .wrong_tokens import WINDOW_SECONDS, WrongTokens


class TokenGuard(Guard):
    """Lets requests pass that show the token, however many wrong ones came before."""

    REFUSAL = ""
    """What the others are answered"""

    def __init__(self, access: Access, wrong: WrongTokens, otherwise: Guard | None = None) -> None:
        """`otherwise` is asked first what becomes of requests without the token."""
        self._access, self._wrong, self._otherwise = access, wrong, otherwise

    def refusal(self) -> ResponseReturnValue | None:
        """Return an answer with status 401 to a request without the token.

        Raises an error with status 429 for one wrong token too many.
        """
        if self.admits():
            return None
        refusal = self._otherwise.refusal() if self._otherwise else None
        return refusal or ({"error": self.REFUSAL}, 401)

    def admits(self) -> bool:
        """Return whether the request shows the token.  A wrong one is counted.

        Raises an error with status 429 for one wrong token too many.
        """
        is_right, is_wrong = self._presented()
        if is_wrong and self._wrong.add(request.remote_addr or ""):
            abort(429, message="Too many wrong tokens.", headers={"Retry-After": str(WINDOW_SECONDS)})
        return is_right

    @abstractmethod
    def _presented(self) -> tuple[bool, bool]:
        """Return whether the right token is shown, and whether a wrong one is."""


class ViewersGuard(TokenGuard):
    """Takes the token from where browsers and programs send it with every request."""

    REFUSAL = "The token is missing or wrong: open the link that local_stt printed."

    def _presented(self) -> tuple[bool, bool]:
        header, cookies = request.headers.get, request.cookies
        return self._access.admits(request.method, header, cookies), self._access.is_wrong(header, cookies)


class LinkGuard(TokenGuard):
    """Takes the token from the address."""

    REFUSAL = "The token is wrong: open the link that local_stt printed."

    def _presented(self) -> tuple[bool, bool]:
        given = request.args.get("token", "")
        is_right = self._access.is_token(given)
        return is_right, bool(given) and not is_right
