"""The same work for many things, on several processors, with its progress shown."""

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
    """Results in the order of the items, whatever the number of processes; says how far it is."""
    with get_context("forkserver").Pool(PROCESSES, _begin) as pool:
        for number, result in enumerate(pool.imap(work, items, QUEUED), 1):
            yield result
            if number == count or number % max(count // STEPS, 1) == 0:
                _show(f"{what}: {number} of {count}", last=number == count)


def _begin() -> None:
    """One thread each, and Ctrl-C is for their parent, which ends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)


def _show(text: str, *, last: bool) -> None:
    """On a terminal over what was there; elsewhere only the last."""
    if sys.stderr.isatty():
        print(f"\r  {text}", end="\n" if last else "", file=sys.stderr, flush=True)
    elif last:
        print(f"  {text}", file=sys.stderr)
