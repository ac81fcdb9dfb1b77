"""Does something again and again in a thread of its own."""

import contextlib
import threading
from collections.abc import Callable, Iterator

SECONDS_TO_STOP = 5.0
"""For work that is under way"""


@contextlib.contextmanager
def repeating(name: str, work: Callable[[], object], seconds: float) -> Iterator[None]:
    """Do `work` now and again after so many seconds, as long as the block lasts.

    `name` is the thread's.  What `work` raises ends it.
    """
    stopping = threading.Event()

    def repeat() -> None:
        work()
        while not stopping.wait(seconds):
            work()

    thread = threading.Thread(target=repeat, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(SECONDS_TO_STOP)
