"""Loads of hosts and promised places, in a real Redis."""

import json
import socket
import threading

import pytest
import redis

from helpers.redis_server import running_redis
from helpers.waiting import wait_until
from local_stt.cluster import connect
from local_stt.cluster import host_loads as module
from local_stt.cluster.host_loads import SharedHostLoads
from local_stt.cluster.link import Link

LONG = 600.0


class Host:
    """A host whose calls a test sets."""

    def __init__(self, url, name, max_calls, own_url=""):
        self.calls, self.asked, self.draining = set(), [], False
        self.loads = SharedHostLoads(
            connect(url, timeout=0.5),
            Link(),
            name,
            own_url,
            calls=lambda: set(self.calls),
            max_calls=max_calls,
            expect=lambda *asked: self.asked.append(asked),
            is_draining=lambda: self.draining,
        )

    def has(self, *calls):
        self.calls = set(calls)
        self.loads.write()


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Have hosts count as alive for long, however busy this machine is."""
    monkeypatch.setattr(module, "ALIVE_SECONDS", 600)


@pytest.fixture
def host(redis_url):
    """Makes hosts that write only when a test says so."""
    return lambda name, max_calls=1, **chosen: Host(redis_url, name, max_calls, **chosen)


def seen_by(host):
    return {each.name: each.room for each in host.loads.others()}


def test_each_host_sees_the_room_of_the_others(host):
    a, b, c = host("a", 3), host("b", 5), host("c", 7)
    for each in (a, b, c):
        each.has()
    b.has("CA1", "CA2")
    c.draining = True
    c.has()
    assert seen_by(a) == {"b": 3, "c": 0}
    b.has("CA1")
    assert seen_by(a) == {"b": 4, "c": 0}
    assert seen_by(b) == {"a": 3, "c": 0}


def test_a_host_writes_changes_by_itself_until_it_is_closed(host):
    a, b = host("a"), host("b", 2)
    with a.loads, b.loads:
        b.calls = {"CA1"}
        b.loads.changed()
        wait_until(lambda: seen_by(a) == {"b": 1})
        a.loads.have_expected(a.loads.others()[0], "CA2", 5.0)
        wait_until(lambda: b.asked == [("CA2", 5.0)])
        b.calls = set()
        wait_until(lambda: seen_by(a) == {"b": 2})  # nobody has said that it has changed
    assert a.loads.others() == []


def test_a_host_that_writes_no_more_is_gone_for_redis(host):
    a, b = host("a"), host("b")
    b.has()
    assert seen_by(a) == {"b": 1}
    assert 0 < b.loads._client.ttl(f"{module.LOAD}{b.loads.id}") <= module.ALIVE_SECONDS
    b.loads._client.pexpire(f"{module.LOAD}{b.loads.id}", 1)
    wait_until(lambda: a.loads.others() == [])
    assert a.loads.promise("CA1", LONG) is False
    assert a.loads._client.smembers(module.HOSTS) == set()  # and forgotten


def test_two_hosts_of_one_name_are_two_hosts(host):
    a, b, other = host("a"), host("a"), host("other")
    for each in (a, b):
        each.has()
    assert [each.name for each in other.loads.others()] == ["a", "a"]


NO_LOADS = [
    b"another program's",
    b"\xff\xfe",
    b"5",
    b"[]",
    b"null",
    b"[" * 100_000,
    b'{"id": "x"}',
    b'{"id": "x", "name": "x", "url": "", "calls": "few", "max_calls": 2, "draining": false}',
    b'{"id": "x", "name": "x", "url": "", "calls": 0, "max_calls": {}, "draining": false}',
]


@pytest.mark.parametrize("written", NO_LOADS, ids=repr)
def test_what_is_no_load_is_left_out(host, redis_url, written):
    a, b = host("a", 1), host("b", 1)
    a.has()
    b.has()
    server = connect(redis_url)
    server.sadd(module.HOSTS, "x")
    server.set(module.LOAD + "x", written)
    assert seen_by(a) == {"b": 1}
    assert [a.loads.promise(call, LONG) for call in ("CA1", "CA2", "CA3")] == [True, True, False]


def test_the_load_of_a_host_of_a_later_version_can_be_read(host, redis_url):
    a, b = host("a", 1), host("b", 2)
    a.has()
    b.has()
    server = connect(redis_url)
    load = json.loads(server.get(module.LOAD + b.loads.id))
    server.set(module.LOAD + b.loads.id, json.dumps(load | {"region": "north"}))
    assert seen_by(a) == {"b": 2}


def test_no_more_places_are_promised_than_all_hosts_have_room_for(host):
    a, b, c = host("a", 2), host("b", 1), host("c", 4)
    c.draining = True
    for each in (a, b, c):
        each.has()
    assert [a.loads.promise(call_id, LONG) for call_id in ("CA1", "CA2")] == [True, True]
    assert [b.loads.promise(call_id, LONG) for call_id in ("CA3", "CA4")] == [True, False]
    assert a.loads.promise("CA3", LONG)  # Twilio asks again, and another host
    a.loads.withdraw("CA1")
    assert b.loads.promise("CA4", LONG)


def test_a_host_with_more_calls_than_it_may_have_takes_no_room_from_others(host):
    a, b = host("a", 1), host("b", 1)
    a.has("CA1", "CA2", "CA3")
    b.has()
    assert b.loads.promise("CA4", LONG)


def test_a_call_counts_once_when_its_stream_has_come_to_any_host(host):
    a, b = host("a", 1), host("b", 1)
    for each in (a, b):
        each.has()
    assert a.loads.promise("CA1", LONG)
    b.has("CA1")  # A has promised it
    assert a.loads.promise("CA2", LONG)
    assert not a.loads.promise("CA3", LONG)
    b.has()
    assert a.loads.promise("CA3", LONG)


def test_a_promise_that_nobody_takes_expires(host):
    a = host("a", 1)
    a.has()
    assert a.loads.promise("CA1", 0.2)
    wait_until(lambda: a.loads.promise("CA2", LONG))
    assert not a.loads.promise("CA3", LONG)


def test_a_place_is_given_to_the_call_that_it_was_booked_for(host):
    a = host("a", 1)
    a.has()
    assert a.loads.promise("booked", LONG)
    a.loads.move_promise("booked", "CA1", LONG)
    assert a.loads._client.zrange(module.PROMISED, 0, -1) == [b"CA1"]
    assert not a.loads.promise("CA2", LONG)
    a.loads.move_promise("CA1", "CA1", 0.2)
    wait_until(lambda: a.loads.promise("CA2", LONG))


def test_the_last_places_are_promised_once_however_many_ask_on_two_hosts(host):
    hosts = [host("a", 2), host("b", 1)]
    for each in hosts:
        each.has()
    barrier, promised = threading.Barrier(20), []

    def ask(number):
        barrier.wait()
        if hosts[number % 2].loads.promise(f"CA{number}", LONG):
            promised.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(promised) == 3


def test_without_redis_nothing_is_known_and_it_is_said_once(caplog, notices):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    a = Host(f"redis://127.0.0.1:{port}/0", "a", 1)
    with a.loads:
        assert a.loads.promise("CA1", LONG) is None
        assert a.loads.others() is None
        a.loads.withdraw("CA1")
        assert caplog.text.count("cannot be used (") == 1
        with running_redis(port):
            wait_until(lambda: a.loads.promise("CA1", LONG))
            assert [text for text in notices if "can be used again" in text]
            assert a.loads.promise("CA2", LONG) is False
        wait_until(lambda: a.loads.promise("CA1", LONG) is None)
    assert caplog.text.count("cannot be used (") == 2


def test_a_redis_that_hangs_is_waited_for_once():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        a = Host(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", "a", 1)
        assert a.loads.promise("CA1", LONG) is None
        a.loads._promise = pytest.fail
        assert a.loads.promise("CA2", LONG) is None


def test_what_is_written_has_no_number_and_no_call(host, redis_url):
    a = host("a", 2)
    a.has("CA1")
    with redis.Redis.from_url(redis_url) as client:
        load = json.loads(client.get(f"{module.LOAD}{a.loads.id}"))
    assert load == {
        "id": a.loads.id,
        "name": "a",
        "url": "",
        "calls": 1,
        "max_calls": 2,
        "draining": False,
    }
