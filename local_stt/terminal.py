"""Shows calls on a terminal, or as lines for other programs.  rich lives here."""

import json
import logging
import sys
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from .events import AudioSetAside, CallEnded, CallStarted, Event, FinalText, PartialText, Word, to_dict

LOW_CONFIDENCE = 0.6
"""Words below it are marked"""

COLORS = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")


class View(ABC):
    """Somebody is watching: a person or a program.  Safe to call from any thread."""

    @abstractmethod
    def __call__(self, event: Event) -> None:
        """Show what happened."""

    @abstractmethod
    def notice(self, text: str) -> None:
        """Tell the person something about the program itself."""

    @abstractmethod
    def warn(self, text: str) -> None:
        """The same, so that it cannot be missed."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        return None


def open_view(*, as_json: bool, output: TextIO | None = None) -> View:
    """The view that suits the output: live on a terminal, plain lines elsewhere, or JSON if asked."""
    output = output or sys.stdout
    if as_json:
        return JsonView(output)
    return LiveView(Console(file=output)) if output.isatty() else PlainView(output)


class LineView(View):
    """A line an event on the output; words about the program go to standard error."""

    def __init__(self, output: TextIO) -> None:
        self._output: TextIO | None = output
        self._lock = threading.Lock()

    def notice(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201

    def warn(self, text: str) -> None:
        rule = "*" * 72
        self.notice(f"{rule}\n{text}\n{rule}")

    def _write(self, line: str) -> None:
        """A whole line or nothing, at once.  A reader that has gone away ends the output, not the calls."""
        with self._lock:
            if self._output is None:
                return
            try:
                self._output.write(line + "\n")
                self._output.flush()
            except BrokenPipeError:
                self._output = None
                self.notice("Nobody reads the output any more; calls go on without it.")


class JsonView(LineView):
    """One event a line, as JSON."""

    def __call__(self, event: Event) -> None:
        self._write(json.dumps(to_dict(event), ensure_ascii=False))


class PlainView(LineView):
    """Final texts only, one a line, with no control codes: for pipes and system logs."""

    def __init__(self, output: TextIO) -> None:
        super().__init__(output)
        self._roster = Roster()

    def __call__(self, event: Event) -> None:
        _, head = self._roster.head(event)
        if isinstance(event, FinalText):
            self._write(f"{head} {event.text}")


class LiveView(View):
    """Finals scroll by, solid; under them, dim, what is being said this moment on each line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._roster = Roster()
        self._lock = threading.Lock()
        self._partials: dict[tuple[str, str], Text] = {}
        self._live = Live(
            console=console, transient=True, get_renderable=self._being_said, refresh_per_second=8
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        number, head_text = self._roster.head(event)
        head = Text(head_text + " ", COLORS[number % len(COLORS)])
        with self._lock:
            match event:
                case PartialText():
                    self._partials[event.call_id, event.track] = head + self._newest(
                        event.text, head.cell_len
                    )
                    return
                case FinalText():
                    self._partials.pop((event.call_id, event.track), None)
                    line = head + _marked(event.words)
                case AudioSetAside():
                    told = f"{event.end - event.start:.1f} s of audio could not be recognized"
                    line = head + Text(told, "bold red")
                case CallStarted():
                    line = head + Text("call started", "dim")
                case CallEnded():
                    self._partials = {
                        key: said for key, said in self._partials.items() if key[0] != event.call_id
                    }
                    line = head + Text(f"call ended ({event.reason})", "dim")
        self._console.print(line)

    def notice(self, text: str) -> None:
        self._console.print(Text(text))

    def warn(self, text: str) -> None:
        self._console.print(Panel(Text(text), style="bold yellow"))

    def _being_said(self) -> Group:
        with self._lock:
            return Group(*self._partials.values())

    def _newest(self, text: str, head: int) -> Text:
        """A partial stays on one line; where it is too long, its newest words are those to see."""
        room = max(10, self._console.width - head)
        return Text(text if len(text) <= room else "…" + text[1 - room :], "dim")


class Roster:
    """Tells calls apart for a reader: a number for each, its caller, and the time into it."""

    def __init__(self) -> None:
        self._calls: dict[str, tuple[int, str]] = {}
        self._count = 0
        self._lock = threading.Lock()

    def head(self, event: Event) -> tuple[int, str]:
        """The call's number, and what goes in front of its text, such as `#1 00:12 +15551234567:`."""
        number, caller = self._call(event)
        at = {PartialText: "at", FinalText: "start", AudioSetAside: "start", CallEnded: "seconds"}.get(
            type(event)
        )
        seconds = int(getattr(event, at)) if at else 0
        track = getattr(event, "track", "inbound")
        speaker = (caller or "caller") if track == "inbound" else "callee"
        return number, f"#{number} {seconds // 60:02}:{seconds % 60:02} {speaker}:"

    def _call(self, event: Event) -> tuple[int, str]:
        """An event's call; a call is entered when it starts and forgotten when it has ended."""
        with self._lock:
            if isinstance(event, CallStarted):
                self._count += 1
                self._calls[event.call_id] = self._count, event.caller
            known = self._calls.get(event.call_id, (self._count, ""))
            if isinstance(event, CallEnded):
                self._calls.pop(event.call_id, None)
            return known


def _marked(words: tuple[Word, ...]) -> Text:
    """The words, those that may be wrong underlined and in another color."""
    text = Text()
    for word in words:
        doubtful = word.confidence < LOW_CONFIDENCE
        text.append(word.text, "yellow underline" if doubtful else "bold")
        text.append(" ")
    text.rstrip()
    return text


class ViewHandler(logging.Handler):
    """Shows log records through the view, so that they do not tear its lines."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s: %(message)s"))
        self._view = view

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._view.notice(self.format(record))
        except Exception:  # noqa: BLE001  (as logging's own handlers do: a log must not break what it logs)
            self.handleError(record)
