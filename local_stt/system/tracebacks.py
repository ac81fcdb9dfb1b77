"""Says where an error comes from without what it says.

A database, a parser or a client of HTTP quotes what it does not take: what somebody said, a number, a token.
"""

import traceback
from collections.abc import Iterator


def without_messages(error: BaseException) -> str:
    """Return the traceback of an error and of those it came from, with their kinds alone."""
    return "\n".join(_formatted(each) for each in reversed(list(_chain(error))))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, what it came from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _formatted(error: BaseException) -> str:
    """Say one error; the system's own words have nothing of anybody in them."""
    kind = type(error).__name__
    system = error.strerror if isinstance(error, OSError) else None
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{kind}: {system}" if system else f"{frames}{kind}"
