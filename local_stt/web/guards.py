"""Guards that ask viewers for the token, in a header, a cookie or a link."""

from abc import abstractmethod

from flask import abort as http_abort
from flask import g, request
from flask.typing import ResponseReturnValue
from flask_smorest import abort

from ..net.guards import Guard
from .access import Access, presented_tokens
from .session_tokens import SessionTokens
from .wrong_tokens import WINDOW_SECONDS, WrongTokens

REFUSAL_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>local_stt</title>
<main>
<h1>This browser is not signed in</h1>
<p>Open the link that local_stt printed when it was started. Then open the address of this page again.</p>
</main>
</html>
"""


class TokenGuard(Guard):
    """Lets requests pass that show the token, even after many wrong ones."""

    REFUSAL = ""
    """The answer to other requests"""

    def __init__(self, access: Access, wrong: WrongTokens, otherwise: Guard | None = None) -> None:
        """Check tokens against `access` and count wrong ones; `otherwise` may refuse before this guard."""
        self._access, self._wrong, self._otherwise = access, wrong, otherwise

    def refusal(self) -> ResponseReturnValue | None:
        """Return an answer with status 401 to a request without the token; None if it may pass.

        Raises an error with status 429 after too many wrong tokens.
        """
        if self.admits():
            return None
        refusal = self._otherwise.refusal() if self._otherwise else None
        return refusal or self._answer()

    def _answer(self) -> ResponseReturnValue:
        """Make the answer to a request without the token."""
        return {"error": self.REFUSAL}, 401

    def admits(self) -> bool:
        """Tell whether the request shows the token, and count a wrong one.

        Raises an error with status 429 after too many wrong tokens.
        """
        is_right, is_wrong = self._presented()
        if is_wrong and self._wrong.add(request.remote_addr or ""):
            abort(429, message="Too many wrong tokens.", headers={"Retry-After": str(WINDOW_SECONDS)})
        return is_right

    @abstractmethod
    def _presented(self) -> tuple[bool, bool]:
        """Return whether the request shows the right token, and whether it shows a wrong one."""


class ViewersGuard(TokenGuard):
    """Takes the token from the header of programs or the cookie of browsers."""

    REFUSAL = "The token is missing or wrong: open the link that local_stt printed."

    def _answer(self) -> ResponseReturnValue:
        """Answer people who follow a link to a call with a page, and programs with JSON."""
        accepted = request.accept_mimetypes.best_match(["application/json", "text/html"])
        if accepted != "text/html":
            return super()._answer()
        return REFUSAL_PAGE, 401, {"Content-Security-Policy": "default-src 'none'"}

    def _presented(self) -> tuple[bool, bool]:
        header, cookies = request.headers.get, request.cookies
        return self._access.admits(request.method, header, cookies), self._access.is_wrong(header, cookies)


class ProgramsGuard(TokenGuard):
    """Takes the token as vendors' SDKs send it, and no cookie, as browsers send those by themselves.

    It may be the header `Authorization` itself, with a scheme such as `Bearer` or `Token` before it, or the
    password of `Basic`.  It may be the parameter `token`, or follow a scheme in `Sec-WebSocket-Protocol`.
    """

    takes_any_origin = True

    def refusal(self) -> ResponseReturnValue | None:
        """Raise an error with status 401 for a request without the token, which the vendor's routes shape."""
        if super().refusal() is not None:
            http_abort(401, "The token of local_stt is missing or wrong: give it as the API key.")
        return None

    def _presented(self) -> tuple[bool, bool]:
        given = presented_tokens(request.headers.get, request.args.get("token", ""))
        is_right = any(self._access.is_token(each) for each in given)
        return is_right, bool(given) and not is_right


class SessionsGuard(ProgramsGuard):
    """Takes session tokens besides, each once; `g.session_seconds` is how long that session may last."""

    def __init__(
        self, access: Access, wrong: WrongTokens, tokens: SessionTokens, otherwise: Guard | None = None
    ) -> None:
        super().__init__(access, wrong, otherwise)
        self._tokens = tokens

    def _presented(self) -> tuple[bool, bool]:
        for given in presented_tokens(request.headers.get, request.args.get("token", "")):
            if seconds := self._tokens.admit(given):
                g.session_seconds = seconds
                return True, False
        return super()._presented()


class LinkGuard(TokenGuard):
    """Takes the token from the link, as `?token=…`."""

    REFUSAL = "The token is wrong: open the link that local_stt printed."

    def _presented(self) -> tuple[bool, bool]:
        given = request.args.get("token", "")
        is_right = self._access.is_token(given)
        return is_right, bool(given) and not is_right
