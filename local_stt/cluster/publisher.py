"""Publishes the events of this host's calls to all hosts, in a thread, as calls must not wait for Redis."""

import logging
import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import replace

from ..system.parts import Part
from ..web.event_log import DELETED, ENDED, STARTED, Entry
from .backlog import Backlog
from .connection import UNREACHABLE
from .event_stream import ADOPTED, EventStream
from .link import Link

logger = logging.getLogger(__name__)

BATCH_SECONDS = 0.01
"""Seconds for which events are collected, as one answer takes as long as a hundred"""

MAX_BATCH, MAX_BATCH_BYTES = 500, 1024 * 1024
"""Events, and bytes of them, that are sent at once"""

RETRY_SECONDS = 0.5

CLOSE_TIMEOUT = 3.0
"""Seconds to publish the last events"""


class Publisher(Part):
    """Publishes entries in their order, each once, even if an answer is lost.

    Safe to share between threads.
    """

    def __init__(self, stream: EventStream, link: Link, backlog: Backlog) -> None:
        self._stream, self._link, self._backlog = stream, link, backlog
        self._name = secrets.token_hex(8)
        self._published = 0
        self._sending: list[Entry] = []  # which may have arrived already
        self._own: dict[str, list[Entry]] = {}  # what was published of calls in progress here, without texts
        self._must_repeat = False
        self._is_closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="shared-events-publisher", daemon=True)

    @property
    def waiting(self) -> int:
        """Number of events that wait for Redis."""
        return len(self._sending) + len(self._backlog)

    @property
    def lost(self) -> int:
        """Number of events that never reached Redis."""
        return self._backlog.lost

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """Publish what waits, for a moment."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join(CLOSE_TIMEOUT)
        if self.waiting:
            logger.warning("%d events of live calls did not reach the other hosts.", self.waiting)

    def publish(self, entries: Iterable[Entry]) -> None:
        """Queue entries."""
        with self._changed:
            for entry in entries:
                self._backlog.add(entry)
            self._changed.notify_all()

    def repeat_calls(self) -> None:
        """Publish once more which calls are in progress here, as Redis has lost what it had."""
        with self._changed:
            self._must_repeat = True
            self._changed.notify_all()

    def _run(self) -> None:
        while self._wait():
            if self._try_once():
                time.sleep(0 if self._is_closing else BATCH_SECONDS)
            elif self._is_closing:
                return
            else:
                time.sleep(RETRY_SECONDS)

    def _wait(self) -> bool:
        """Wait until there is something to publish; return whether there is."""
        with self._changed:
            self._changed.wait_for(lambda: self._has_work() or self._is_closing)
            return self._has_work()

    def _has_work(self) -> bool:
        return bool(self._sending or self._must_repeat or self._backlog)

    def _try_once(self) -> bool:
        """Publish some entries; return whether Redis has them."""
        self._sending = self._sending or self._next()
        try:
            self._stream.publish(self._name, self._published + 1, self._sending)
        except UNREACHABLE as error:
            self._link.fails("publish", error)
            return False
        except Exception:  # those that come after can still be published
            logger.exception(
                "%d events of live calls are lost by an error in this program", len(self._sending)
            )
        self._published += len(self._sending)
        for entry in self._sending:
            self._note(entry)
        self._sending = []
        self._link.works("publish")
        return True

    def _next(self) -> list[Entry]:
        with self._changed:
            if self._must_repeat:
                self._must_repeat = False
                return [entry for entries in self._own.values() for entry in entries]
            return self._backlog.take(MAX_BATCH, MAX_BATCH_BYTES)

    def _note(self, entry: Entry) -> None:
        """Note what must be published again if Redis loses what it has."""
        if entry.kind in (STARTED, ADOPTED):
            self._own.setdefault(entry.call_id, [replace(entry, kind=ADOPTED)])
        elif entry.kind == DELETED and entry.call_id in self._own:
            self._own[entry.call_id] = [self._own[entry.call_id][0], entry]
        elif entry.kind == ENDED:
            self._own.pop(entry.call_id, None)
