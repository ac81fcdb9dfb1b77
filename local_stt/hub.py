"""Carries events from call threads to everyone who wants them."""

import logging
from collections.abc import Callable, Iterable

from .events import AnyEvent

logger = logging.getLogger(__name__)

EventListener = Callable[[AnyEvent], None]


class Hub:
    """Safe to share between threads.  Listeners run in the call's thread, so they must be quick."""

    def __init__(self, listeners: Iterable[EventListener] = ()) -> None:
        self._listeners = tuple(listeners)

    def subscribe(self, listen: EventListener) -> None:
        """Have one more listener take every event from now on, after the others."""
        self._listeners = (*self._listeners, listen)

    def publish(self, events: Iterable[AnyEvent]) -> None:
        """Tell every listener of every event, in order."""
        for event in events:
            for listen in self._listeners:
                _notify(listen, event)


def _notify(listen: EventListener, event: AnyEvent) -> None:
    try:
        listen(event)
    except Exception:  # one broken listener must not end the call
        logger.exception("%r could not take a %s", listen, type(event).__name__)
