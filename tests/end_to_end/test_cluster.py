"""Several hosts behind a load balancer answer the same number."""

import pytest
import requests

from helpers.cluster import heard_alone
from helpers.waiting import wait_until

CALLS = 6
SECONDS = 20


@pytest.fixture(scope="module")
def spoken(demo_channels):
    return [channel[: SECONDS * 8000] for channel in demo_channels]


@pytest.fixture(scope="module")
def undisturbed(running, spoken):
    """What is heard of a call on one machine: texts by track."""
    return heard_alone(running, spoken)


@pytest.mark.parametrize("balancer", ["haproxy", "nginx"])
def test_calls_are_shared_among_the_hosts_and_none_is_heard_differently(
    cluster, balancer, spoken, undisturbed
):
    with cluster(hosts=2, balancer=balancer) as whole:
        calls = [whole.calls.place(f"CA{number}", spoken) for number in range(1, CALLS + 1)]
        for call in calls:
            call.wait()
            assert (call.failure, call.breaks) == (None, [])
        wait_until(lambda: sum(len(host.events("call-ended")) for host in whole.hosts) == CALLS)
        taken = [{event["call_id"] for event in host.events("call-started")} for host in whole.hosts]
        kept = whole.kept(*(f"CA{number}" for number in range(1, CALLS + 1)))
    assert all(taken)  # which of two idle hosts a balancer takes is a matter of moments
    assert sum(map(len, taken)) == CALLS
    assert kept == dict.fromkeys(kept, ("hung-up", undisturbed))


def test_a_host_that_has_ended_gets_no_more_calls_and_one_that_came_back_does(cluster, spoken):
    short = [channel[: 3 * 8000] for channel in spoken]
    with cluster(hosts=2) as whole:
        first, second = whole.hosts
        first.stop()
        assert first.wait() == 0
        for number in range(1, 4):
            call = whole.calls.place(f"CA{number}", short).wait()
            assert (call.failure, call.breaks) == (None, [])
        wait_until(lambda: whole.pool("everything") == [second.name])
        assert requests.get(f"{whole.balancer.url}/healthz", timeout=400).ok
        first.start().wait_until_up()
        wait_until(lambda: whole.pool("everything") == [first.name, second.name])
        together = [whole.calls.place(f"CA{number}", spoken) for number in (4, 5)]
        for call in together:
            call.wait()
        wait_until(lambda: sum(len(host.events("call-ended")) for host in whole.hosts) == 5)
        taken = [[event["call_id"] for event in host.events("call-started")] for host in whole.hosts]
    assert len(taken[0]) == 1
    assert taken[1][:3] == ["CA1", "CA2", "CA3"]
    assert set(taken[0] + taken[1][3:]) == {"CA4", "CA5"}


def test_a_call_goes_on_from_where_it_is_after_its_host_was_killed(cluster, demo_channels):
    with cluster(hosts=1) as whole:
        (host,) = whole.hosts
        call = whole.calls.place("CA1", demo_channels)
        wait_until(lambda: host.events("final"))
        host.kill()
        wait_until(lambda: call.breaks)
        host.start()
        wait_until(lambda: host.events("gap"))
        call.wait()
        wait_until(lambda: host.events("call-ended"))
        (gap,) = host.events("gap")
    assert call.streams == [f"{whole.balancer.url.replace('https', 'wss')}/hosts/a/stream"] * 2
    assert len(call.breaks) == 1
    assert gap["end"] - gap["start"] > 0
    assert gap["end"] <= call.seconds


def test_a_host_whose_cable_to_the_database_is_pulled_goes_on_and_keeps_all_when_it_is_back(
    cluster, spoken, undisturbed
):
    with cluster(hosts=1) as whole:
        (host,) = whole.hosts
        call = whole.calls.place("CA1", spoken)
        wait_until(lambda: host.events("partial"))
        host.cut("database")
        wait_until(lambda: host.metrics()["local_stt_events_held"] > 0)
        call.wait()
        wait_until(lambda: host.events("call-ended"))
        assert host.metrics()["local_stt_events_held"] > 0
        host.restore("database")
        wait_until(lambda: host.metrics()["local_stt_events_held"] == 0)
        assert host.metrics()["local_stt_events_lost"] == 0
        assert whole.kept("CA1") == {"CA1": ("hung-up", undisturbed)}
