"""Delete calls that are older than they may become, in a look each hour.

What a wrong clock deleted would be lost for ever.  So a call is deleted when it is too old in one look, and
was so in every look back to one a day before.
"""

import logging
from collections.abc import Callable, Sequence

from ..errors import StoreError
from ..events import CallDeleted
from ..hub import Hub
from ..notices import notices
from ..store import DatabaseError, Store, now, reason
from ..system.repeating import Repeating

logger = logging.getLogger(__name__)

MS_A_DAY = 24 * 60 * 60 * 1000

MS_APART = MS_A_DAY
"""Milliseconds between the two looks that have to agree"""

POLL_SECONDS = 3600.0


class Retention:
    """The deletion of calls that began `days` ago or earlier."""

    def __init__(self, store: Store, days: int, *, wall: Callable[[], int] = now) -> None:
        """Use `wall` as the clock, which returns milliseconds since 1970."""
        self._store, self._days, self._wall = store, days, wall

    def look(self) -> list[str]:
        """Delete the calls that all checks of the last day found too old; return their ids.

        A call whose audio cannot be deleted stays.  Raises SQLAlchemy's errors.
        """
        at = self._wall()
        moment = agreed(self._store.looks.note(at))
        return [] if moment is None else self._store.delete_before(moment - self._days * MS_A_DAY, at=at)


def agreed(looks: Sequence[int]) -> int | None:
    """Return the earliest time of all looks of the last day; None before they span a day.

    The looks are milliseconds since 1970, the newest first.
    """
    for count, look in enumerate(looks, 1):
        if looks[0] - look >= MS_APART:
            return min(looks[:count])
    return None


def retaining(store: Store, days: int, hub: Hub) -> Repeating:
    """Make the thread that deletes old calls.  `hub` passes on which are deleted."""
    retention = Retention(store, days)

    def look() -> None:
        try:
            store.delete_stray_recordings()
            deleted = retention.look()
        except (DatabaseError, StoreError) as error:
            logger.warning("Old calls could not be deleted: %s", reason(error))
            return
        hub.publish(CallDeleted(call_id) for call_id in deleted)
        if deleted:
            notices.info(f"{len(deleted)} calls are older than {days} days and were deleted.")

    return Repeating("retention", look, POLL_SECONDS)
