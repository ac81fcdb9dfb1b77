"""Connects this host with the others, where there are several."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from ..config.settings import Settings
from ..errors import SettingError
from ..system.installation import pip_install
from ..telephony.call_slots import CallSlots

if TYPE_CHECKING:
    from ..cluster import Client, HostLoads
    from ..cluster.shared import Shared


def host_name(settings: Settings) -> str:
    """Return the name of this host: the one that is set, or the machine's."""
    return settings.cluster.host_name or socket.gethostname()


def require_shared_store(settings: Settings, what: str) -> None:
    """Raise `SettingError` if `what` cannot be, as calls are not kept in a store that hosts can share."""
    if not is_shared(settings.storage.database_url):
        raise SettingError(
            f"{what} needs the store that all hosts share: set DATABASE_URL to a PostgreSQL, such as "
            "postgresql://USER:PASSWORD@HOST/NAME."
        )
    if not settings.storage.keep_calls:
        raise SettingError(
            f"{what} keeps texts in the store: leave out --no-keep-calls / LOCAL_STT_KEEP_CALLS."
        )


def require_shared_audio(settings: Settings, what: str) -> None:
    """Raise `SettingError` if `what` cannot be, as files are not kept where other hosts find them."""
    if not settings.storage.audio_store:
        raise SettingError(
            f"{what} needs a place from which all hosts read files: set AUDIO_STORE to a folder that they "
            "share, or to s3://BUCKET/PREFIX."
        )


def connected(settings: Settings) -> Client | None:
    """Return a client of the Redis that all hosts share; None where there is no other host.

    Raises `SettingError` for a wrong address, a missing driver, and calls that other hosts could not see.
    """
    if not settings.cluster.redis_url:
        return None
    if not is_shared(settings.storage.database_url):
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


def is_shared(database_url: str) -> bool:
    """Check whether a database is one that several hosts can share."""
    return database_url.startswith(("postgres://", "postgresql"))


def shared(settings: Settings) -> Shared | None:
    """Return what this program shares with other hosts; None where there is no other host.

    Raises `SettingError` as `connected` does.
    """
    if (client := connected(settings)) is None:
        return None
    from ..cluster.shared import Shared

    return Shared(client)


def check_redis(settings: Settings) -> None:
    """Raise `SettingError` where several hosts must share a Redis, and it cannot be used."""
    if client := connected(settings):
        from ..cluster.server import examine

        with client:
            examine(client)


def shared_loads(settings: Settings, redis: Client, slots: CallSlots) -> HostLoads:
    """Return what shares the calls in `slots` with the other hosts, and knows theirs."""
    from ..cluster import HostLoads  # only where there is a driver for Redis

    loads = HostLoads(
        redis,
        host_name(settings),
        settings.cluster.host_url,
        calls=slots.calls,
        max_calls=round(slots.max_calls),
        expect=slots.expect,
        is_draining=lambda: slots.is_draining,
    )
    slots.on_change = loads.changed
    return loads
