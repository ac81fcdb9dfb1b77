"""Stop the program when a signal comes."""

import contextlib
import signal
from collections.abc import Callable, Iterator

from ..notices import notices


@contextlib.contextmanager
def stopped_by_signals(doing: str) -> Iterator[Callable[[], None]]:
    """Stop the program at the first signal by raising KeyboardInterrupt in the main thread.

    While it cleans up, a second signal shows a notice of what it is `doing`, and a third ends it at once.
    A program that stops by itself calls the yielded function, which counts as the first signal.
    """
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    signals = [each for each, handler in before.items() if handler is not signal.SIG_IGN]  # as under nohup

    def stopping() -> None:
        _handle(signals, be_patient)

    def stop(*_: object) -> None:
        stopping()
        raise KeyboardInterrupt

    def be_patient(*_: object) -> None:
        _handle(signals, signal.SIG_DFL)
        notices.info(f"{doing}; once more to stop at once.")

    _handle(signals, stop)
    try:
        yield stopping
    finally:
        for each in signals:
            signal.signal(each, before[each])


@contextlib.contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Raise KeyboardInterrupt also for SIGTERM and SIGHUP, so that the block cleans up."""
    signals = [each for each in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(each) == signal.SIG_DFL]
    _handle(signals, signal.default_int_handler)
    try:
        yield
    finally:
        _handle(signals, signal.SIG_DFL)


def _handle(signals: list[signal.Signals], handler: signal.Handlers | object) -> None:
    for each in signals:
        signal.signal(each, handler)  # type: ignore[arg-type]
