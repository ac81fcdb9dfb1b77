"""Show finals as people read them."""

from collections.abc import Callable

from ..core.readable import Formatter, readable
from ..events import AnyEvent, CallEnded, CallStarted, FinalText
from .terminal import View


class FormattedView:
    """A listener that passes events to a view, with finals formatted.  Safe to call from any thread."""

    def __init__(self, view: View, formatter_of: Callable[[CallStarted], Formatter | None]) -> None:
        self._view, self._formatter_of = view, formatter_of
        self._formatters: dict[str, Formatter | None] = {}

    def __call__(self, event: AnyEvent) -> None:
        """Show an event.  A call whose beginning was not seen is shown as it was recognized."""
        match event:
            case CallStarted():
                self._formatters[event.call_id] = self._formatter_of(event)
            case CallEnded():
                self._formatters.pop(event.call_id, None)
            case FinalText():
                event = readable(event, self._formatters.get(event.call_id))
        self._view(event)
