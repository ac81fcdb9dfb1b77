"""An answer from a server within seconds, or one sentence about why there is none."""

import http.client
import threading
from collections.abc import Callable, Mapping
from concurrent import futures
from typing import TypeVar
from urllib.parse import urlsplit

import requests

from ..errors import DownloadError

# Seconds
ANSWER_TIMEOUT = 5.0
STALL_TIMEOUT = 15.0

CHUNK = 64 * 1024
"""Bytes read at a time"""

REMEDY = "set LOCAL_STT_MODEL_LIST_URL to a mirror's list, or unpack a model into the models folder by hand."

_T = TypeVar("_T")


class NetworkError(DownloadError):
    """The fault of the network or the server: what has arrived so far is worth keeping."""


def ask(
    url: str, headers: Mapping[str, str] | None = None, seconds: float = ANSWER_TIMEOUT
) -> requests.Response:
    """The beginning of an answer, whatever its status, or `NetworkError` within `seconds`."""

    def get() -> requests.Response:
        # A compressed answer would not have the length and the ranges of the file.
        plain = {"Accept-Encoding": "identity", **(headers or {})}
        return requests.get(url, headers=plain, stream=True, timeout=(seconds, STALL_TIMEOUT))

    try:
        return within(seconds, get, too_late=requests.Response.close)
    except (OSError, ValueError) as error:
        raise _unreachable(url, error) from error


def read(url: str, *, longest: int, seconds: float) -> bytes:
    """A whole answer, cut off somewhere after `longest` bytes.

    Waits up to `seconds` for it to begin, then as long for its end.  Raises `NetworkError`.
    """
    response = ask(url, seconds=seconds)
    if response.status_code != requests.codes.ok:
        raise refused(response)
    try:
        return within(seconds, lambda: _body(response, longest))
    except (OSError, ValueError) as error:
        raise _unreachable(url, error) from error


def within(seconds: float, work: Callable[[], _T], too_late: Callable[[_T], None] = lambda _: None) -> _T:
    """What `work` returns or raises, or TimeoutError.

    Nothing else bounds a name lookup or a trickle of header bytes.  The thread is abandoned
    then, not stopped, and `too_late` disposes of what it brings in the end.
    """
    box: futures.Future[_T] = futures.Future()
    threading.Thread(target=_fill, args=(box, work, too_late), daemon=True).start()
    finished, _ = futures.wait([box], timeout=seconds)
    if not finished and box.cancel():
        raise TimeoutError(f"no answer within {seconds:g} seconds")
    return box.result()


def refused(response: requests.Response) -> NetworkError:
    """Closes an answer that is none, and says so."""
    response.close()
    path = urlsplit(response.url).path
    answered = f"{host(response.url)} answered {response.status_code} {response.reason} for {path}"
    return NetworkError(f"{answered}. Try again later, {REMEDY}")


def reason(error: BaseException) -> str:
    """The innermost cause: "Connection refused" rather than the whole story of the pool."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    if isinstance(error, http.client.IncompleteRead):
        return "the connection was closed"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def host(url: str) -> str:
    """The host alone: the whole address may hold a password."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def _unreachable(url: str, error: Exception) -> NetworkError:
    return NetworkError(f"{host(url)} cannot be reached ({reason(error)}). Check the network, {REMEDY}")


def _body(response: requests.Response, longest: int) -> bytes:
    body = b""
    with response:
        for chunk in response.iter_content(CHUNK):
            body += chunk
            if len(body) > longest:
                break
    return body


def _fill(box: "futures.Future[_T]", work: Callable[[], _T], too_late: Callable[[_T], None]) -> None:
    """Put what comes of `work` into the box, unless nobody waits for it any more."""
    try:
        result = work()
    except Exception as error:  # noqa: BLE001  (handed to whoever waits)
        if box.set_running_or_notify_cancel():
            box.set_exception(error)
        return
    if box.set_running_or_notify_cancel():
        box.set_result(result)
    else:
        too_late(result)
