"""Follows the events of all hosts, in a thread, and keeps them in this host's event log."""

import logging
import threading
from collections.abc import Callable

from ..system.parts import Part
from ..web.event_log import Entry, EventLog, Position
from .connection import UNREACHABLE
from .event_stream import EventStream
from .link import Link

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.5

PAUSE_SECONDS = 0.05
"""Seconds between reads, as one costs as much as many events: viewers do not look more often either"""

SETTLE_SECONDS = 3.0
"""Seconds in which all hosts notice that Redis lost what it had, and say again which calls are in progress"""

CLOSE_TIMEOUT = 5.0
"""Seconds to wait for the thread, which may wait for an answer"""


class Outdated(Exception):  # noqa: N818  (a state of the log, not a failure)
    """The stream goes on elsewhere than after the last event of the log."""


class Follower(Part):
    """Reads the stream from the last event of the log on."""

    def __init__(
        self,
        stream: EventStream,
        link: Link,
        event_log: EventLog,
        on_restart: Callable[[], None],
        on_entry: Callable[[Entry], None],
    ) -> None:
        """Call `on_restart` when Redis has lost what it had, and `on_entry` with each new entry."""
        self._stream, self._link, self._event_log = stream, link, event_log
        self._on_restart, self._on_entry = on_restart, on_entry
        self._undeleted: list[int] = []  # numbers of events that Redis must delete
        self._epoch = ""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shared-events-follower", daemon=True)

    def start(self) -> None:
        """Load what is kept, and follow from there on.  Raises the errors of `connection.UNREACHABLE`."""
        self._catch_up()
        self._thread.start()

    def close(self) -> None:
        """Stop following."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_TIMEOUT)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._catch_up()
                self._link.works("follow")
                while not self._closing.is_set():
                    self._read()
                    self._closing.wait(PAUSE_SECONDS)
            except Outdated:
                continue
            except UNREACHABLE as error:
                self._link.fails("follow", error)
                self._closing.wait(RETRY_SECONDS)
            except Exception:
                logger.exception("Live events stop for a moment because of an error in this program")
                self._closing.wait(RETRY_SECONDS)

    def _catch_up(self) -> None:
        """Load what is kept, if the log does not have what comes before the next event."""
        state = self._stream.state()
        if state.epoch != self._epoch and self._epoch:
            self._on_restart()
            self._closing.wait(SETTLE_SECONDS)
        elif state.epoch == self._epoch and state.floor <= self._event_log.newest.number:
            return
        self._load()

    def _load(self) -> None:
        state = self._stream.state()
        entries = self._stream.between(Position(state.epoch, state.floor), state.last)
        floor = self._stream.floor(state.epoch)  # which may have moved meanwhile
        if floor is None or floor > state.last:
            raise Outdated
        floor = max(floor, state.floor)
        kept = [each for each in entries if each.number > floor]
        self._epoch = state.epoch
        before = Position(state.epoch, floor)
        self._undeleted = self._event_log.restart(before, kept, state.last, state.live)

    def _read(self) -> None:
        """Wait for events, and keep them.  Raises `Outdated` if some before them are no longer kept."""
        self._delete_emptied()
        last = self._event_log.newest
        entries = self._stream.read(last)
        if not entries or entries[0].number > last.number + 1:
            floor = self._stream.floor(self._epoch)
            if floor is None or floor > last.number:
                raise Outdated
        for entry in entries:
            self._on_entry(entry)
        self._undeleted += self._event_log.add(entries)

    def _delete_emptied(self) -> None:
        """Have Redis delete what the log has emptied."""
        if self._undeleted:
            self._stream.delete(self._epoch, self._undeleted)
            self._undeleted = []
