"""Pass each event to all listeners."""

import logging
from collections.abc import Callable, Iterable

from .events import AnyEvent

logger = logging.getLogger(__name__)

EventListener = Callable[[AnyEvent], None]


class Hub:
    """Passes each event to all listeners, in the thread that publishes it.  So listeners must be fast.

    Thread-safe.
    """

    def __init__(self, listeners: Iterable[EventListener] = ()) -> None:
        self._listeners = tuple(listeners)

    def subscribe(self, listen: EventListener) -> None:
        """Add a listener, which takes all events from now on, after the other listeners."""
        self._listeners = (*self._listeners, listen)

    def publish(self, events: Iterable[AnyEvent]) -> None:
        """Pass every event to every listener, in order.  An exception of a listener is logged."""
        for event in events:
            for listen in self._listeners:
                _notify(listen, event)


def _notify(listen: EventListener, event: AnyEvent) -> None:
    try:
        listen(event)
    except Exception:  # one broken listener must not end the call
        logger.exception("%r could not take a %s", listen, type(event).__name__)
