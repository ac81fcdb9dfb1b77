"""Post to an address of the user's or of a program's, once, without following redirects."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import requests

from .. import __version__
from .bounded_http import Bounds, Connect, bounded_session
from .credentials import in_address, nobody


@contextmanager
def posted(
    url: str, body: bytes, headers: Mapping[str, str], seconds: float, connect: Connect | None = None
) -> Iterator[requests.Response]:
    """Yield the answer to a post, whose body is not read; it has `seconds` to come.

    `connect` makes the connection, if it is given, and then there is no proxy.  Raises what requests raises.
    """
    own = {"User-Agent": f"local_stt/{__version__}", "Connection": "close"}
    with (
        bounded_session(Bounds(seconds), connect) as session,
        session.post(
            url,
            data=body,
            auth=in_address(url) or nobody,
            headers=own | dict(headers),
            timeout=seconds,
            allow_redirects=False,
            stream=True,
        ) as response,
    ):
        yield response
