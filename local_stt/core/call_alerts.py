"""Report the phrases of a user's topics while a call goes on: its events in, the same and alerts out."""

from collections.abc import Iterator

from ..events import Alert, Event, Turn
from .analysis import AlertFinder
from .analysis.alerts import Sighting


class CallAlerts:
    """The alerts of one call.  No I/O, no threads, no clock.

    A phrase is found in the turn so far, so it may begin in one final and end in the next.
    """

    def __init__(self, finder: AlertFinder) -> None:
        self._finder = finder
        self._reported: dict[int, list[Sighting]] = {}  # by turns that are not over

    def read(self, event: Event) -> Iterator[Event]:
        """Yield an event, and the alerts that it is the first to have."""
        yield event
        if isinstance(event, Turn):
            yield from self._new(event)

    def _new(self, turn: Turn) -> Iterator[Alert]:
        reported = self._reported.setdefault(turn.turn_order, [])
        for each in self._finder.find(turn.words, turn.tokens):
            if not any(each.repeats(other) for other in reported):
                reported.append(each)
                start, end = turn.words[each.first].start, turn.words[each.last - 1].end
                yield Alert(turn.call_id, turn.track, each.rule.topic, each.rule.phrase, start, end)
        if turn.end_of_turn:
            del self._reported[turn.turn_order]
