"""Checks that a request comes from Twilio.

Twilio signs what it sends with the account's auth token, over the address that it sends it to
(https://www.twilio.com/docs/usage/security#validating-requests).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from twilio.request_validator import (
    HMAC_SHA1,
    HMAC_SHA256,
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

Header = Callable[[str], str | None]
"""Looks up a header of the request, in upper or lower case"""


class Signatures:
    """Checks signatures against the addresses that this server is known by.

    `bases` are those addresses, such as `https://name.example`.  The host and scheme in the request are never
    used: behind a tunnel they are wrong, and a stranger can forge them.  `tokens` are the auth tokens that
    may have signed; there are two during a rotation.
    """

    def __init__(self, tokens: Sequence[str], bases: Sequence[str]) -> None:
        self._validators = [RequestValidator(token) for token in tokens]
        self._bases = bases

    def webhook_is_signed(self, path_and_query: str, form: Mapping[str, str], header: Header) -> bool:
        """Check whether a POST of `form` carries a valid signature."""
        return self._any_valid((base + path_and_query for base in self._bases), form, header)

    def handshake_is_signed(self, path: str, header: Header) -> bool:
        """Check whether a WebSocket handshake carries a valid signature.

        Twilio signs the wss:// address as our TwiML wrote it
        (https://github.com/twilio/twilio-aspnet/issues/162).  Whether it adds a slash at the end could not be
        confirmed, so both are accepted.
        """
        urls = ["ws" + base.removeprefix("http") + path for base in self._bases]
        return self._any_valid((url + ending for url in urls for ending in ("", "/")), {}, header)

    def _any_valid(self, urls: Iterable[str], form: Mapping[str, str], header: Header) -> bool:
        signature = header(SIGNATURE_HEADER) or ""
        algorithm = get_signature_algorithm(header(SIGNATURE_SETTINGS_HEADER))
        return algorithm in (HMAC_SHA1, HMAC_SHA256) and any(
            validator.validate(url, form, signature, algorithm)
            for url in urls
            for validator in self._validators
        )


def has_signature(header: Header) -> bool:
    """Check whether a request carries a signature, right or wrong."""
    return bool(header(SIGNATURE_HEADER))


def sign(token: str, url: str, form: Mapping[str, str]) -> dict[str, str]:
    """Return the header that Twilio would send with `form` to `url`; our own posts have it too."""
    return {SIGNATURE_HEADER: RequestValidator(token).compute_signature(url, form)}
