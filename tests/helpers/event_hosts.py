"""Hosts that share a Redis, in this process."""

import json

from helpers.waiting import wait_until
from local_stt.cluster import connect
from local_stt.cluster.link import Link
from local_stt.cluster.shared_events import SharedEvents
from local_stt.web.event_log import EventLog, Position


class Host:
    """The event log of one host, and what fills it.  A listener, as the hub has it."""

    def __init__(self, url):
        self.log = EventLog()
        self.ended_turns = []
        self.own = set()
        """The calls that are on this host"""
        self.restarts = 0
        self.client = connect(url)
        self.events = SharedEvents(self.client, Link(), self.log, self._end_turns, self._restart)

    def __call__(self, event):
        self.events(event)

    def __enter__(self):
        self.events.start()
        return self

    def __exit__(self, *_):
        self.events.close()
        self.client.close()

    def _end_turns(self, call_id):
        if call_id in self.own:
            self.ended_turns.append(call_id)
        return call_id in self.own

    def _restart(self):
        self.restarts += 1

    @property
    def waiting(self):
        """Number of events that Redis does not have yet."""
        (waiting, *_) = self.events.measurements()
        return waiting.value()

    @property
    def calls(self):
        """The ids of the calls in progress."""
        return self.log.snapshot[1]

    def entries(self):
        """Everything that is kept, as (number, kind, event)."""
        newest = self.log.newest
        kept = None
        for first in range(newest.number + 1):
            kept = self.log.after(Position(newest.epoch, first), newest.number)
            if kept is not None:
                break
        return [(each.number, each.kind, json.loads(each.json or "null")) for each in kept or ()]

    def texts(self):
        """The texts of all events that have one."""
        return [event["text"] for _, _, event in self.entries() if event and "text" in event]


def wait_for_same(*hosts, count):
    """Wait until all hosts have `count` events, and no event waits."""
    wait_until(lambda: all(host.log.newest.number >= count and not host.waiting for host in hosts))
