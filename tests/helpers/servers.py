"""A live server in this process, and the events of its calls."""

import functools
import socket
import threading
from urllib.parse import urlsplit

from local_stt.events import CallEnded, FinalText, Silence
from local_stt.hub import Hub
from local_stt.telephony.switchboard import Switchboard

VIEWERS_TOKEN = "the-token-of-viewers"


class Witness:
    """A listener that remembers every event."""

    def __init__(self):
        self.events = []
        self._changed = threading.Condition()

    def __call__(self, event):
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def wait_for_ends(self, count=1, seconds=400):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.of(CallEnded)) >= count, seconds), (
                "calls did not end"
            )

    def wait_for(self, kind, seconds=400):
        with self._changed:
            assert self._changed.wait_for(lambda: self.of(kind), seconds), f"no {kind.__name__}"

    def of(self, kind, call_id=None):
        return [
            event for event in self.events if isinstance(event, kind) and call_id in (None, event.call_id)
        ]

    def said(self, call_id=None):
        """Finals as (track, text), in the order they were said."""
        finals = sorted(self.of(FinalText, call_id), key=lambda final: (final.start, final.track))
        return [(final.track, final.text) for final in finals]


def finals(witness, call_id, track):
    """List the final texts of a track, in the order they were said."""
    return [text for its_track, text in witness.said(call_id) if its_track == track]


def switchboard_of(engine, *listeners, **options):
    """Return a switchboard whose calls an engine hears, and whose listeners take what happens on them."""
    hub = Hub(listeners)

    def publish(events):
        hub.publish(event for event in events if not isinstance(event, Silence))

    return Switchboard(functools.partial(engine.open, emit=publish), hub.publish, **options)


class Running:
    """A live server and what happens on it."""

    def __init__(self, application, witness):
        """`witness` receives every event."""
        self.application = application
        self.app, self.event_log = application.site.app, application.event_log
        self.viewers, self.watching = application.viewers, application.viewers.broadcast
        self.http = application.server.local_url
        self.stream = f"ws{self.http.removeprefix('http')}/stream"
        self.switchboard = application.switchboard
        self.witness = witness

    def connect(self):
        """Connect to it, for bytes that no client sends."""
        address = urlsplit(self.http)
        return socket.create_connection((address.hostname, address.port), timeout=400)
