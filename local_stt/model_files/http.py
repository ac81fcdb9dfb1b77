"""Get an answer from a server within seconds, or a sentence that says why there is none."""

import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit

import requests

from ..errors import DownloadError
from ..net.bounded_http import CHUNK, Bounds, bounded_session
from ..net.credentials import in_address
from ..net.timeouts import root_cause, within

# Seconds
ANSWER_TIMEOUT = 5.0
STALL_TIMEOUT = 15.0
MAX_DOWNLOAD_SECONDS = 24 * 3600.0

MIN_BYTES_PER_SECOND = 4000.0
"""A slower download is aborted; the next one continues it"""

REMEDY = "set LOCAL_STT_MODEL_LIST_URL to a mirror's list, or unpack a model into the models folder by hand."


class NetworkError(DownloadError):
    """The network or the server failed; the bytes so far are worth keeping."""


def ask(
    url: str, headers: Mapping[str, str] | None = None, seconds: float = ANSWER_TIMEOUT
) -> requests.Response:
    """Request an address; return the beginning of the answer, with any status.

    Raises `NetworkError` if there is none within `seconds`.
    """

    def get() -> requests.Response:
        # A compressed answer would not have the length and the ranges of the file.
        plain = {"Accept-Encoding": "identity", **(headers or {})}
        timeout = (seconds, STALL_TIMEOUT)
        session = bounded_session(Bounds(MAX_DOWNLOAD_SECONDS, MIN_BYTES_PER_SECOND))
        return session.get(url, headers=plain, auth=in_address(url), stream=True, timeout=timeout)

    try:
        return within(seconds, get, too_late=requests.Response.close)
    except (OSError, ValueError) as error:
        raise _unreachable(url, error) from error


def read(url: str, *, max_bytes: int, seconds: float) -> bytes:
    """Read a whole answer, cut off somewhere after `max_bytes` bytes.

    Waits up to `seconds` for it to begin, then as long for its end.  Raises `NetworkError`.
    """
    response = ask(url, seconds=seconds)
    if response.status_code != requests.codes.ok:
        raise refused(response)
    try:
        return within(seconds, lambda: _body(response, max_bytes))
    except (OSError, ValueError) as error:
        raise _unreachable(url, error) from error


def refused(response: requests.Response) -> NetworkError:
    """Close an answer with a wrong status; return the error that says so."""
    response.close()
    path = urlsplit(response.url).path
    answered = f"{host(response.url)} answered {response.status_code} {response.reason} for {path}"
    return NetworkError(f"{answered}. Try again later, {REMEDY}")


def reason(error: BaseException) -> str:
    """Return the innermost cause of an error, in the words of the system if it has some."""
    cause = root_cause(error)
    if isinstance(cause, http.client.IncompleteRead):
        return "the connection was closed"
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__


def host(url: str) -> str:
    """Return the host of an address, without the password that the address may contain."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _unreachable(url: str, error: Exception) -> NetworkError:
    return NetworkError(f"{host(url)} cannot be reached ({reason(error)}). Check the network, {REMEDY}")


def _body(response: requests.Response, max_bytes: int) -> bytes:
    body = b""
    with response:
        for chunk in response.iter_content(CHUNK):
            body += chunk
            if len(body) > max_bytes:
                break
    return body
