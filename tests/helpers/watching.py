"""A viewer that watches the live events of a host, and remembers them."""

import contextlib
import json
import socket
import threading
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from .servers import VIEWERS_TOKEN


class Watcher:
    """Reads server-sent events from a host in a thread, until `close` or the host's end.

    - `seen`: what came, as (id, type, data)
    - `notices`: the types of events without an id, such as `interrupted`
    """

    def __init__(self, url, after=""):
        """Watch from now on, or after the event of that id."""
        self.seen, self.notices = [], []
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=400)
        headers = {"Authorization": f"Bearer {VIEWERS_TOKEN}"} | ({"Last-Event-ID": after} if after else {})
        self._connection.request("GET", "/api/events", headers=headers)
        self._socket = self._connection.sock
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self):
        """Stop watching."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(400)
        self._answer.close()
        self._connection.close()

    def of(self, kind):
        """List the data of events of a kind."""
        return [data for _, each, data in tuple(self.seen) if each == kind]

    def _read(self):
        current = {}
        with contextlib.suppress(OSError, HTTPException, ValueError):
            for line in iter(self._answer.readline, b""):
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field:
                    current[field] = value
                    continue
                if "id" in current and "data" in current:
                    self.seen.append((current["id"], current["event"], json.loads(current["data"])))
                elif "event" in current:
                    self.notices.append(current["event"])
                current = {}
