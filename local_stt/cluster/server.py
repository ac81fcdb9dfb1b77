"""What can be known of a Redis server before hosts rely on it."""

from dataclasses import dataclass
from typing import Any

from ..errors import SettingError
from ..net.loopback import is_loopback
from .connection import UNREACHABLE, Client, address, refuse

MIN_VERSION = (6, 2)
"""The first version that trims streams at a number"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers."""

    address: str
    version: str
    policy: str
    """What it does when its memory is full; empty if it does not say"""
    persists: bool
    """Whether it writes its data to a disk"""
    is_local: bool
    """Whether it is on this machine"""

    @property
    def evicts(self) -> bool:
        """Whether it drops data when its memory is full."""
        return self.policy not in ("", "noeviction")


def examine(client: Client) -> Server:
    """Ask a server what it is like.  Raises `SettingError` when it cannot be used, or is too old."""
    try:
        info: Any = client.info()
        save = _setting(client, "save")
    except UNREACHABLE as error:
        refuse(client, error)
    version = str(info.get("redis_version", ""))
    if version and tuple(map(int, version.split(".")[:2])) < MIN_VERSION:
        raise SettingError(f"REDIS_URL: Redis {version} is too old: use 6.2 or later, or Valkey.")
    return Server(
        address(client),
        version,
        str(info.get("maxmemory_policy", "")),
        persists=bool(info.get("aof_enabled")) or bool(save),
        is_local=_is_local(client),
    )


def _setting(client: Client, name: str) -> str:
    """Return a setting of the server; empty if it does not say."""
    try:
        answer: Any = client.config_get(name)
    except UNREACHABLE:  # a managed one may not say
        return ""
    return str(answer.get(name, ""))


def _is_local(client: Client) -> bool:
    options = client.connection_pool.connection_kwargs
    return "path" in options or is_loopback(str(options.get("host", "localhost")))
