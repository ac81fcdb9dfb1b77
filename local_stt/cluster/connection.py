"""Connect to Redis, or to Valkey, which speaks the same protocol."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ..errors import SettingError

Client = Redis
"""A client, as other packages know it"""

PREFIX = "local_stt:"
"""The beginning of the name of each key.  Deployments on one server use databases of their own."""

TIMEOUT = 2.0
"""Seconds to connect, and to wait for an answer"""


def connect(url: str, *, timeout: float = TIMEOUT) -> Redis:
    """Return a client of the server at `url`, which connects when it is used.

    Each command waits `timeout` seconds at most, and is not tried again: its caller knows whether that may be
    done.  Raises `SettingError` for a URL that makes no sense.
    """
    try:
        return Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            client_name="local_stt",
        )
    except (ValueError, TypeError) as error:
        raise SettingError(
            "REDIS_URL is not an address of the form redis://:PASSWORD@HOST:PORT/DATABASE, or it has "
            "something in it that its driver does not know."
        ) from error
