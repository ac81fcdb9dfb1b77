"""The page and live events, for viewers.

routes          everything that viewers get, each part behind its guard
viewers         the connections that watch live
guards          admit requests with the token: in a header, a cookie or a link
├── access          checks requests against the token
├── session_tokens  issues tokens that open one live session each
└── wrong_tokens    counts wrong tokens
event_log       the last events of all calls
live_events     sends events: as server-sent events, and over a WebSocket
"""

from .routes import Viewing
from .viewers import Viewers

__all__ = ["Viewers", "Viewing"]
