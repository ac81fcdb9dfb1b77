"""Deletes calls that are older than they may become, now and then.

What a clock that is wrong has deleted would be lost for ever.  So a call is deleted when it is too old in one
look and was so in every look back to one a day before; and what was seen before the clock was set does not
count.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Sequence

from .clocks import uptime
from .errors import StoreError
from .store import DatabaseError, Store, now, reason

logger = logging.getLogger(__name__)

MS_A_DAY = 24 * 60 * 60 * 1000

MS_APART = MS_A_DAY
"""So far apart are the two looks that have to agree"""

SECONDS_BETWEEN_LOOKS = 3600.0

SECONDS_OF_DRIFT = 3600.0
"""A clock that changes by more between two looks was set"""

SECONDS_TO_STOP = 5.0
"""For a look that is under way"""


class Retention:
    """Looks for calls that began so many days ago or earlier."""

    def __init__(
        self,
        store: Store,
        days: int,
        *,
        wall: Callable[[], int] = now,
        uptime: Callable[[], float] = uptime,
    ) -> None:
        """`wall` tells milliseconds since 1970, `uptime` seconds that no setting of the clock changes."""
        self._store, self._days = store, days
        self._wall, self._uptime = wall, uptime
        self._offset: float | None = None

    def look(self) -> list[str]:
        """Delete the calls that were too old in all looks of the last day; return their ids.

        Raises SQLAlchemy's errors, and `StoreError` when audio cannot be deleted.
        """
        at = self._wall()
        if self._was_set(at):
            logger.warning("The clock was set: old calls are deleted a day later")
            self._store.looks.forget()
        moment = agreed(self._store.looks.note(at))
        return [] if moment is None else self._store.delete_before(moment - self._days * MS_A_DAY, at=at)

    def _was_set(self, at: int) -> bool:
        """Whether the clock went otherwise than the time since the look before."""
        offset, before = at / 1000 - self._uptime(), self._offset
        self._offset = offset
        return before is not None and abs(offset - before) > SECONDS_OF_DRIFT


def agreed(looks: Sequence[int]) -> int | None:
    """Return the time that had come in all looks of the last day; None before they span a day.

    The looks are milliseconds since 1970, the newest first.
    """
    for count, look in enumerate(looks, 1):
        if looks[0] - look >= MS_APART:
            return min(looks[:count])
    return None


@contextlib.contextmanager
def retaining(
    store: Store, days: int, tell: Callable[[str], None], forget: Callable[[str], None]
) -> Iterator[None]:
    """Delete old calls in a thread meanwhile.

    `tell` is for the user to read; `forget` gets the id of each call.
    """
    retention, stopping = Retention(store, days), threading.Event()

    def look() -> None:
        while True:
            try:
                store.delete_stray_recordings()
                deleted = retention.look()
                for call_id in deleted:
                    forget(call_id)
                if deleted:
                    tell(f"{len(deleted)} calls are older than {days} days and were deleted.")
            except (DatabaseError, StoreError) as error:
                logger.warning("Old calls could not be deleted: %s", reason(error))
            if stopping.wait(SECONDS_BETWEEN_LOOKS):
                return

    thread = threading.Thread(target=look, name="retention", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(SECONDS_TO_STOP)
