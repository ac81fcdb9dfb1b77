"""Tells calls apart for a reader."""

import threading

from rich.text import Text

from ..events import AudioSetAside, CallEnded, CallStarted, DigitPressed, Event, FinalText, Gap, PartialText

MAX_NAME_CELLS = 30
"""Cells of a caller's name; numbers have at most 16"""


WHEN = {
    PartialText: "at",
    FinalText: "start",
    AudioSetAside: "start",
    Gap: "start",
    DigitPressed: "at",
    CallEnded: "seconds",
}
"""Which field of an event says how far into the call it is"""


class CallLabels:
    """A number for each call, its caller, and the time into it.  Safe to share between threads."""

    def __init__(self) -> None:
        self._calls: dict[str, tuple[int, str, str]] = {}
        self._count = 0
        self._lock = threading.Lock()

    def head(self, event: Event) -> tuple[int, str]:
        """The call's number, and what goes in front of its text, such as `#1 00:12 +15551234567:`.

        A call that was never seen to start has no number: 0, written `#?`.
        """
        number, caller, callee = self._call(event)
        at = WHEN.get(type(event))
        seconds = int(getattr(event, at)) if at else 0
        track = getattr(event, "track", "inbound")
        speaker = caller if track == "inbound" else callee
        return number, f"#{number or '?'} {seconds // 60:02}:{seconds % 60:02} {speaker}:"

    def _call(self, event: Event) -> tuple[int, str, str]:
        """An event's call; a call is entered when it starts and forgotten when it has ended."""
        with self._lock:
            if isinstance(event, CallStarted):
                self._enter(event)
            known = self._calls.get(event.call_id, (0, "caller", "callee"))
            if isinstance(event, CallEnded):
                self._calls.pop(event.call_id, None)
            return known

    def _enter(self, started: CallStarted) -> None:
        """Whoever is at the other end goes by their number; a stream started again is the same call."""
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
