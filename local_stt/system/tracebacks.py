"""Format tracebacks without the messages of errors.

A database, a parser or an HTTP client quotes input that it refuses: words of a call, a number, a token.
"""

import traceback
from collections.abc import Iterator


def without_messages(error: BaseException) -> str:
    """Return the traceback of an error and of its causes, with their types instead of their messages."""
    return "\n".join(_formatted(each) for each in reversed(list(_chain(error))))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, its cause, the cause of that, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _formatted(error: BaseException) -> str:
    """Format one error; messages of the operating system are kept, as they quote nobody."""
    kind = type(error).__name__
    system = error.strerror if isinstance(error, OSError) else None
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{kind}: {system}" if system else f"{frames}{kind}"
