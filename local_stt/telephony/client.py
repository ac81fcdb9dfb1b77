"""Sends requests to Twilio, with time-outs, retries and a plain message for each error."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response

from ..errors import TelephonyError
from ..net.bounded_http import Bounds, bounded_session, whole_body

RESPONSE_TIMEOUT = 15.0
"""Seconds for an answer to begin, and to go on after it has stopped"""

TOTAL_TIMEOUT = 60.0
"""Seconds for an answer as a whole"""

MAX_BYTES = 16 * 1024 * 1024
"""Bytes of an answer; a page of a thousand records has one or two million"""

RETRY_DELAYS = (0.5, 2.0)
"""Seconds before each retry"""

MAX_RETRY_AFTER = 30.0
"""Most seconds to wait when Twilio asks for it; if it asks for more, the user gets a message"""

SUSPENDED = 20005
"""Twilio's code for an account that is suspended or closed; it comes with 401, as for a wrong password"""

Sentences = Mapping[int | None, str]
"""Messages by HTTP status; None is for errors without one"""


class TwilioResponse(Protocol):
    """An answer of Twilio's, from its own client or from requests."""

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Any: ...


def ask(call: Callable[..., Any], sentences: Sentences | None = None, **arguments: Any) -> Any:
    """Call a method of Twilio's client; return what it returns.  Raises `TelephonyError`, with the remedy."""
    try:
        return call(**arguments)
    except (TwilioException, requests.RequestException, ValueError, RecursionError) as error:
        raise refused(_status(error), error, sentences) from error


def is_unknown(error: TelephonyError) -> bool:
    """Check whether Twilio did not know what it was asked about (404)."""
    return error.status == 404


def was_refused(error: TelephonyError) -> bool:
    """Check whether Twilio refused a request (4xx), so that nothing has happened."""
    return error.status is not None and 400 <= error.status < 500


def refused(status: int | None, error: object, sentences: Sentences | None = None) -> TelephonyError:
    """Make the error to raise, with the message that `sentences` has for the status, if any.

    It may pass, unless the fault is in what was asked for (400, 404): other faults are those of the network,
    of Twilio and of the credentials.
    """
    return TelephonyError(
        _explained(status, error, sentences), status=status, may_pass=status not in (400, 404)
    )


def _explained(status: int | None, error: object, sentences: Sentences | None) -> str:
    """Say why Twilio did not do it, and the remedy."""
    if _code(error) == SUSPENDED:
        return (
            f"Twilio has suspended this account (error {SUSPENDED}): https://console.twilio.com says why, "
            "and what lifts it."
        )
    if sentences and status in sentences:
        return sentences[status]
    match status:
        case None:
            return (
                f"Twilio could not be reached ({type(error).__name__}): check the network, "
                "or run with --no-wire and set the number's voice webhook in the Twilio Console."
            )
        case 401:
            return (
                "Twilio refused the credentials (401): TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be "
                "those shown at https://console.twilio.com."
            )
        case 403:
            return "Twilio does not allow this account to do that (403): see https://console.twilio.com."
        case 404:
            return (
                "Twilio does not know it (404): it may be over, or TWILIO_ACCOUNT_SID is that of another "
                "account."
            )
        case 400:
            return f"Twilio does not take it (400): {getattr(error, 'msg', error)}."
        case 429:
            return "Twilio is asked too often (429): wait a minute and start again."
        case _:
            return f"Twilio answered {status}: try again, and see https://status.twilio.com."


def _status(error: Exception) -> int | None:
    """Return the HTTP status of an error of twilio's, which raises others for a record than for a list."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return int(error.status)
    response = error.args[1] if len(error.args) > 1 else None
    return response.status_code if isinstance(response, Response) else None


def _code(error: object) -> int | None:
    """Return Twilio's own code of an error, beside the HTTP status: https://www.twilio.com/docs/api/errors"""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return int(error.code) if re.fullmatch(r"[0-9]{1,9}", str(error.code)) else None
    response = error.args[1] if isinstance(error, TwilioException) and len(error.args) > 1 else None
    try:
        code = json.loads(response.text)["code"] if isinstance(response, Response) else None
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return code if isinstance(code, int) else None


class HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's HTTP client with time-outs, with retries, and with another API address if one is set."""

    def __init__(self, api_url: str, sleep: Callable[[float], object]) -> None:
        super().__init__(pool_connections=False)
        self._api = urlsplit(api_url) if api_url else None
        self._sleep = sleep

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Response:
        if self._api:
            url = urlunsplit(urlsplit(url)._replace(scheme=self._api.scheme, netloc=self._api.netloc))
        for default in RETRY_DELAYS:
            wait: float | None = default
            try:
                response = self._request_once(method, url, *arguments, **options)
            except (requests.ConnectionError, requests.Timeout):
                if not _may_be_repeated(method):
                    raise
            else:
                wait = retry_delay(method, response, default)
            if wait is None:
                return response
            self._sleep(wait)
        return self._request_once(method, url, *arguments, **options)

    def _request_once(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Send a request once, with the arguments of Twilio's own client; read the answer within bounds."""
        with bounded_session(Bounds(TOTAL_TIMEOUT)) as session:
            answer = session.request(
                method.upper(),
                url,
                params=params,
                data=data,
                headers=headers,
                auth=auth,
                timeout=timeout or RESPONSE_TIMEOUT,
                allow_redirects=allow_redirects,
                stream=True,
            )
            body = whole_body(answer, MAX_BYTES)
        return Response(answer.status_code, body.decode("utf-8", "replace"), answer.headers)


def _may_be_repeated(method: str) -> bool:
    """Check whether a request that was not answered may be repeated.

    A change may have happened all the same: a call must not be placed twice.
    """
    return method.upper() == "GET"


def retry_delay(method: str, response: TwilioResponse, default: float) -> float | None:
    """Return the seconds before the request is sent again; None if it should not be."""
    if response.status_code == 429:  # nothing has happened, so any request may be repeated
        asked = str((response.headers or {}).get("Retry-After", ""))
        wait = float(asked) if asked.isdecimal() else default
        return wait if wait <= MAX_RETRY_AFTER else None
    return default if response.status_code >= 500 and _may_be_repeated(method) else None
