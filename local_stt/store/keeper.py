"""Writes down what happens on calls, as it happens."""

from collections.abc import Callable, Sequence

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from ..events import (
    AudioSetAside,
    CallEnded,
    CallStarted,
    DigitPressed,
    Event,
    FinalText,
    Gap,
    PartialText,
)
from ..holding import Holding, Never, NotNow, Wording
from ..kept import KeptCall
from .calls import Store, now

MOST_HELD = 100_000
"""Events: some ten hours of fifty calls"""

UNWRITABLE = (DataError, IntegrityError, ProgrammingError)
"""What is wrong with an event, not with the store"""

WORDING = Wording("The store", "what they say", lambda lost: f"{lost} events of calls")


class Keeper:
    """A listener of the hub."""

    def __init__(
        self,
        store: Store,
        *,
        server: str,
        model_of: Callable[[CallStarted], str],
        tell: Callable[[str], None],
        interrupted: Sequence[KeptCall] = (),
        most_held: int = MOST_HELD,
    ) -> None:
        """`model_of` names the model that hears a call.  `tell` is told when the store stops and when it
        takes again, for the user to read."""
        self.store, self.server, self._model_of = store, server, model_of
        self.interrupted = interrupted
        """Calls in progress that a killed program left"""
        self.holding: Holding[tuple[int, Event]] = Holding(
            "keeper", self._write, wording=WORDING, tell=tell, most=most_held
        )

    def __call__(self, event: Event) -> None:
        """Hold an event until it is written."""
        if not isinstance(event, PartialText):
            self.holding.put((now(), event))

    def close(self, seconds: float) -> None:
        """Write what is held, for so long at most; what is lost is said."""
        self.holding.close(seconds)

    def _write(self, held: tuple[int, Event]) -> None:
        at, event = held
        try:
            match event:
                case CallStarted():
                    self.store.begin(event, at=at, server=self.server, model=self._model_of(event))
                case CallEnded():
                    self.store.end(event, at=at)
                case FinalText() | DigitPressed() | Gap() | AudioSetAside():
                    self.store.add(event, at=at, server=self.server)
        except UNWRITABLE as error:
            raise Never(f"a {type(event).__name__} of call {event.call_id}") from error
        except SQLAlchemyError as error:
            raise NotNow(str(getattr(error, "orig", None) or error)) from error
