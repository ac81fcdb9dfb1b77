"""Guards of the routes that Twilio calls: they check its signature, or for streams the token of viewers."""

from collections.abc import Callable

from flask import abort, g, request
from flask.typing import ResponseReturnValue

from ..net.guards import Guard
from ..system.rate_limited_log import RateLimitedLog
from .signature import Signatures, has_signature


class SignatureGuard(Guard):
    """A guard that admits requests that Twilio has signed."""

    def __init__(self, signatures: Signatures) -> None:
        self._signatures = signatures
        self._log = RateLimitedLog("A request to %.100r without Twilio's signature was refused")

    def refusal(self) -> ResponseReturnValue | None:
        """Raise an error with status 403 for a request that is not signed."""
        # The form of a request without any signature is not even read.
        if not (has_signature(request.headers.get) and self._is_signed()):
            self._log.warn(request.path)
            abort(403, "The signature is missing or wrong.")
        return None

    def _is_signed(self) -> bool:
        query = "?" + request.query_string.decode() if request.query_string else ""
        return self._signatures.webhook_is_signed(request.path + query, request.form, request.headers.get)


class HandshakeGuard(SignatureGuard):
    """A guard that admits WebSocket handshakes that Twilio has signed."""

    def _is_signed(self) -> bool:
        return self._signatures.handshake_is_signed(request.path, request.headers.get)


class StreamGuard(Guard):
    """A guard that admits the streams of viewers, who place calls from the browser, and those of Twilio.

    It sets `g.is_viewers` for the routes behind it.
    """

    def __init__(self, is_viewer: Callable[[], bool] | None, twilio: Guard) -> None:
        """Ask `is_viewer` whether the current request is a viewer's; it is None without viewers."""
        self._is_viewer, self._twilio = is_viewer, twilio

    def refusal(self) -> ResponseReturnValue | None:
        """Raise an error with status 403 for any other stream."""
        g.is_viewers = self._is_viewer is not None and self._is_viewer()
        return None if g.is_viewers else self._twilio.refusal()


class AstrayGuard(Guard):
    """A guard where no route is: it admits Twilio's requests, and logs that their address is wrong."""

    def __init__(self, twilio: Guard, webhook: str) -> None:
        """Admit what `twilio` admits; `webhook` is the address to set at the number."""
        self._twilio = twilio
        self._log = RateLimitedLog(
            "Twilio asked %s %.100r, which is not an address of this server: set the number's voice webhook "
            f"to {webhook} (POST)"
        )

    def refusal(self) -> ResponseReturnValue | None:
        """Raise an error with status 403 for a request that is not signed."""
        refusal = self._twilio.refusal()
        self._log.warn(request.method, request.path)
        return refusal
