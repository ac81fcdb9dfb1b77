"""Connects this host with the others, where there are several."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from ..config.settings import Settings
from ..errors import SettingError
from ..system.installation import pip_install

if TYPE_CHECKING:
    from ..cluster import Client, Server, Shared


def host_name(settings: Settings) -> str:
    """Return the name of this host: the one that is set, or the machine's."""
    return settings.cluster.host_name or socket.gethostname()


def require_shared_store(settings: Settings, what: str) -> None:
    """Raise `SettingError` if `what` cannot be, as calls are not kept in a store that hosts can share."""
    if not settings.storage.is_shared:
        raise SettingError(
            f"{what} needs the store that all hosts share: set DATABASE_URL to a PostgreSQL, such as "
            "postgresql://USER:PASSWORD@HOST/NAME."
        )
    if not settings.storage.keep_calls:
        raise SettingError(
            f"{what} needs calls to be kept: leave out --no-keep-calls, and set LOCAL_STT_KEEP_CALLS to yes."
        )


def require_shared_audio(settings: Settings, what: str) -> None:
    """Raise `SettingError` if `what` cannot be, as files are not kept where other hosts find them."""
    if not settings.storage.audio_store:
        raise SettingError(
            f"{what} needs a place from which all hosts read files: set AUDIO_STORE to a folder that they "
            "share, or to s3://BUCKET/PREFIX."
        )


def shared(settings: Settings) -> Shared | None:
    """Return what this program shares with other hosts; None where there is no other host.

    Raises `SettingError` for a wrong address, a missing driver, and calls that other hosts could not see.
    """
    if (client := _client(settings)) is None:
        return None
    from ..cluster import Shared  # only where there is a driver for Redis

    return Shared(client)


def examine_redis(settings: Settings) -> Server | None:
    """Ask the Redis of several hosts what it is like; None where there is no other host.

    Raises `SettingError` as `shared` does, and when it cannot be used.
    """
    if (client := _client(settings)) is None:
        return None
    from ..cluster import examine

    with client:
        return examine(client)


def _client(settings: Settings) -> Client | None:
    """Return a client of the Redis of several hosts; None where there is no other host."""
    if not settings.cluster.redis_url:
        return None
    if not settings.storage.is_shared:
        raise SettingError(
            "REDIS_URL is set, but calls are kept on this host alone: set DATABASE_URL to a PostgreSQL that "
            "all hosts share, or unset REDIS_URL."
        )
    if not settings.storage.keep_calls:
        raise SettingError(
            "REDIS_URL is set, but calls are not kept (LOCAL_STT_KEEP_CALLS), so no host could end those "
            "of another one that is gone: keep them, or unset REDIS_URL."
        )
    try:
        from ..cluster import connect
    except ImportError as error:
        raise SettingError(f"REDIS_URL is set, but its driver is missing: {pip_install('redis')}.") from error
    return connect(settings.cluster.redis_url)
