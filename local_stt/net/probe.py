"""Short questions to servers elsewhere: what time it is there, and whether local_stt answers."""

from email.utils import parsedate_to_datetime

import requests

from .bounded_http import Bounds, bounded_session, whole_body

TIMEOUT = 10.0

MAX_BYTES = 10_000
"""Of an answer"""


def server_time(url: str) -> float | None:
    """Return a server's time in seconds since 1970, from its `Date` header (RFC 9110, 6.6.1).

    None where it does not answer, or does not say.
    """
    try:
        with bounded_session(Bounds(TIMEOUT)) as session:
            response = session.head(url, timeout=TIMEOUT, allow_redirects=False)
        return parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (requests.RequestException, KeyError, ValueError, OverflowError):
        return None


def what_answers(address: str) -> str:
    """Return what is wrong with the answer at an address, as a predicate; empty if local_stt answers."""
    try:
        with bounded_session(Bounds(TIMEOUT)) as session:
            response = session.get(f"{address}/healthz", timeout=TIMEOUT, stream=True, allow_redirects=False)
            body = whole_body(response, MAX_BYTES)
    except (requests.RequestException, ValueError) as error:
        return f"does not answer ({type(error).__name__})"
    if response.ok and b'"ok"' in body:
        return ""
    return f"answers {response.status_code}, and is not local_stt"
