"""Sends HTTP requests whose answers are bounded as a whole.

The read time-out of requests applies between two bytes.  So an answer that trickles could go on for ever, and
one that does not end would fill the memory.
"""

import http.client
import io
import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import requests
from requests.adapters import HTTPAdapter

# About malformed headers urllib3 would log the whole address, with the token in it.
logging.getLogger("urllib3").setLevel(logging.ERROR)

CHUNK = 64 * 1024
"""Bytes read at a time"""

GRACE_SECONDS = 60.0
"""Seconds of an answer before its speed counts"""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of an answer, from its first byte to the last of its body."""

    seconds: float
    bytes_per_second: float = 0.0
    """Least speed of the answer, on average from its beginning"""


Connect = Callable[[str, int, float | None], socket.socket]
"""Connects to a host and a port within seconds"""


def bounded_session(bounds: Bounds, connect: Connect | None = None) -> requests.Session:
    """Return a session that reads answers within bounds; one that exceeds them fails as at a time-out.

    If `connect` is given it makes all connections, and neither proxies nor a `.netrc` count.
    """
    session = requests.Session()
    session.trust_env = connect is None
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(bounds, connect))
    return session


def whole_body(response: requests.Response, max_bytes: int) -> bytes:
    """Read and close an answer that was streamed.

    Raises `requests.RequestException`, also for one of more than `max_bytes` bytes.
    """
    body = b""
    with response:
        for chunk in response.iter_content(CHUNK):
            body += chunk
            if len(body) > max_bytes:
                raise requests.RequestException(f"the answer has more than {max_bytes} bytes")
    return body


class _Adapter(HTTPAdapter):
    def __init__(self, bounds: Bounds, connect: Connect | None) -> None:
        self._bounds, self._connect = bounds, connect
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        _bound(self.poolmanager, self._bounds, self._connect)

    def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*arguments, **options)
        _bound(manager, self._bounds, self._connect)
        return manager


def _bound(manager: Any, bounds: Bounds, connect: Connect | None) -> None:
    """Make the connections of a manager of urllib3 read answers within bounds."""
    pools = manager.pool_classes_by_scheme.items()
    manager.pool_classes_by_scheme = {scheme: _bounded_pool(pool, bounds, connect) for scheme, pool in pools}


@cache
def _bounded_pool(pool: Any, bounds: Bounds, connect: Connect | None) -> type:
    changes: dict[str, Any] = {"response_class": staticmethod(partial(_Answer, bounds=bounds))}
    if connect:
        changes["_new_conn"] = lambda self: connect(self.host, self.port, self.timeout)
    connection = type("Connection", (pool.ConnectionCls,), changes)
    return type("Pool", (pool,), {"ConnectionCls": connection})


class _Answer(http.client.HTTPResponse):
    """An answer that is read within bounds, its status line and headers too."""

    def __init__(self, sock: socket.socket, *arguments: Any, bounds: Bounds, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = io.BufferedReader(_Arriving(self.fp.detach(), sock, bounds))


class _Arriving(io.RawIOBase):
    """The bytes of an answer as they come from a socket, within bounds."""

    def __init__(self, raw: Any, sock: socket.socket, bounds: Bounds) -> None:
        self._raw, self._sock, self._bounds = raw, sock, bounds
        self._idle_timeout = sock.gettimeout()
        self._began, self._bytes = time.monotonic(), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        elapsed = time.monotonic() - self._began
        left = self._bounds.seconds - elapsed
        late = elapsed - GRACE_SECONDS
        if left <= 0 or self._bytes < late * self._bounds.bytes_per_second:
            raise TimeoutError("the answer did not come in time")
        silence = self._idle_timeout
        self._sock.settimeout(left if silence is None else min(left, silence))
        count = self._raw.readinto(buffer)
        self._bytes += count or 0
        return int(count or 0)

    def close(self) -> None:
        self._raw.close()
        super().close()
