"""Show what is said by turns, as people read it."""

from ..core.formatting.tokens import written_words
from ..events import AnyEvent, FinalText, PartialText, Turn
from .terminal import View


class TurnView:
    """A listener that passes events to a view: each turn as a final when it is over, as a partial until then.

    The events of one call must come one after the other.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._turns: dict[tuple[str, str], str] = {}  # text of turns that are not over, by call and track

    def __call__(self, event: AnyEvent) -> None:
        """Show an event, except for a final, which the event of its turn follows."""
        match event:
            case FinalText():
                return
            case Turn(end_of_turn=True):
                self._turns.pop((event.call_id, event.track), None)
                words = written_words(event.words, event.tokens) if event.tokens else event.words
                event = FinalText(event.call_id, event.track, event.formatted, event.start, event.end, words)
            case Turn():
                self._turns[event.call_id, event.track] = event.formatted
                event = PartialText(event.call_id, event.track, event.formatted, event.end)
            case PartialText():
                begun = self._turns.get((event.call_id, event.track))
                text = f"{begun} {event.text}" if begun else event.text
                event = PartialText(event.call_id, event.track, text, event.at)
        self._view(event)
