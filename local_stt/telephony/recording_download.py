"""Downloads the audio of Twilio's recordings: large files, in pieces, with credentials for Twilio alone."""

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
"""Seconds that a download may stand still"""

TOTAL_TIMEOUT = 3600.0
"""Seconds for a download: a day of two channels needs 6 Mbit/s; one that trickles would never end"""

MIN_BYTES_PER_SECOND = 2000.0
"""Least speed of a download: a quarter of what a phone line carries"""

MAX_BYTES = 4 * 1024**3
"""Bytes of a recording: as many as a WAV file can have"""

MAX_REDIRECTS = 5


class RecordingDownload:
    """The files of an account's recordings."""

    def __init__(self, folder: str, auth: tuple[str, str], sleep: Callable[[float], object]) -> None:
        """Download from `folder`, the address that all recordings share."""
        self._folder, self._auth, self._sleep = folder, auth, sleep

    def save(self, sid: str, file: RawIOBase | IO[bytes], sentences: Sentences) -> None:
        """Write a recording to `file`; begin again where the connection breaks.

        Raises `TelephonyError`, with the message that `sentences` has for the status, if any.  Raises
        `OSError` when `file` cannot be written.
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
        """Request a recording with two channels, or as it is where Twilio refuses that."""
        response = self._request(f"{self._folder}/{sid}.wav?RequestedChannels=2")
        if response.status_code != requests.codes.bad_request:
            return response
        response.close()
        return self._request(f"{self._folder}/{sid}.wav")

    def _request(self, url: str) -> requests.Response:
        """Return the beginning of an answer.  Redirects are followed without credentials.

        Raises `TelephonyError` for too many redirects, or one to another scheme.
        """
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
    # `save` gives up first; this bound ends the thread that it leaves behind.
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
