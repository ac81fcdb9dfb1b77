"""What several hosts share, where there are several."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from ..config.settings import Settings
from ..service.cluster import examine_redis
from .findings import Level


def check_redis(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Connect to the Redis of all hosts, and look at what it does with its data."""
    server = examine_redis(settings)
    if server is None:
        yield Level.OK, "Not used, as REDIS_URL is not set: this host is alone."
        return
    yield Level.OK, f"Redis {server.version} answers at {server.address}."
    if server.evicts:
        yield (
            Level.PROBLEM,
            f"It drops data when its memory is full (maxmemory-policy {server.policy}), and so what hosts "
            "agree on: set maxmemory-policy noeviction.",
        )
    if server.persists:
        yield (
            Level.NOTE,
            'It writes its data to a disk, and so what is said on calls: set save "" and appendonly no, as '
            "hosts need nothing of it after a restart.",
        )
    if urlsplit(settings.cluster.redis_url).scheme == "redis" and not server.is_local:
        yield (
            Level.NOTE,
            "What is said goes to it unencrypted: use rediss://, or a network that nobody else reads.",
        )
