"""How far a long piece of work has come: a bar on a terminal, a line every tenth elsewhere."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

Report = Callable[[float, float], None]
"""Told how much is done, of how much"""


@contextlib.contextmanager
def progress(title: str, *, in_bytes: bool = False, then: str = "") -> Iterator[Report]:
    """Show progress on standard error for as long as the block runs.

    `then` names the work that remains when all is done, such as "unpacking".
    """
    console = Console(stderr=True)
    shown = _bar(title, console, in_bytes, then) if console.is_terminal else _lines(title, then)
    with shown as report:
        yield report


@contextlib.contextmanager
def _bar(title: str, console: Console, in_bytes: bool, then: str) -> Iterator[Report]:
    amount = DownloadColumn() if in_bytes else TimeElapsedColumn()
    name = TextColumn("{task.description}", markup=False)
    with Progress(name, BarColumn(), amount, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)

        def report(done: float, total: float) -> None:
            now = f"{title}: {then}" if then and done >= total else title
            bar.update(task, description=now, completed=done, total=total)

        yield report


@contextlib.contextmanager
def _lines(title: str, then: str) -> Iterator[Report]:
    told = 0

    def report(done: float, total: float) -> None:
        nonlocal told
        tenth = int(10 * done / total) if total else 0
        if tenth > told:
            told = tenth
            what = f", {then}" if then and tenth == 10 else ""
            print(f"{title}: {10 * tenth} %{what}", file=sys.stderr, flush=True)  # noqa: T201

    yield report
