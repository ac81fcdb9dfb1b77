"""Download an archive: continue where an earlier download broke off, and check the result."""

import re
from collections.abc import Callable
from pathlib import Path

import requests

from ..errors import DownloadError
from ..net.bounded_http import CHUNK
from . import http
from .catalogue import ListedModel
from .disk import digest, megabytes, size_of
from .http import NetworkError

Report = Callable[[int, int], None]
"""Called with the bytes so far and the bytes in all"""


def useful_bytes(model: ListedModel, part: Path) -> int:
    """Return how many bytes of an earlier download in `part` can be the beginning of the archive."""
    return size_of(part) if size_of(part) <= model.size else 0


def transfer(model: ListedModel, part: Path, progress: Report) -> None:
    """Download the rest of the archive to `part`.

    Raises `NetworkError` if that breaks off; the next call continues.  Raises `DownloadError` if the server
    has another size than the list, and `OSError` if the disk fails.
    """
    have = useful_bytes(model, part)
    progress(have, model.size)
    if have == model.size:
        return
    response, start = _ask(model, have)
    try:
        with response:
            _require_size(model, response, start)
            _save(model, response, part, start, progress)
    except requests.RequestException as error:
        raise _broke_off(model, part, http.reason(error)) from error
    if size_of(part) < model.size:
        raise _broke_off(model, part, "the connection was closed")


def require_promised(model: ListedModel, part: Path) -> None:
    """Compare the archive with the list: its size, MD5 and, where known, SHA-256.  Raises `DownloadError`."""
    wrong = [] if size_of(part) == model.size else ["size"]
    for algorithm, promised in (("md5", model.md5), ("sha256", model.sha256)):
        if promised and digest(part, algorithm) != promised:
            wrong.append(algorithm)
    if wrong:
        raise DownloadError(
            f"What {http.host(model.url)} sent is not the {model.name} that was promised (wrong "
            f"{' and '.join(wrong)}) and was deleted. Download it again; if that does not help, "
            f"{http.REMEDY}"
        )


def _ask(model: ListedModel, have: int) -> tuple[requests.Response, int]:
    """Request the archive; return the answer and where it begins: at `have`, or 0 if it cannot continue."""
    response = http.ask(model.url, {"Range": f"bytes={have}-"} if have else {})
    if response.status_code == requests.codes.ok:
        return response, 0
    if response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        return response, have
    if have and response.status_code in (requests.codes.partial, requests.codes.requested_range):
        response.close()
        return _ask(model, 0)
    raise http.refused(response)


def _require_size(model: ListedModel, response: requests.Response, start: int) -> None:
    """Refuse an answer of another length before it is read."""
    announced = response.headers.get("Content-Length", "")
    if re.fullmatch(r"[0-9]{1,18}", announced) and start + int(announced) != model.size:
        raise DownloadError(
            f"{http.host(model.url)} has {start + int(announced)} bytes for {model.name} and the list "
            f"says {model.size}: {http.REMEDY}"
        )


def _save(model: ListedModel, response: requests.Response, part: Path, start: int, progress: Report) -> None:
    done = start
    with part.open("ab" if start else "wb") as file:
        for chunk in response.iter_content(CHUNK):
            done += file.write(chunk)
            progress(min(done, model.size), model.size)
            if done > model.size:  # never fill the disk; the check will refuse it
                break


def _broke_off(model: ListedModel, part: Path, reason: str) -> NetworkError:
    return NetworkError(
        f"The download of {model.name} from {http.host(model.url)} broke off at "
        f"{megabytes(size_of(part))} of {megabytes(model.size)} ({reason}). "
        "Run it again: it continues where it stopped."
    )
