"""The live events of all hosts: this host's go to the others, and theirs come here."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from ..core.call_record import CallRecord
from ..events import AnyEvent, CallLeft
from ..system.parts import Measurement, Part
from ..web.event_log import Entry, EventLog
from .backlog import Backlog
from .connection import UNREACHABLE, Client, refuse
from .event_stream import ADOPTED, EventStream
from .follower import Follower
from .link import Link
from .publisher import Publisher

END_TURNS = "end-turns"
"""The kind of an entry that asks the host of a call to end its turns; no viewer gets it"""


class SharedEvents(Part):
    """Takes the events of this host, and fills the event log with those of all hosts."""

    def __init__(
        self,
        client: Client,
        link: Link,
        event_log: EventLog,
        end_turns: Callable[[str], bool],
        on_restart: Callable[[], None],
    ) -> None:
        """End the turns of a call of this host by `end_turns`, which returns whether there is such a call.

        `on_restart` is called when Redis has lost what it had.
        """
        self._client, self._event_log, self._end_turns_here = client, event_log, end_turns
        self._on_restart = on_restart
        stream = EventStream(client)
        self._link = link
        link.on_change = event_log.set_interrupted
        self._publisher = Publisher(stream, self._link, Backlog())
        self._follower = Follower(stream, self._link, event_log, self._repeat, self._obey)

    def start(self) -> None:
        """Load the last events, and take part.  Raises `SettingError` when Redis cannot be used."""
        try:
            self._follower.start()
        except UNREACHABLE as error:
            refuse(self._client, error)
        self._publisher.start()

    def close(self) -> None:
        """Publish what waits, for a moment."""
        self._publisher.close()
        self._follower.close()
        self._client.close()

    def __call__(self, event: AnyEvent) -> None:
        """Queue an event for all hosts; this one's viewers get it from there too."""
        if not isinstance(event, CallLeft):  # the call goes on, and its end will come
            self._publisher.publish([Entry.of(event)])

    def add_interrupted(self, calls: Iterable[CallRecord]) -> None:
        """Add calls that a killed program left; they are in progress until an event says otherwise."""
        self._publisher.publish(
            replace(Entry.of(call.started), kind=ADOPTED, at=call.started_at) for call in calls
        )

    def end_turns(self, call_id: str) -> bool:
        """End the turns of a call, on whichever host it is; return whether it is in progress."""
        if self._end_turns_here(call_id):
            return True
        _, calls = self._event_log.snapshot
        if call_id not in calls:
            return False
        self._publisher.publish([Entry(0, call_id, END_TURNS, b"", round(time.time() * 1000))])
        return True

    def measurements(self) -> Iterable[Measurement]:
        """List what waits for Redis, what was lost, and whether it can be used."""
        return (
            Measurement(
                "shared_events_waiting",
                "Events of live calls that wait for Redis",
                lambda: self._publisher.waiting,
            ),
            Measurement(
                "shared_events_lost",
                "Events of live calls that viewers missed, as Redis was away too long",
                lambda: self._publisher.lost,
                only_grows=True,
            ),
            Measurement(
                "redis_connected",
                "1 if the Redis of all hosts can be used, else 0",
                lambda: not self._link.is_down,
            ),
        )

    def _repeat(self) -> None:
        self._publisher.repeat_calls()
        self._on_restart()

    def _obey(self, entry: Entry) -> None:
        if entry.kind == END_TURNS:
            self._end_turns_here(entry.call_id)
