"""Calls find the host that has room: whole programs, a real Redis, and Twilio with a balancer before them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis
import requests

from helpers.dialing import SOMEBODY
from helpers.hosts import PUBLIC, Hosts, host_of, is_streamed
from helpers.waiting import wait_until
from local_stt.cluster import host_loads
from local_stt.errors import DialError, TelephonyError
from local_stt.events import CallStarted
from local_stt.simulator import read_twiml
from local_stt.telephony.outbound import OutboundCall
from local_stt.telephony.signature import sign
from stand_ins.twilio_api import AUTH_TOKEN


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Have hosts count as alive for long, however busy this machine is."""
    monkeypatch.setattr(host_loads, "ALIVE_SECONDS", 600)


@pytest.fixture
def hosts(api, tmp_path, redis_url, postgres_url):
    """Starts hosts that have addresses of their own, or not: `with hosts(with_urls=True) as hosts`."""
    return lambda *, with_urls: Hosts(api, tmp_path, redis_url, postgres_url, with_urls=with_urls)


@pytest.fixture(params=[True, False], ids=["own addresses", "one address"])
def two(request, hosts):
    """Two hosts: A takes one call, B two."""
    with hosts(with_urls=request.param) as two:
        two.start("a", 1)
        two.start("b", 2)
        wait_until(lambda: two.know(b=2))
        yield two


def promised(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        return client.zcard(host_loads.PROMISED)


def test_a_caller_is_refused_only_when_all_hosts_are_full(two, redis_url):
    """Whichever host is asked, and wherever the streams come."""
    held = []
    for number, first in enumerate("aaa"):
        twiml = two.call(f"CA{number}", first)
        assert is_streamed(twiml)
        websocket, name = two.stream(f"CA{number}", twiml, order="ab")
        held.append((websocket, name))
        two.witnesses[name].wait_for(CallStarted)
    assert sorted(name for _, name in held) == ["a", "b", "b"]
    wait_until(lambda: two.know(b=0) and not promised(redis_url))
    for first in "ab":
        assert "<Say" in two.call("CA9", first)
    websocket, _ = held.pop()
    websocket.close()
    wait_until(lambda: is_streamed(two.call("CA10", "a")))
    for websocket, _ in held:
        websocket.close()


def test_the_places_of_all_hosts_are_given_once_before_any_stream_has_come(two):
    barrier = threading.Barrier(20)

    def call(number):
        barrier.wait()
        return two.call(f"CA{number}", "ab"[number % 2])

    with ThreadPoolExecutor(20) as executor:
        answers = list(executor.map(call, range(20)))
    assert sum(map(is_streamed, answers)) == 3
    for number, answer in enumerate(answers):
        if is_streamed(answer):  # Twilio asks again
            assert is_streamed(two.call(f"CA{number}", host_of(read_twiml(answer).stream_url) or "a"))


def test_twilio_is_sent_to_the_host_with_room_and_asks_none_twice(hosts):
    with hosts(with_urls=True) as three:
        for name, max_calls in (("a", 0), ("b", 1), ("c", 2)):
            three.start(name, max_calls)
        wait_until(lambda: three.know(b=1, c=2))
        streamed = [read_twiml(three.call(f"CA{number}", "a")).stream_url for number in range(2)]
        assert three.asked in (["a", "b"], ["a", "c"])
        assert streamed[0] == "wss://name.example/hosts/c/stream"
        assert is_streamed(three.call("CA2", "b"))
        wait_until(lambda: three.know(b=0, c=0))
        assert "<Say" in three.call("CA3", "b")
        assert three.asked == ["b"]


def test_hosts_that_fill_up_meanwhile_send_a_caller_on_and_never_in_a_circle(hosts, monkeypatch):
    with hosts(with_urls=True) as three:
        for name in "abc":
            three.start(name, 1)
        wait_until(lambda: three.know(b=1, c=1))
        for name in "abc":
            assert three.by_name[name].slots.reserve(f"CA{name}")
            monkeypatch.setattr(three.by_name[name].loads, "write", lambda: None)
            monkeypatch.setattr(three.by_name[name].loads, "promise", lambda *_: True)
        monkeypatch.setattr(host_loads.HostLoad, "room", 1)  # as if none had written it yet
        assert "<Say" in three.call("CA9", "b")
        assert sorted(three.asked) == ["a", "b", "c"]


def test_a_redirect_that_twilio_has_not_signed_for_this_host_is_refused(two):
    server = two.by_name["a"].server.local_url
    form = {"CallSid": "CA1", "To": "+15551110001"}
    signed = f"{two.by_name['a'].addresses.of_host}/call?asked=b"
    headers = sign(AUTH_TOKEN, signed, form)
    for query, status in (("?asked=b", 200), ("?asked=c", 403), ("", 403)):
        assert (
            requests.post(f"{server}/call{query}", form, headers=headers, timeout=400).status_code == status
        )
    headers = sign(AUTH_TOKEN, f"{PUBLIC}/hosts/x/call", form)
    assert requests.post(f"{server}/call", form, headers=headers, timeout=400).status_code == 403


def test_a_host_that_drains_takes_no_call_and_sends_callers_on(two):
    two.by_name["a"].slots.drain()
    two.by_name["a"].loads.write()
    for number in range(2):
        _, name = two.stream(f"CA{number}", two.call(f"CA{number}", "a"), order="b")
        assert name == "b"
    assert "<Say" in two.call("CA2", "a")


def test_without_redis_each_host_decides_by_itself(two, redis_url):
    for each in two.by_name.values():
        each.loads._client.connection_pool.disconnect()
        each.loads._link.fails(host_loads.WORK, redis.ConnectionError())
        each.loads.write = lambda: None
    answers = [is_streamed(two.call(f"CA{name}{number}", name)) for name in "ab" for number in range(3)]
    assert answers == [True, False, False, True, True, False]


def test_a_call_is_placed_through_any_host_while_one_has_room(two, api, redis_url):
    dialer = two.by_name["a"].dialer
    placed = [dialer.dial(OutboundCall(SOMEBODY)) for _ in range(3)]
    wait_until(lambda: two.by_name["b"].slots.calls() or not two.by_name["a"].addresses.own)
    with pytest.raises(DialError, match="All lines are busy on every host"):
        dialer.dial(OutboundCall(SOMEBODY))
    assert "<Say" in two.call("CA9", "b")
    assert len(api.calls) == 3
    held = [two.stream(call_id, api.calls[call_id]["Twiml"], order="ab") for call_id in placed]
    assert sorted(name for _, name in held) == ["a", "b", "b"]
    for (websocket, name), call_id in zip(held, placed, strict=True):
        two.witnesses[name].wait_for(CallStarted)
        websocket.close()
        dialer.on_status({"CallSid": call_id, "CallStatus": "completed"})
    wait_until(lambda: two.know(b=2) and not promised(redis_url))


def test_a_call_that_nobody_answers_gives_its_place_back(two, api, redis_url):
    dialer = two.by_name["a"].dialer
    placed = [dialer.dial(OutboundCall(SOMEBODY)) for _ in range(3)]
    for call_id in placed:
        dialer.on_status({"CallSid": call_id, "CallStatus": "no-answer"})
    wait_until(lambda: two.know(b=2) and not two.by_name["a"].slots.calls() and not promised(redis_url))
    api.refusing = 400
    with pytest.raises(DialError):
        dialer.dial(OutboundCall(SOMEBODY, "+112"))
    with pytest.raises(TelephonyError):
        dialer.dial(OutboundCall(SOMEBODY))
    assert not promised(redis_url)


def ask_for_streams(host, api):
    """Have a host ask for the streams of five calls, as after it has taken them over."""
    began = CallStarted("", ("inbound",), "+15550001", "+15551110001")
    for number in range(5):
        api.calls[f"CA{number}"] = {"status": "in-progress"}
        host.slots.expect(f"CA{number}", 600)
    for number in range(5):
        assert host.recovery.restart_stream(replace(began, call_id=f"CA{number}"), 1.0, 2.0)


def test_calls_of_a_host_that_is_gone_go_on_where_there_is_room(hosts, api, monkeypatch):
    """One host asks for all their streams."""
    with hosts(with_urls=True) as three:
        for name, max_calls in (("a", 1), ("b", 1), ("c", 2)):
            three.start(name, max_calls)
        wait_until(lambda: three.know(b=1, c=2))
        a, b, c = (three.by_name[name] for name in "abc")
        a.admission._clock = lambda: 0.0  # no time passes, and the others write nothing meanwhile
        with monkeypatch.context() as silent:
            for host in (b, c):
                silent.setattr(host.loads, "write", lambda: None)
            ask_for_streams(a, api)
        asked = {each["CallSid"]: host_of(each["Url"]) for each in api.streams}
        assert sorted(asked.values()) == ["a", "a", "b", "c", "c"]  # more than all have room for
        for host, name in ((b, "b"), (c, "c")):
            expected = {call_id for call_id in asked if asked[call_id] == name}
            wait_until(lambda host=host, expected=expected: host.slots.calls() == expected)


def test_a_stream_that_is_started_again_comes_to_the_host_that_has_its_call(hosts, api):
    with hosts(with_urls=True) as two:
        two.start("a", 1)
        api.calls["CA1"] = {"status": "in-progress"}
        websocket, _ = two.stream("CA1", two.call("CA1", "a"))
        two.witnesses["a"].wait_for(CallStarted)
        websocket.sock.shutdown(2)
        wait_until(lambda: api.streams)
        assert api.streams[0]["Url"] == "wss://name.example/hosts/a/stream"
