"""Do the same work for many items on several processors, and show the progress."""

import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from typing import TypeVar

import torch

Item = TypeVar("Item")
Result = TypeVar("Result")

PROCESSES = 2
QUEUED = 16
STEPS = 20


def in_parallel(
    work: Callable[[Item], Result], items: Iterable[Item], count: int, what: str
) -> Iterator[Result]:
    """Yield the results in the order of the items, with any number of processes, and show the progress."""
    with get_context("forkserver").Pool(PROCESSES, _begin) as pool:
        for number, result in enumerate(pool.imap(work, items, QUEUED), 1):
            yield result
            if number == count or number % max(count // STEPS, 1) == 0:
                _show(f"{what}: {number} of {count}", last=number == count)


def _begin() -> None:
    """Limit a process to one thread; ignore Ctrl-C, as the parent ends its processes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)


def _show(text: str, *, last: bool) -> None:
    """Show progress: on a terminal over the line before, elsewhere only the last."""
    if sys.stderr.isatty():
        print(f"\r  {text}", end="\n" if last else "", file=sys.stderr, flush=True)
    elif last:
        print(f"  {text}", file=sys.stderr)
