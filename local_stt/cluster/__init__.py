"""What several hosts share through Redis, when they answer the same numbers together.

shared          everything that a program shares with those on other hosts
├── host_loads      how many calls each host takes, and which have a place among all of them
├── shared_events   the live events of all hosts
│   ├── publisher       publishes the events of this host; `backlog` is their queue
│   ├── follower        follows the events of all hosts
│   └── event_stream    the stream in Redis
├── link            whether Redis can be reached
├── tokens          the token of viewers, and session tokens that were used
├── dial_limit      how many calls are placed within an hour
└── call_statuses   what became of them
connection      connects to Redis
server          what is known of a Redis server
scripts         runs Lua scripts in Redis; they are in this folder
"""

from .connection import Client, connect
from .server import Server, examine
from .shared import Shared

__all__ = ["Client", "Server", "Shared", "connect", "examine"]
