"""What depends on other machines is waited for so long and no longer."""

import threading
from collections.abc import Callable, Sequence
from concurrent import futures
from typing import TypeVar

_T = TypeVar("_T")


def within(seconds: float, work: Callable[[], _T], too_late: Callable[[_T], None] = lambda _: None) -> _T:
    """What `work` returns or raises, or TimeoutError."""
    (outcome,) = all_within(seconds, [work], too_late)
    return outcome.result()


def all_within(
    seconds: float, works: Sequence[Callable[[], _T]], too_late: Callable[[_T], None] = lambda _: None
) -> "list[futures.Future[_T]]":
    """What comes of each of `works`, done at the same time: what it returns or raises, or TimeoutError.

    Nothing else bounds a name lookup or a trickle of header bytes.  A thread that is late is
    abandoned, not stopped, and `too_late` disposes of what it brings in the end.
    """
    boxes: list[futures.Future[_T]] = [futures.Future() for _ in works]
    for box, work in zip(boxes, works, strict=True):
        threading.Thread(target=_fill, args=(box, work, too_late), daemon=True).start()
    futures.wait(boxes, timeout=seconds)
    return [_late(seconds) if box.cancel() else box for box in boxes]


def root_cause(error: BaseException) -> BaseException:
    """The innermost one: "Connection refused" rather than the whole story of the pool."""
    while inner := error.__cause__ or error.__context__:
        error = inner
    return error


def _fill(box: "futures.Future[_T]", work: Callable[[], _T], too_late: Callable[[_T], None]) -> None:
    """Put what comes of `work` into the box, unless nobody waits for it any more."""
    try:
        result = work()
    except Exception as error:  # noqa: BLE001  (handed to whoever waits)
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
