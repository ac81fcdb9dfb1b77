"""Connect to Redis, or to Valkey, which speaks the same protocol."""

import re
from typing import NoReturn
from urllib.parse import urlsplit

from redis import AuthenticationError, Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import NoPermissionError, ResponseError
from redis.retry import Retry

from ..errors import SettingError

Client = Redis
"""A client, as other packages know it"""

PREFIX = "local_stt:"
"""The beginning of the name of each key.  Deployments on one server use databases of their own."""

TIMEOUT = 2.0
"""Seconds to connect, and to wait for an answer"""


UNREACHABLE = (RedisError, OSError)
"""The errors of a server that is gone, or that does not do what it is asked"""


def connect(url: str, *, timeout: float = TIMEOUT) -> Redis:
    """Return a client of the server at `url`, which connects when it is used.

    Each command waits `timeout` seconds at most, and is not tried again: its caller knows whether that may be
    done.  Raises `SettingError` for a URL that makes no sense.
    """
    try:
        client = Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
            client_name="local_stt",
        )
        _check(url, client)
    except (ValueError, TypeError) as error:
        raise SettingError(
            "REDIS_URL is not an address of the form redis://:PASSWORD@HOST:PORT/DATABASE, or it has "
            "something in it that its driver does not know."
        ) from error
    return client


def _check(url: str, client: Redis) -> None:
    """Raise `ValueError` or `TypeError` for what the driver would ignore, or refuse only later."""
    parts = urlsplit(url)
    if parts.scheme != "unix" and not re.fullmatch(r"/?\d*", parts.path):
        raise ValueError("The database is not a number.")
    pool = client.connection_pool
    pool.connection_class(**pool.connection_kwargs)


def refuse(client: Redis, error: Exception) -> NoReturn:
    """Raise `SettingError` for an error of a server."""
    if isinstance(error, AuthenticationError | NoPermissionError):
        raise SettingError(
            "REDIS_URL: the server refuses its user or password, or they may not do what is needed: "
            "correct them."
        ) from error
    if isinstance(error, ResponseError):
        raise SettingError(
            f"REDIS_URL: the Redis at {address(client)} refuses what hosts need ({in_a_line(error)}): "
            "correct that, or name a database of its own, such as redis://HOST:PORT/1."
        ) from error
    raise SettingError(
        f"REDIS_URL: no Redis answers at {address(client)} ({in_a_line(error)}): start it, or correct the "
        "address."
    ) from error


def address(client: Redis) -> str:
    """Return where the server of a client is, without any secret."""
    options = client.connection_pool.connection_kwargs
    return str(options.get("path") or f"{options.get('host', 'localhost')}:{options.get('port', 6379)}")


def in_a_line(error: Exception) -> str:
    """Return the first line of an error's message."""
    return str(error).partition("\n")[0].rstrip(".") or type(error).__name__
