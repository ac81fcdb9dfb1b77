"""Hosts of a deployment end, are killed, and lose their network, and no call suffers from it."""

import pytest

from helpers.cluster import heard_alone
from helpers.waiting import wait_until
from helpers.watching import Watcher

CALLS = 20
SECONDS = 45


@pytest.fixture(scope="module")
def spoken(demo_channels):
    """A call of some length: the demo's, again and again."""
    return [(channel * 3)[: SECONDS * 8000] for channel in demo_channels]


@pytest.fixture(scope="module")
def undisturbed(running, spoken):
    """What is heard of such a call on one machine: texts by track."""
    return heard_alone(running, spoken)


def url_of(host):
    return f"http://{host.address}:8080"


def ids(count):
    return [f"CA{number}" for number in range(1, count + 1)]


def of_calls(host, kind):
    """The ids of calls of which a host printed an event."""
    return {event["call_id"] for event in host.events(kind)}


def ended_at(watcher, count):
    return lambda: len(watcher.of("call-ended")) >= count


def test_a_killed_hosts_calls_go_on_at_the_other_and_nothing_that_was_shown_is_lost(cluster, spoken):
    with cluster(hosts=2) as whole:
        first, second = whole.hosts
        watcher = Watcher(url_of(second))
        calls = [whole.calls.place(call_id, spoken) for call_id in ids(CALLS)]
        wait_until(lambda: len(of_calls(first, "final") | of_calls(second, "final")) == CALLS)
        theirs = of_calls(first, "call-started")
        first.kill()
        for call in calls:
            call.wait()
        wait_until(ended_at(watcher, CALLS))
        shown = {(event["call_id"], event["track"], event["text"]) for event in watcher.of("final")}
        gaps = {event["call_id"]: event["end"] - event["start"] for event in second.events("gap")}
        kept = whole.kept(*ids(CALLS))
        watcher.close()
    assert 0 < len(theirs) < CALLS
    assert {call.caller.call_id for call in calls if call.breaks} == theirs == set(gaps)
    assert max(gaps.values()) < SECONDS / 2
    assert {reason for reason, _ in kept.values()} == {"hung-up"}
    lines = {(call_id, *line) for call_id, (_, spoken) in kept.items() for line in spoken}
    assert shown <= lines
    numbers = [number for number, *_ in watcher.seen]
    assert len(set(numbers)) == len(numbers)


def test_viewers_of_any_host_see_every_event_once_in_the_same_order(cluster, spoken):
    short = [channel[: 20 * 8000] for channel in spoken]
    with cluster(hosts=2) as whole:
        first, second = whole.hosts
        here, there, leaving = (Watcher(url_of(host)) for host in (first, second, first))
        calls = [whole.calls.place(call_id, short) for call_id in ids(4)]
        wait_until(lambda: len(leaving.of("final")) >= 4)
        leaving.close()
        resumed = Watcher(url_of(second), after=leaving.seen[-1][0])
        for call in calls:
            call.wait()
        for each in (here, there, resumed):
            wait_until(ended_at(each, 4 - len(leaving.of("call-ended")) if each is resumed else 4))
            each.close()
        printed = sum(
            len(host.events(kind)) for host in whole.hosts for kind in ("call-started", "final", "call-ended")
        )
    assert here.seen == there.seen == leaving.seen + resumed.seen
    assert printed == sum(kind in ("call-started", "final", "call-ended") for _, kind, _ in here.seen)
    assert all(host.events("call-started") for host in whole.hosts)


def test_a_host_that_stops_lets_its_calls_go_on_and_nobody_notices(cluster, spoken, undisturbed):
    with cluster(hosts=2, LOCAL_STT_DRAIN_SECONDS="300") as whole:
        first, second = whole.hosts
        calls = [whole.calls.place(call_id, spoken) for call_id in ids(4)]
        wait_until(lambda: len(of_calls(first, "final") | of_calls(second, "final")) == 4)
        first.stop()
        wait_until(lambda: whole.pool("streams") == [second.name])
        late = whole.calls.place("CA5", [channel[: 5 * 8000] for channel in spoken]).wait()
        for call in calls:
            call.wait()
            assert (call.failure, call.breaks) == (None, [])
        assert first.wait() == 0
        wait_until(lambda: len(of_calls(first, "call-ended") | of_calls(second, "call-ended")) == 5)
        kept = whole.kept(*ids(5))
    assert (late.failure, late.breaks) == (None, [])
    assert "CA5" in of_calls(second, "call-started")
    assert of_calls(first, "call-started")
    assert {call_id: kept[call_id] for call_id in ids(4)} == dict.fromkeys(ids(4), ("hung-up", undisturbed))
    assert kept["CA5"][0] == "hung-up"


def test_a_host_that_has_no_time_hands_its_calls_over(cluster, spoken):
    with cluster(hosts=2) as whole:
        first, second = whole.hosts
        calls = [whole.calls.place(call_id, spoken) for call_id in ids(4)]
        wait_until(lambda: len(of_calls(first, "final") | of_calls(second, "final")) == 4)
        moved = of_calls(first, "call-started")
        first.stop()
        assert first.wait() == 0
        for call in calls:
            call.wait()
        wait_until(lambda: of_calls(second, "call-ended") == set(ids(4)))
        gaps = {event["call_id"]: event["end"] - event["start"] for event in second.events("gap")}
        kept = whole.kept(*ids(4))
    assert moved
    assert set(gaps) == moved
    assert first.events("call-ended") == []
    assert {reason for reason, _ in kept.values()} == {"hung-up"}


def test_a_network_that_fails_for_ten_seconds_costs_nothing(cluster, spoken, undisturbed):
    with cluster(hosts=2) as whole:
        first, second = whole.hosts
        watchers = [Watcher(url_of(host)) for host in whole.hosts]
        calls = [whole.calls.place(call_id, spoken) for call_id in ids(4)]
        wait_until(lambda: len(of_calls(first, "final") | of_calls(second, "final")) == 4)
        begun = calls[0].position
        first.cut("database")
        wait_until(lambda: calls[0].position - begun > 10)
        first.restore("database")
        first.cut("redis")
        wait_until(lambda: "interrupted" in watchers[0].notices)
        wait_until(lambda: calls[0].position - begun > 20)
        first.restore("redis")
        for call in calls:
            call.wait()
            assert (call.failure, call.breaks) == (None, [])
        for each in watchers:
            wait_until(ended_at(each, 4))
            each.close()
        kept = whole.kept(*ids(4))
        lost = [
            host.metrics()[f"local_stt_{name}"]
            for host in whole.hosts
            for name in ("events_lost", "shared_events_lost_total", "calls_left_total")
        ]
    assert kept == dict.fromkeys(ids(4), ("hung-up", undisturbed))
    assert set(lost) == {0}
    assert watchers[0].seen == watchers[1].seen
    assert watchers[0].notices == ["interrupted", "resumed"]
