"""Share how many calls each host takes, and promise places that no other host promises too.

Redis decides which hosts are alive: what a host writes expires unless it is written again.  While Redis does
not answer, nothing is known of other hosts, and each decides by itself.
"""

import contextlib
import json
import logging
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import TypeVar, cast, get_type_hints

from ..system.parts import Part
from ..telephony.host_load import HostLoad
from .connection import PREFIX, UNREACHABLE, Client
from .link import Link
from .scripts import Script

logger = logging.getLogger(__name__)

WRITE_SECONDS = 0.5
"""Seconds between writes, at most"""

PAUSE_SECONDS = 0.05
"""Seconds between writes, at least: changes within that time are written together"""

ALIVE_SECONDS = 5
"""Seconds after its last write for which a host counts as alive"""

HOSTS, LOAD, EXPECTED = f"{PREFIX}hosts", f"{PREFIX}load:", f"{PREFIX}expected:"
"""Names of keys: the ids of all hosts, and by id the load of a host and the calls that it must expect"""

PROMISED = f"{PREFIX}promised"
"""Name of the key with the calls that have a place among all hosts, by the time in ms when they lose it"""

WORK = "loads"
"""What fails here, for the link"""

FIELDS = get_type_hints(HostLoad)
"""The fields of a load, with their types"""

T = TypeVar("T")


class SharedHostLoads(Part):
    """Writes this host's load, reads those of the others, and promises places among all of them.

    Safe to share between threads.  Where a method returns None, Redis does not answer.
    """

    def __init__(
        self,
        client: Client,
        link: Link,
        name: str,
        url: str,
        *,
        calls: Callable[[], Iterable[str]],
        max_calls: int,
        expect: Callable[[str, float], object],
        is_draining: Callable[[], bool] = lambda: False,
    ) -> None:
        """Describe this host.

        `calls` returns the ids of the calls that it takes or expects.  `expect` makes it expect a call within
        some seconds: another host has asked for that.  `is_draining` says whether it takes no new calls.
        """
        self.id = secrets.token_hex(8)
        """The name of this program among the hosts"""
        self._client, self._link, self._name, self._url = client, link, name, url
        self._calls, self._max_calls, self._expect = calls, max_calls, expect
        self._is_draining = is_draining
        self._promise, self._move = Script(client, "now", "promise"), Script(client, "now", "move_promise")
        self._writing = threading.Lock()
        self._changed, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_writing, name="host-load", daemon=True)

    def start(self) -> None:
        """Write the load, and go on writing it in a thread."""
        self.write()
        self._thread.start()

    def close(self) -> None:
        """Stop writing; for the other hosts, this one is gone."""
        self._closing.set()
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join()
        if not self._is_down:
            with contextlib.suppress(*UNREACHABLE):
                self._client.delete(LOAD + self.id)

    def changed(self) -> None:
        """Have the load written soon."""
        self._changed.set()

    def write(self) -> None:
        """Write the load, and take what this host must expect.  Calls that are here need no promise now."""
        with self._writing:  # or an older load could overwrite a later one
            self._write()

    def _write(self) -> None:
        calls = list(self._calls())
        pipeline = self._client.pipeline()
        pipeline.set(LOAD + self.id, json.dumps(asdict(self._load(len(calls)))), ex=ALIVE_SECONDS)
        pipeline.sadd(HOSTS, self.id)
        if calls:
            pipeline.zrem(PROMISED, *calls)
        pipeline.lrange(EXPECTED + self.id, 0, -1)
        pipeline.delete(EXPECTED + self.id)
        try:
            asked = pipeline.execute()[-2]
        except UNREACHABLE as error:
            self._link.fails(WORK, error)
            return
        self._link.works(WORK)
        for each in asked:
            self._expect(*json.loads(each))

    def _load(self, calls: int) -> HostLoad:
        return HostLoad(self.id, self._name, self._url, calls, self._max_calls, self._is_draining())

    def promise(self, call_id: str, seconds: float) -> bool | None:
        """Promise a call a place on any host for some seconds; return whether there is one."""
        milliseconds = round(1000 * seconds)
        promised = self._ask(lambda: self._promise([HOSTS, PROMISED], LOAD, call_id, milliseconds))
        return None if promised is None else bool(promised)

    def move_promise(self, former: str, call_id: str, seconds: float) -> None:
        """Give the place that was promised to `former` to a call, for some seconds."""
        milliseconds = round(1000 * seconds)
        self._ask(lambda: self._move([PROMISED], former, call_id, milliseconds))

    def withdraw(self, call_id: str) -> None:
        """Promise a call no place any more."""
        self._ask(lambda: self._client.zrem(PROMISED, call_id))

    def have_expected(self, host: HostLoad, call_id: str, seconds: float) -> None:
        """Have another host expect a call within some seconds, or not any more if that is 0."""
        key, asked = EXPECTED + host.id, json.dumps([call_id, seconds])
        pipeline = self._client.pipeline()
        pipeline.rpush(key, asked)
        pipeline.expire(key, ALIVE_SECONDS)
        self._ask(pipeline.execute)

    def others(self) -> list[HostLoad] | None:
        """List the loads of the other hosts that are alive."""
        return self._ask(self._read_others)

    def _read_others(self) -> list[HostLoad]:
        ids = {each.decode() for each in cast("set[bytes]", self._client.smembers(HOSTS))} - {self.id}
        if not ids:
            return []
        found = cast("list[bytes | None]", self._client.mget([LOAD + each for each in sorted(ids)]))
        return [load for each in found if each and (load := _read(each))]

    def _ask(self, ask: Callable[[], T]) -> T | None:
        """Ask Redis, unless it has not answered last time: a call must not wait for it again and again."""
        if self._is_down:
            return None
        try:
            return ask()
        except UNREACHABLE as error:
            self._link.fails(WORK, error)
            return None

    @property
    def _is_down(self) -> bool:
        """Whether the last attempt failed.  That live events fail says nothing about the next one here."""
        return self._link.is_failing(WORK)

    def _keep_writing(self) -> None:
        while not self._closing.wait(PAUSE_SECONDS):
            self._changed.wait(WRITE_SECONDS)
            self._changed.clear()
            if not self._closing.is_set():
                self._write_safely()

    def _write_safely(self) -> None:
        try:
            self.write()
        except Exception:  # the next write may succeed, and without any this host would count as gone
            logger.exception("The load of this host could not be written")


def _read(written: bytes) -> HostLoad | None:
    """Read the load of a host, which may be of a later version; None if it makes no sense."""
    try:
        values = json.loads(written)
        load = HostLoad(**{name: kind(values[name]) for name, kind in FIELDS.items()})
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return None
    return load
