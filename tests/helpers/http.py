"""Requests that no HTTP client sends."""

from http.client import HTTPResponse
from urllib.parse import urlsplit

from helpers.servers import VIEWERS_TOKEN


def ask(server, method, target, **headers):
    """Send a request's target as it stands; return the answer, after reading only its head."""
    own, bearer = urlsplit(server.http).netloc, f"Bearer {VIEWERS_TOKEN}"
    given = {"Host": own, "Authorization": bearer} | headers
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    with server.connect() as raw:
        raw.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = HTTPResponse(raw, method=method)
        answer.begin()
        return answer
