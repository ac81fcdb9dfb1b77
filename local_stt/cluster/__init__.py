"""What several hosts share through Redis, when they answer the same numbers together.

- `connection`: connects to Redis
"""

from .connection import Client, connect

__all__ = ["Client", "connect"]
