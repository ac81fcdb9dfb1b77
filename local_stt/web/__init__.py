"""The page and live events, for viewers.

routes          all that viewers get, each part behind its guard
viewers         those who watch
guards          who may: the token, in a header, a cookie or a link
├── access          checks requests against the token
└── wrong_tokens    counts wrong ones
event_log       the last events of all calls
live_events     sends them: server-sent events, and a WebSocket
"""

from .routes import Viewing
from .viewers import Viewers

__all__ = ["Viewers", "Viewing"]
