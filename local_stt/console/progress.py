"""Show the progress of long work: a bar on a terminal, elsewhere a line for each tenth, or nothing."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

Report = Callable[[float, float], None]
"""Called with the amount that is done, and the total"""

FilesReport = Callable[[int, int, Sequence[str]], None]
"""Called with the number of files that are done, the number of all, and those being done"""


@contextlib.contextmanager
def progress(title: str, *, in_bytes: bool = False, then: str = "") -> Iterator[Report]:
    """Show progress on standard error for as long as the block runs.

    `then` names the work that follows when all is done, such as "unpacking".
    """
    console = Console(stderr=True)
    amount = DownloadColumn() if in_bytes else TimeElapsedColumn()
    shown = _bar(title, console, amount, then) if console.is_terminal else _lines(title, then)
    with shown as report:
        yield report


@contextlib.contextmanager
def progress_of_audio(title: str) -> Iterator[Report]:
    """Show progress in seconds of audio, with its speed; on a terminal only."""
    console = Console(stderr=True)
    if console.is_terminal:
        with _bar(title, console, _Speed()) as report:
            yield report
    else:
        yield lambda _, __: None


@contextlib.contextmanager
def progress_of_files(title: str) -> Iterator[FilesReport]:
    """Show how many files are done, and what is being done; on a terminal only."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    with _progress(title, console, MofNCompleteColumn()) as (bar, task):

        def report(done: int, total: int, doing: Sequence[str]) -> None:
            now = f"{title} {', '.join(doing)}" if doing else title
            bar.update(task, description=now, completed=done, total=total)

        yield report


@contextlib.contextmanager
def progress_if_any(title: str) -> Iterator[Report]:
    """Show progress as `progress` does, but nothing until the first report."""
    with contextlib.ExitStack() as stack:
        reports: list[Report] = []

        def report(done: float, total: float) -> None:
            if not reports:
                reports.append(stack.enter_context(progress(title)))
            reports[0](done, total)

        yield report


@contextlib.contextmanager
def steps(title: str) -> Iterator[Callable[[str], None]]:
    """Show the current step of long work and the time since its start, if its length is not known."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda step: console.print(f"{title}: {step}", markup=False, highlight=False)
        return
    columns = SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task(title, total=None)
        yield lambda step: shown.update(task, description=f"{title}: {step}")


class _Speed(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f} x real time" if task.speed else "")


@contextlib.contextmanager
def _bar(title: str, console: Console, amount: ProgressColumn, then: str = "") -> Iterator[Report]:
    with _progress(title, console, amount) as (bar, task):

        def report(done: float, total: float) -> None:
            now = f"{title}: {then}" if then and done >= total else title
            bar.update(task, description=now, completed=done, total=total or None)

        yield report


@contextlib.contextmanager
def _progress(title: str, console: Console, amount: ProgressColumn) -> Iterator[tuple[Progress, TaskID]]:
    columns = TextColumn("{task.description}", markup=False), BarColumn(), amount, TimeRemainingColumn()
    # What is printed meanwhile goes above the bar, except where standard output is not the terminal
    to_terminal = sys.stdout is not None and sys.stdout.isatty()
    with Progress(*columns, console=console, transient=True, redirect_stdout=to_terminal) as bar:
        yield bar, bar.add_task(title, total=None)


@contextlib.contextmanager
def _lines(title: str, then: str) -> Iterator[Report]:
    told = 0

    def report(done: float, total: float) -> None:
        nonlocal told
        tenth = int(10 * done / total) if total else 0
        if tenth > told:
            told = tenth
            what = f", {then}" if then and tenth == 10 else ""
            # In one piece: `print` writes the end of the line separately, and Ctrl-C may come between
            sys.stderr.write(f"{title}: {10 * tenth} %{what}\n")
            sys.stderr.flush()

    yield report
