"""Whether Redis can be reached, for the log, the user and viewers."""

import logging
import threading
from collections.abc import Callable

from ..notices import notices
from .connection import in_a_line

logger = logging.getLogger(__name__)


class Link:
    """The connection as several threads see it: it is down while one of them fails.  Thread-safe."""

    def __init__(self) -> None:
        self.on_change: Callable[[bool], None] = lambda _: None
        """Called with whether the connection is down, whenever that changes"""
        self._failing: set[str] = set()
        self._lock = threading.Lock()

    @property
    def is_down(self) -> bool:
        """Whether something fails."""
        return bool(self._failing)

    def is_failing(self, work: str) -> bool:
        """Check whether some work failed the last time."""
        return work in self._failing

    def fails(self, work: str, error: Exception) -> None:
        """Note that some work fails."""
        with self._lock:
            is_first = not self._failing
            self._failing.add(work)
            if is_first:
                logger.warning(
                    "Redis cannot be used (%s): calls go on and are kept, but this host takes new ones as if "
                    "it were alone, and viewers get their text later.",
                    in_a_line(error),
                )
                self.on_change(True)

    def works(self, work: str) -> None:
        """Note that some work does not fail."""
        with self._lock:
            if work not in self._failing:
                return
            self._failing.discard(work)
            if not self._failing:
                notices.info(
                    "Redis can be used again: calls are taken wherever there is room, and viewers get what "
                    "was said meanwhile."
                )
                self.on_change(False)
