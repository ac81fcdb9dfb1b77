"""Waits with a time-out for what depends on other machines."""

import threading
from collections.abc import Callable, Sequence
from concurrent import futures
from typing import TypeVar

_T = TypeVar("_T")


def within(seconds: float, work: Callable[[], _T], too_late: Callable[[_T], None] = lambda _: None) -> _T:
    """Run `work`; return what it returns, or raise what it raises, or TimeoutError after `seconds`."""
    (outcome,) = all_within(seconds, [work], too_late)
    return outcome.result()


def all_within(
    seconds: float, works: Sequence[Callable[[], _T]], too_late: Callable[[_T], None] = lambda _: None
) -> "list[futures.Future[_T]]":
    """Run `works` at the same time; return the outcome of each, which is a TimeoutError after `seconds`.

    Nothing else bounds a name lookup or a trickle of header bytes.  A thread that is late is abandoned, not
    stopped, and `too_late` disposes of what it returns in the end.
    """
    boxes: list[futures.Future[_T]] = [futures.Future() for _ in works]
    for box, work in zip(boxes, works, strict=True):
        threading.Thread(target=_fill, args=(box, work, too_late), daemon=True).start()
    futures.wait(boxes, timeout=seconds)
    return [_late(seconds) if box.cancel() else box for box in boxes]


def root_cause(error: BaseException) -> BaseException:
    """Return the innermost cause: "Connection refused" rather than all that the pool says."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error


def _fill(box: "futures.Future[_T]", work: Callable[[], _T], too_late: Callable[[_T], None]) -> None:
    """Put the outcome of `work` into the box, or give it to `too_late` if nobody waits any more."""
    try:
        result = work()
    except Exception as error:  # noqa: BLE001  (raised where it is waited for)
        if box.set_running_or_notify_cancel():
            box.set_exception(error)
        return
    if box.set_running_or_notify_cancel():
        box.set_result(result)
    else:
        too_late(result)


def _late(seconds: float) -> "futures.Future[_T]":
    box: futures.Future[_T] = futures.Future()
    box.set_exception(TimeoutError(f"no answer within {seconds:g} seconds"))
    return box
