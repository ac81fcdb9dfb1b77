"""What several hosts share through Redis, when they answer the same numbers together.

- `connection`: connects to Redis
- `host_loads`: how many calls each host takes, and which have a place among all of them
"""

from .connection import Client, connect
from .host_loads import HostLoad, HostLoads

__all__ = ["Client", "HostLoad", "HostLoads", "connect"]
