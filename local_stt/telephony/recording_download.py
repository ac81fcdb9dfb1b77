"""The audio of Twilio's recordings: large files, in pieces, and no credentials to anybody but Twilio."""

from collections.abc import Callable
from io import RawIOBase
from typing import IO
from urllib.parse import urljoin, urlsplit

import requests

from ..errors import TelephonyError
from ..net.bounded_http import CHUNK, Bounds, bounded_session
from ..net.credentials import nobody
from ..net.timeouts import within
from ..system.unbuffered import write_all
from .client import RESPONSE_TIMEOUT, RETRY_DELAYS, Sentences, refused, retry_delay

READ_TIMEOUT = 30.0
"""So long may a download stand still"""

TOTAL_TIMEOUT = 3600.0
"""A day of two channels needs 6 Mbit/s to come in an hour; what drips would never be there"""

MIN_BYTES_PER_SECOND = 2000.0
"""A quarter of what a phone line carries"""

MAX_BYTES = 4 * 1024**3
"""As many as a WAV file can have"""

MAX_REDIRECTS = 5


class RecordingDownload:
    """The files of an account's recordings."""

    def __init__(self, folder: str, auth: tuple[str, str], sleep: Callable[[float], object]) -> None:
        """`folder` is their common address."""
        self._folder, self._auth, self._sleep = folder, auth, sleep

    def save(self, sid: str, file: RawIOBase | IO[bytes], sentences: Sentences) -> None:
        """Write one, again from the beginning where the connection breaks.

        Raises `TelephonyError`, in the words of `sentences` where there are some, and `OSError`.
        """
        try:
            within(TOTAL_TIMEOUT, lambda: self._save(sid, file, sentences))
        except TimeoutError as error:
            raise TelephonyError(
                f"Recording {sid} did not come within {TOTAL_TIMEOUT / 60:g} minutes: "
                "see how fast the network is, and try again.",
                may_pass=True,
            ) from error

    def _save(self, sid: str, file: RawIOBase | IO[bytes], sentences: Sentences) -> None:
        for default in (*RETRY_DELAYS, None):
            try:
                with self._request_dual(sid) as response:
                    wait = None if default is None else retry_delay("GET", response, default)
                    if wait is None:
                        _require_audio(response, sentences)
                        _copy(response, file)
                        return
            except requests.RequestException as error:
                if default is None:
                    raise refused(None, error, sentences) from error
                wait = default
            self._sleep(wait)

    def _request_dual(self, sid: str) -> requests.Response:
        """With two channels; as it is where Twilio refuses that."""
        response = self._request(f"{self._folder}/{sid}.wav?RequestedChannels=2")
        if response.status_code != requests.codes.bad_request:
            return response
        response.close()
        return self._request(f"{self._folder}/{sid}.wav")

    def _request(self, url: str) -> requests.Response:
        """The beginning of an answer.  Where Twilio sends us on, nobody is told who asks."""
        response = _get(url, self._auth)
        for _ in range(MAX_REDIRECTS):
            if not response.is_redirect:
                return response
            response.close()
            onward = urljoin(response.url, response.headers["Location"])
            if urlsplit(onward).scheme != urlsplit(url).scheme:
                break
            response = _get(onward, nobody)
        response.close()
        raise TelephonyError(
            f"Twilio sent the request for {urlsplit(url).path} on to where it cannot be followed."
        )


def _get(
    url: str, auth: tuple[str, str] | Callable[[requests.PreparedRequest], requests.PreparedRequest]
) -> requests.Response:
    # `save` gives up first; this ends the thread that it leaves.
    session = bounded_session(Bounds(TOTAL_TIMEOUT + READ_TIMEOUT, MIN_BYTES_PER_SECOND))
    return session.get(
        url,
        auth=auth,
        headers={"Accept-Encoding": "identity"},
        stream=True,
        allow_redirects=False,
        timeout=(RESPONSE_TIMEOUT, READ_TIMEOUT),
    )


def _require_audio(response: requests.Response, sentences: Sentences) -> None:
    if response.status_code != requests.codes.ok:
        raise refused(response.status_code, response.reason, sentences)


def _copy(response: requests.Response, file: RawIOBase | IO[bytes]) -> None:
    file.seek(0)
    file.truncate()
    for chunk in response.iter_content(CHUNK):
        write_all(file, chunk)
        if file.tell() > MAX_BYTES:
            raise TelephonyError(f"Twilio sent more than the {MAX_BYTES} bytes that a recording may have.")
