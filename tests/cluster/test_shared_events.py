"""The live events of several hosts, over a real Redis."""

import logging
import os
import signal
import threading
from urllib.parse import urlsplit

import pytest
import redis

from helpers.event_hosts import Host, wait_for_same
from helpers.events import final, recording, started
from helpers.redis_server import running_redis, server_of
from helpers.waiting import wait_until
from local_stt.cluster import connect, event_stream
from local_stt.cluster.event_stream import STATE
from local_stt.cluster.tokens import TOKEN, SharedToken
from local_stt.errors import SettingError
from local_stt.events import CallDeleted, CallEnded, EndReason, PartialText
from local_stt.web.event_log import Position


def said(call_id, text):
    return PartialText(call_id, "inbound", text, 1.0)


def ended(call_id):
    return CallEnded(call_id, EndReason.HUNG_UP, 1.0)


def url_of(link):
    return f"redis://127.0.0.1:{link.port}/0"


def test_all_hosts_have_the_same_events_in_the_same_order(redis_url):
    with Host(redis_url) as first, Host(redis_url) as second:

        def talk(host, name):
            for number in range(300):
                host(said(name, f"{name} {number}"))

        threads = [
            threading.Thread(target=talk, args=each)
            for each in ((first, "CA1"), (second, "CA2"), (first, "CA3"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait_for_same(first, second, count=900)
        assert first.log.newest == second.log.newest
        assert first.entries() == second.entries()
        assert [number for number, *_ in first.entries()] == list(range(1, 901))
        for name in ("CA1", "CA2", "CA3"):
            own = [text for text in first.texts() if text.startswith(name)]
            assert own == [f"{name} {number}" for number in range(300)]


def test_a_host_that_starts_later_knows_what_was_said_and_the_calls_in_progress(redis_url):
    with Host(redis_url) as first:
        for event in (started("CA1"), started("CA2"), said("CA1", "hello"), ended("CA2"), started("CA3")):
            first(event)
        wait_for_same(first, count=5)
        with Host(redis_url) as second:
            assert second.calls == first.calls == ["CA1", "CA3"]
            assert second.log.in_progress == first.log.in_progress
            assert second.entries() == first.entries()
            second(ended("CA1"))
            wait_for_same(first, second, count=6)
            assert first.calls == second.calls == ["CA3"]


def test_calls_of_a_killed_program_are_in_progress_and_no_call_begins_twice(redis_url):
    call = recording("CA1")
    with Host(redis_url) as first, Host(redis_url) as second:
        first.events.add_interrupted([call])
        second.events.add_interrupted([call])
        first(ended("CA2"))
        second(ended("CA3"))
        wait_for_same(first, second, count=3)
        assert sorted(kind for _, kind, _ in first.entries()) == ["call-ended", "call-ended", "call-started"]
        assert [each.at for each in second.log.in_progress] == [call.started_at]


def test_an_answer_that_is_lost_repeats_nothing(redis_url, link):
    with Host(url_of(link)) as weak, Host(redis_url) as other:
        texts = [str(number) for number in range(200)]
        for at in range(0, 200, 20):
            with link.swallowing():
                swallowed = link.swallowed
                for text in texts[at : at + 20]:
                    weak(said("CA1", text))
                wait_until(lambda before=swallowed: link.swallowed > before + 1)
        wait_for_same(other, weak, count=200)
        assert other.texts() == weak.texts() == texts


def test_while_redis_is_away_events_wait_and_then_come_in_order(redis_url, link, caplog, notices):
    with Host(url_of(link)) as weak, Host(redis_url) as other:
        weak(said("CA1", "before"))
        wait_for_same(other, weak, count=1)
        link.cut()
        wait_until(lambda: weak.log.is_interrupted)
        assert not other.log.is_interrupted
        other(said("CA2", "meanwhile"))
        wait_for_same(other, count=2)
        for number in range(50):
            weak(said("CA1", str(number)))
        assert weak.waiting == 50
        assert weak.texts() == ["before"]
        link.mend()
        wait_for_same(other, weak, count=52)
        wait_until(lambda: not weak.log.is_interrupted)
        expected = ["before", "meanwhile", *map(str, range(50))]
        assert weak.texts() == other.texts() == expected
        assert weak.restarts == 0
    (warning,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert warning.getMessage().startswith("Redis cannot be used (")
    assert [text.startswith("Redis can be used again") for text in notices] == [True]


def test_a_redis_that_hangs_for_a_while_costs_no_event():
    with running_redis() as url, Host(url) as first, Host(url) as second:
        first(started("CA1"))
        wait_for_same(first, second, count=1)
        server = server_of(url)
        os.kill(server, signal.SIGSTOP)
        try:
            first(said("CA1", "one"))
            second(said("CA1", "two"))
            wait_until(lambda: first.log.is_interrupted and second.log.is_interrupted)
        finally:
            os.kill(server, signal.SIGCONT)
        wait_for_same(first, second, count=3)
        wait_until(lambda: not first.log.is_interrupted and not second.log.is_interrupted)
        assert sorted(first.texts()) == ["one", "two"]
        assert first.entries() == second.entries()


def test_a_redis_that_lost_its_data_begins_a_new_epoch_with_the_calls_in_progress(monkeypatch):
    with running_redis() as url:
        first, second = Host(url), Host(url)
        first.__enter__()
        second.__enter__()
        for event in (started("CA1"), CallDeleted("CA1"), said("CA1", "old")):
            first(event)
        second(started("CA2"))
        wait_for_same(first, second, count=4)
        before = first.log.newest
        os.kill(server_of(url), signal.SIGKILL)
        wait_until(lambda: first.log.is_interrupted and second.log.is_interrupted)
        second(ended("CA2"))
        first(said("CA3", "new"))
    with running_redis(urlsplit(url).port):
        wait_until(lambda: first.log.newest.epoch == second.log.newest.epoch != before.epoch)
        wait_until(lambda: first.calls == second.calls == ["CA1"] and not (first.waiting or second.waiting))
        assert first.log.after(before, 10) is None
        wait_until(lambda: first.texts() == second.texts() == ["new"])
        (call,) = second.log.in_progress
        assert (call.started.caller, call.is_deleted) == ("", True)
        assert (first.restarts, second.restarts) == (1, 1)
        first(ended("CA1"))
        wait_until(lambda: second.calls == [])
        first.__exit__()
        second.__exit__()


def test_data_that_is_lost_while_the_connections_stay_is_noticed(redis_url):
    with Host(redis_url) as first, Host(redis_url) as second, redis.Redis.from_url(redis_url) as client:
        first(started("CA1"))
        wait_for_same(first, second, count=1)
        before = first.log.newest
        client.flushall()
        wait_until(lambda: first.log.newest.epoch == second.log.newest.epoch != before.epoch)
        second(said("CA1", "new"))
        wait_until(lambda: first.texts() == second.texts() == ["new"])
        assert first.calls == second.calls == ["CA1"]
        assert second.log.after(before, 10) is None


def test_a_viewer_behind_what_is_kept_is_informed(redis_url, link, monkeypatch):
    monkeypatch.setattr(event_stream.EventStream.__init__, "__defaults__", (10, 10_000))
    with Host(url_of(link)) as weak, Host(redis_url) as other:
        weak(said("CA1", "before"))
        wait_for_same(other, weak, count=1)
        here = weak.log.newest
        link.cut()
        wait_until(lambda: weak.log.is_interrupted)
        for number in range(30):
            other(said("CA2", str(number)))
        wait_for_same(other, count=31)
        link.mend()
        wait_for_same(weak, count=31)
        assert weak.log.after(here, 100) is None
        assert weak.texts() == [str(number) for number in range(20, 30)]


def test_redis_keeps_no_more_bytes_than_hosts_do(redis_url, monkeypatch):
    monkeypatch.setattr(event_stream.EventStream.__init__, "__defaults__", (1000, 5000))
    with Host(redis_url) as host:
        for number in range(20):
            host(said("CA1", "x" * 1000 + str(number)))
        wait_for_same(host, count=20)
        with Host(redis_url) as late:
            assert [text.lstrip("x") for text in late.texts()] == ["16", "17", "18", "19"]


def test_when_too_much_waits_viewers_are_informed_and_no_call_goes_on_for_ever(redis_url, link, monkeypatch):
    monkeypatch.setattr("local_stt.cluster.backlog.Backlog.__init__.__defaults__", (20, 100_000))
    with Host(url_of(link)) as weak, Host(redis_url) as other:
        weak(started("CA1"))
        wait_for_same(other, weak, count=1)
        link.cut()
        wait_until(lambda: weak.log.is_interrupted)
        weak(ended("CA1"))
        weak(started("CA2"))
        for number in range(50):
            weak(said("CA2", str(number)))
        link.mend()
        wait_until(lambda: other.calls == ["CA2"] and not weak.waiting)
        wait_until(lambda: weak.log.newest == other.log.newest)
        kinds = [kind for _, kind, _ in other.entries()]
        assert kinds[:4] == ["call-started", "missed", "call-ended", "call-started"]
        assert other.texts() == [str(number) for number in range(50)][-len(other.texts()) :]
        _, lost, _ = weak.events.measurements()
        assert lost.value() == 50 - len(other.texts()) > 0


def test_deleted_calls_are_empty_on_all_hosts_and_in_redis(redis_url):
    with Host(redis_url) as first, Host(redis_url) as second, redis.Redis.from_url(redis_url) as client:
        for event in (started("CA1", "+15551234"), final("a secret"), started("CA2"), said("CA2", "stays")):
            first(event)
        wait_for_same(first, second, count=4)
        second(CallDeleted("CA1"))
        wait_for_same(first, second, count=5)
        assert first.texts() == second.texts() == ["stays"]
        wait_until(lambda: not in_redis(client, b"secret") and not in_redis(client, b"5551234"))
        assert in_redis(client, b"stays")
        first(final("another secret"))
        first(ended("CA1"))
        wait_for_same(first, second, count=8)
        assert first.texts() == second.texts() == ["stays"]
        wait_until(lambda: not in_redis(client, b"secret"))
        with Host(redis_url) as late:
            assert late.texts() == ["stays"]
            assert late.calls == ["CA2"]
            assert late.log.newest == first.log.newest


def in_redis(client, text):
    """Tell whether any value in Redis has a text."""
    for key in client.scan_iter():
        kind = client.type(key)
        if kind == b"stream":
            values = [value for _, entry in client.xrange(key) for value in entry.values()]
        else:
            values = client.hvals(key) if kind == b"hash" else [client.get(key) or b""]
        if any(text in value for value in values):
            return True
    return False


def test_what_was_said_leaves_redis_after_a_while(redis_url):
    with Host(redis_url) as host, redis.Redis.from_url(redis_url) as client:
        host(said("CA1", "one"))
        wait_for_same(host, count=1)
        (stream,) = [key for key in client.scan_iter() if client.type(key) == b"stream"]
        assert 0 < client.ttl(stream) <= event_stream.KEPT_SECONDS
        client.delete(stream)  # as it expires
        with Host(redis_url) as late:
            assert late.log.newest == host.log.newest
            assert late.log.after(Position(late.log.newest.epoch, 0), 10) is None
            host(said("CA1", "two"))
            wait_for_same(host, late, count=2)
            assert (host.texts(), late.texts()) == (["one", "two"], ["two"])


def test_turns_of_a_call_on_another_host_are_ended_there(redis_url):
    with Host(redis_url) as first, Host(redis_url) as second:
        first.own = {"CA1"}
        first(started("CA1"))
        wait_for_same(first, second, count=1)
        assert not second.events.end_turns("CA9")
        assert second.events.end_turns("CA1")
        wait_until(lambda: first.ended_turns == ["CA1"])
        assert first.events.end_turns("CA1")
        assert first.ended_turns == ["CA1", "CA1"]


def test_the_last_events_of_a_program_that_ends_are_published(redis_url):
    with Host(redis_url) as first:
        with Host(redis_url) as second:
            for number in range(1000):
                second(said("CA1", str(number)))
        wait_for_same(first, count=1000)
        assert first.texts() == [str(number) for number in range(1000)]


def test_an_entry_that_makes_no_sense_does_not_keep_the_next_ones_from_viewers(redis_url):
    with Host(redis_url) as first:
        first(said("CA1", "before"))
        wait_for_same(first, count=1)
        with connect(redis_url) as client:
            epoch = client.hget(STATE, "epoch").decode()
            client.xadd(f"{STATE}:{epoch}", {"of": "another program"}, id="2-0")
            client.hset(STATE, "last", 2)
        first(said("CA1", "after"))
        wait_until(lambda: first.texts() == ["before", "after"])
        with Host(redis_url) as second:
            assert second.texts() == ["before", "after"]


def test_without_redis_no_host_starts():
    with pytest.raises(SettingError, match=r"REDIS_URL: no Redis answers at 127.0.0.1:1 \(.*\): start it"):
        Host("redis://:a-password@127.0.0.1:1/0").__enter__()


def test_no_host_starts_where_another_program_has_a_key_of_local_stt(redis_url):
    connect(redis_url).set(STATE, "of another program")
    with pytest.raises(
        SettingError, match=r"refuses what hosts need \(WRONGTYPE.*\): .* a database of its own"
    ):
        Host(redis_url).__enter__()


@pytest.mark.parametrize("wrong", ["redis://localhost/calls", "redis://localhost/0?unknown=1"])
def test_an_address_that_the_driver_would_not_follow_is_refused(wrong):
    with pytest.raises(SettingError, match="REDIS_URL is not an address of the form"):
        connect(wrong)


@pytest.mark.parametrize("found", [b"", b"short", b"\xff" * 32])
def test_a_token_that_no_host_has_generated_is_refused(redis_url, found):
    client = connect(redis_url)
    client.set(TOKEN, found)
    with pytest.raises(SettingError, match="redis-cli DEL local_stt:token"):
        SharedToken(client).get()
