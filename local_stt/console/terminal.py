"""Show calls on a terminal, with rich, or as lines for other programs."""

import contextlib
import json
import logging
import os
import sys
import textwrap
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from ..core.call_record import utterance_of
from ..events import (
    Alert,
    AnyEvent,
    AudioSetAside,
    CallDeleted,
    CallEnded,
    CallLeft,
    CallStarted,
    DigitPressed,
    Event,
    FinalText,
    Gap,
    PartialText,
    Word,
    to_dict,
)
from ..notices import notices
from ..system.parts import Part
from ..system.tracebacks import without_messages
from .labels import CallLabels

LOW_CONFIDENCE = 0.6
"""Confidence below which words are marked"""

COLORS = ("cyan", "magenta", "green", "yellow", "blue", "bright_red")


class View(Part, ABC):
    """Shows calls to a person or a program.  Safe to call from any thread."""

    is_for_people = True
    """Whether text is shown formatted"""

    def __call__(self, event: AnyEvent) -> None:
        """Show an event, except for the deletion of a call."""
        if not isinstance(event, CallDeleted | CallLeft):
            self.show(event)

    @abstractmethod
    def show(self, event: Event) -> None:
        """Show an event of a call."""

    @abstractmethod
    def notice(self, text: str) -> None:
        """Show a notice about the program itself."""

    @abstractmethod
    def warn(self, text: str) -> None:
        """Show a notice so that nobody misses it."""


def open_view(*, as_json: bool, output: TextIO | None = None) -> View:
    """Return a view for the output: JSON if `as_json`, else live on a terminal and plain lines elsewhere."""
    output = output or sys.stdout  # None, or closed, in a process that was started without one
    if as_json:
        return JsonView(output)
    if output is None or output.closed or not output.isatty():
        return PlainView(output)
    return LiveView(Console(file=output))


def printable(text: str) -> str:
    """Escape control characters, which could clear a terminal or forge lines; keep newlines."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else letter.encode("unicode_escape").decode()
        for letter in text
    )


def one_line(text: str) -> str:
    """Escape control characters and newlines, as a name may contain both."""
    return printable(text).replace("\n", "\\n")


MAX_LOG_LINE = 1000
"""Characters of a log line, as strangers may influence what is in it"""

WRITE_TIMEOUT = 1.0
"""Seconds that the end of the program waits for an output that does not accept what is written"""


class LineView(View):
    """Writes a line for each event to the output, and notices to standard error.

    Calls go on if the output cannot be written, or if there is none.
    """

    def __init__(self, output: TextIO | None) -> None:
        self._output = output
        self._lost = 0
        self._stuck = False
        self._lock = threading.Lock()

    def notice(self, text: str) -> None:
        if sys.stderr is not None:  # print would take standard output instead
            with contextlib.suppress(OSError, ValueError):
                print(printable(text), file=sys.stderr, flush=True)  # noqa: T201

    def warn(self, text: str) -> None:
        rule = "*" * 72
        self.notice(f"{rule}\n{text}\n{rule}")

    def close(self) -> None:
        if not self._lock.acquire(timeout=WRITE_TIMEOUT):
            # The reader exists but does not read: at its end Python would wait for it for ever.
            self.notice("Nobody reads the output, and what is not written is lost.")
            os._exit(0)
        try:
            if self._output is not None and self._stuck:
                _discard(self._output)
        finally:
            self._lock.release()

    def _write(self, line: str) -> None:
        """Write a whole line at once, or nothing."""
        with self._lock:
            if self._output is None or self._output.closed:
                return
            try:
                self._put(self._output, line)
            except BrokenPipeError:
                _discard(self._output)
                self._output = None
                self.notice("Nobody reads the output any more; calls go on without it.")
            except OSError as error:
                self._count_loss(error)

    def _put(self, output: TextIO, line: str) -> None:
        if self._stuck:
            output.flush()  # the first line that could not be written is still in Python's buffer
            self.notice(f"The output can be written again; {self._lost} lines were lost.")
            self._stuck, self._lost = False, 0
        output.write(line + "\n")
        output.flush()

    def _count_loss(self, error: OSError) -> None:
        if self._stuck:
            self._lost += 1
        else:
            self._stuck = True
            self.notice(
                f"The output cannot be written ({error.strerror}); calls go on, and it is tried again."
            )


def _discard(output: TextIO) -> None:
    """Discard what the output did not accept, as Python would fail to write it at exit."""
    with contextlib.suppress(OSError, ValueError), Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), output.fileno())


class JsonView(LineView):
    """Writes each event as a line of JSON."""

    is_for_people = False

    def show(self, event: Event) -> None:
        self._write(json.dumps(to_dict(event), ensure_ascii=False))


class PlainView(LineView):
    """Writes finals, digits, gaps and audio set aside as plain lines, for pipes and system logs."""

    def __init__(self, output: TextIO | None) -> None:
        super().__init__(output)
        self._labels = CallLabels()

    def show(self, event: Event) -> None:
        _, head = self._labels.head(event)
        if isinstance(event, FinalText | DigitPressed | Gap | AudioSetAside):
            self._write(printable(f"{head} {utterance_of(event).text}"))
        elif isinstance(event, Alert):
            self._write(printable(f"{head} {_of_alert(event)}"))


class LiveView(View):
    """Prints finals on a terminal, and shows the newest partials dimmed below them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._labels = CallLabels()
        self._lock = threading.Lock()
        self._partials: dict[tuple[str, str], Text] = {}
        self._live = Live(
            console=console, transient=True, get_renderable=self._being_said, refresh_per_second=8
        )

    def start(self) -> None:
        self._live.start()

    def close(self) -> None:
        self._live.stop()

    def show(self, event: Event) -> None:
        number, head_text = self._labels.head(event)
        head = Text().append(head_text + " ", COLORS[number % len(COLORS)])
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
                case AudioSetAside() | Gap():
                    line = head + Text(utterance_of(event).text, "bold red")
                case Alert():
                    line = head + Text(printable(_of_alert(event)), "bold red")
                case DigitPressed():
                    line = head + Text(utterance_of(event).text, "italic")
                case CallStarted():
                    line = head + Text("call started", "dim")
                case CallEnded():
                    self._partials = {
                        key: said for key, said in self._partials.items() if key[0] != event.call_id
                    }
                    line = head + Text(f"call ended ({event.reason})", "dim")
        self._console.print(line)

    def notice(self, text: str) -> None:
        self._console.print(Text(printable(text)))

    def warn(self, text: str) -> None:
        self._console.print(Panel(Text(printable(text)), style="bold yellow"))

    def _being_said(self) -> Group:
        with self._lock:
            return Group(*self._partials.values())

    def _newest(self, text: str, head: int) -> Text:
        """Cut a partial at its beginning, so that it fits in one line with a head of `head` cells."""
        room = max(10, self._console.width - head)
        return Text(text if len(text) <= room else "…" + text[1 - room :], "dim")


def _of_alert(alert: Alert) -> str:
    return f"alert: {alert.topic} ({alert.phrase})"


def _marked(words: tuple[Word, ...]) -> Text:
    """Format words; those of low confidence are underlined and in another color."""
    text = Text()
    for word in words:
        doubtful = word.confidence < LOW_CONFIDENCE
        text.append(word.text, "yellow underline" if doubtful else "bold")
        text.append(" ")
    text.rstrip()
    return text


class NoticeHandler(logging.Handler):
    """Shows notices through the view; warnings so that nobody misses them."""

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view

    def emit(self, record: logging.LogRecord) -> None:
        show = self._view.warn if record.levelno >= logging.WARNING else self._view.notice
        try:
            show(record.getMessage())
        except Exception:  # noqa: BLE001  (a terminal that is gone must not end the code that gives a notice)
            self.handleError(record)


@contextlib.contextmanager
def notices_shown(view: View) -> Iterator[None]:
    """Show notices through `view` during the block."""
    handler = NoticeHandler(view)
    notices.addHandler(handler)
    try:
        yield
    finally:
        notices.removeHandler(handler)


class ViewHandler(logging.Handler):
    """Shows log records through the view, so that they do not break its lines.

    A record is one line, even if strangers put newlines into it.  A traceback is indented, and has no
    messages of errors, as they may quote words of a call.
    """

    def __init__(self, view: View) -> None:
        super().__init__()
        self._view = view

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._view.notice(_as_text(record))
        except Exception:  # noqa: BLE001  (as logging's own handlers do: a log must not break what it logs)
            self.handleError(record)


def _as_text(record: logging.LogRecord) -> str:
    message = record.getMessage().replace("\n", "\\n")[:MAX_LOG_LINE]
    error = record.exc_info[1] if record.exc_info else None
    traceback = without_messages(error) if error else ""
    return f"{record.levelname}: {message}\n{textwrap.indent(traceback, '    ', lambda _: True)}".rstrip("\n")
