"""Follow the turns of one call: its finals and silences in, the same events and its turns out."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..events import CallEnded, Event, FinalText, Silence, Token, TrackEvent, Turn
from .formatting import text_of
from .readable import Formatter
from .spacing import joined
from .turns import TurnInProgress


@dataclass(slots=True)
class _NumberedTurn:
    number: int
    """Position of the turn on its call"""
    words: TurnInProgress


class CallTurns:
    """The turns of one call.  No I/O, no threads, no clock."""

    def __init__(self, formatter: Formatter, *, is_formatted: bool = True) -> None:
        """Write the turns with a formatter, or as they were recognized unless `is_formatted`."""
        self._formatter, self._is_formatted = formatter, is_formatted
        self._open: dict[str, _NumberedTurn] = {}  # by track
        self._count = 0

    def read(self, event: TrackEvent) -> Iterator[Event]:
        """Yield the turns that are over before an event, the event, and the turn that it is part of."""
        match event:
            case Silence():
                if not self._is_late(event):
                    yield from self._end_if_over(event, event.at, in_any_case=event.ends_turn)
            case FinalText():
                yield from self._end_if_over(event, event.start, in_any_case=self._is_late(event))
                yield event
                yield self._add(event)
            case CallEnded():
                for track in list(self._open):
                    yield self._end(event.call_id, track)
                yield event
            case _:
                yield event

    def _add(self, final: FinalText) -> Turn:
        turn = self._open.get(final.track)
        if turn is None:
            turn = _NumberedTurn(self._count, TurnInProgress(self._formatter.rules, self._formatter))
            self._open[final.track] = turn
            self._count += 1
        turn.words.add(final.words)
        return self._event(final.call_id, final.track, turn, is_over=False)

    def _end_if_over(
        self, event: FinalText | Silence, at: float, *, in_any_case: bool = False
    ) -> Iterator[Turn]:
        turn = self._open.get(event.track)
        if turn and (in_any_case or turn.words.is_over(at)):
            yield self._end(event.call_id, event.track)

    def _is_late(self, event: FinalText | Silence) -> bool:
        """Tell whether an event comes after words that follow it: its stream broke, and another began."""
        turn = self._open.get(event.track)
        moment = event.start if isinstance(event, FinalText) else event.at
        return turn is not None and moment < turn.words.words[-1].start

    def _end(self, call_id: str, track: str) -> Turn:
        return self._event(call_id, track, self._open.pop(track), is_over=True)

    def _event(self, call_id: str, track: str, turn: _NumberedTurn, *, is_over: bool) -> Turn:
        words = turn.words.words
        text = joined(word.text for word in words)
        tokens = self._tokens(turn, is_over=is_over)
        return Turn(
            call_id=call_id,
            track=track,
            turn_order=turn.number,
            end_of_turn=is_over,
            turn_is_formatted=self._is_formatted,
            end_of_turn_confidence=round(turn.words.confidence, 3),
            text=text,
            formatted=text_of(tokens) if tokens else text,
            start=words[0].start,
            end=words[-1].end,
            words=words,
            tokens=tokens,
        )

    def _tokens(self, turn: _NumberedTurn, *, is_over: bool) -> tuple[Token, ...]:
        return self._formatter.tokens(turn.words.words, ends=is_over) if self._is_formatted else ()
