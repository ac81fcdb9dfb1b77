"""Reading server-sent events, line by line."""

import http.client
import json
from contextlib import closing, contextmanager
from urllib.parse import urlsplit


@contextmanager
def watching(url, query="", **headers):
    """Watch the live events of a server; yield an iterator of lines."""
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=400)) as connection:
        connection.request("GET", "/api/events" + query, headers=headers)
        with connection.getresponse() as response:
            assert response.status == 200
            yield (line.decode().rstrip("\n") for line in iter(response.readline, b""))


def read(lines, count):
    """Return `count` events as (id, type, data); the id is None where an event has none."""
    events, current = [], {}
    for line in lines:
        if line:
            field, _, value = line.partition(": ")
            current[field] = value
            continue
        if "data" in current:
            events.append((current.get("id"), current["event"], json.loads(current["data"])))
            if len(events) == count:
                return events
        current = {}
    raise AssertionError(f"the stream ended after {len(events)} events")
