"""Short labels that tell calls apart: number, time and speaker."""

import threading

from rich.text import Text

from ..events import (
    Alert,
    AudioSetAside,
    CallEnded,
    CallStarted,
    DigitPressed,
    Event,
    FinalText,
    Gap,
    PartialText,
)

MAX_NAME_CELLS = 30
"""Terminal cells of a caller's name; phone numbers have at most 16"""


WHEN = {
    PartialText: "at",
    FinalText: "start",
    Alert: "start",
    AudioSetAside: "start",
    Gap: "start",
    DigitPressed: "at",
    CallEnded: "seconds",
}
"""The field of each event with its time in seconds on the call's clock"""


class CallLabels:
    """A number for each call, its caller, and the time into it.  Safe to share between threads."""

    def __init__(self) -> None:
        self._calls: dict[str, tuple[int, str, str]] = {}
        self._count = 0
        self._lock = threading.Lock()

    def head(self, event: Event) -> tuple[int, str]:
        """Return the call's number, and the label for its text, such as `#1 00:12 +15551234567:`.

        A call whose start was not seen has the number 0, written `#?`.
        """
        number, caller, callee = self._call(event)
        at = WHEN.get(type(event))
        seconds = int(getattr(event, at)) if at else 0
        track = getattr(event, "track", "inbound")
        speaker = caller if track == "inbound" else callee
        return number, f"#{number or '?'} {seconds // 60:02}:{seconds % 60:02} {speaker}:"

    def _call(self, event: Event) -> tuple[int, str, str]:
        """Return an event's call: number, caller, callee.  Add it when it starts, drop it when it ends."""
        with self._lock:
            if isinstance(event, CallStarted):
                self._enter(event)
            known = self._calls.get(event.call_id, (0, "caller", "callee"))
            if isinstance(event, CallEnded):
                self._calls.pop(event.call_id, None)
            return known

    def _enter(self, started: CallStarted) -> None:
        """Number a call and name the other end by its phone number; a recovered stream is the same call."""
        if started.call_id in self._calls:
            return
        self._count += 1
        caller, callee = "caller", "callee"
        if started.direction == "inbound":
            caller = _shortened(started.caller) or caller
        else:
            callee = _shortened(started.callee) or callee
        self._calls[started.call_id] = self._count, caller, callee


def _shortened(name: str) -> str:
    text = Text(name[: MAX_NAME_CELLS + 1])
    text.truncate(MAX_NAME_CELLS, overflow="ellipsis")
    return text.plain
