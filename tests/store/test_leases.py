"""Which of the programs that share a database are gone."""

import contextlib
import threading
import time

import pytest
from sqlalchemy import text as sql

from helpers.events import final, started
from helpers.waiting import wait_until
from local_stt.core.call_record import CallState, Edition
from local_stt.errors import StoreError
from local_stt.events import CallEnded, EndReason, Gap
from local_stt.store import JobKind, leases, open_store, transactions


def silent_for(store, name, ms):
    """Let a program look as if it had renewed its lease so long ago."""
    age = sql(
        "UPDATE leases SET seen_at = extract(epoch FROM clock_timestamp()) * 1000 - :ms WHERE name = :name"
    )
    with store._engine.begin() as connection:
        connection.execute(age, {"ms": ms, "name": name})


def disconnect(store):
    """End the connection of a program's lease, as its death would."""
    store.leases.close()


def test_a_program_that_renews_its_lease_is_there(stores):
    here, there = stores
    assert not here.leases.renew("s1", "a")
    assert here.leases.renew("s1", "a")
    assert not there.leases.are_over("s2")
    assert there.leases.has_others("s2")
    assert not there.leases.has_others("s1")


def test_a_killed_program_is_gone_when_it_has_been_silent_for_a_moment(stores):
    here, there = stores
    here.leases.renew("s1", "a")
    disconnect(here)
    assert not there.leases.are_over("s2")
    silent_for(there, "s1", leases.UNLOCKED_TIMEOUT_MS + 500)
    wait_until(lambda: there.leases.are_over("s2"))  # PostgreSQL takes a moment to end its session


def test_a_program_whose_connection_is_open_is_gone_only_after_the_time_out(stores):
    here, there = stores
    here.leases.renew("s1", "a")
    silent_for(there, "s1", leases.TIMEOUT_MS - 2000)
    assert not there.leases.are_over("s2")
    silent_for(there, "s1", leases.TIMEOUT_MS + 500)
    assert there.leases.are_over("s2")


def test_a_program_that_is_not_done_is_gone_at_once(stores):
    here, there = stores
    here.leases.renew("s1", "a")
    here.leases.expire("s1")
    assert there.leases.are_over("s2")
    here.leases.renew("s1", "a")
    here.leases.end("s1")
    assert not there.leases.has_others("s2")


def test_what_a_program_leaves_is_taken_over_by_one_other(stores, postgres_url, tmp_path):
    here, there = stores
    here.leases.renew("s1", "a")
    for call_id in ("CA1", "CA2"):
        here.start_call(started(call_id), at=1000, server="s1", model="m")
    here.jobs.submit(JobKind.UPLOAD, "a", owner="s1")
    here.leases.expire("s1")
    taken = []
    both = threading.Barrier(2)

    def take_over(store, name):
        both.wait()
        taken.append(store.take_over_expired(name))

    with contextlib.closing(open_store(tmp_path / "c", postgres_url)) as third:
        threads = [threading.Thread(target=take_over, args=each) for each in ((there, "s2"), (third, "s3"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(400)
    assert sorted(len(calls) for calls in taken) == [0, 2]
    assert [job.key for job in there.jobs.due(JobKind.UPLOAD, "another")] == ["a"]
    assert not there.leases.are_over("s2")


def test_a_host_without_a_telephone_releases_jobs_and_leaves_calls(stores):
    here, there = stores
    for name in ("s1", "s2"):
        here.leases.renew(name, "a")
        here.jobs.submit(JobKind.UPLOAD, name, owner=name)
    here.start_call(started("CA1"), at=1000, server="s1", model="m")
    for name in ("s1", "s2"):
        here.leases.expire(name)
    there.leases.renew("s3", "b")
    there.release_jobs_of_expired("s3")
    assert [job.key for job in there.jobs.due(JobKind.UPLOAD, "another")] == ["s1", "s2"]
    assert there.leases.are_over("s3")  # the one with a call, which one with a telephone takes over
    assert [call.call_id for call in there.take_over_expired("s4")] == ["CA1"]
    assert not there.leases.are_over("s3")


def test_a_program_that_was_taken_for_gone_has_a_new_lease(stores):
    here, there = stores
    here.leases.renew("s1", "a")
    silent_for(there, "s1", leases.TIMEOUT_MS + 500)
    there.take_over_expired("s2")
    assert not here.leases.renew("s1", "a")
    assert here.leases.renew("s1", "a")


def test_the_time_of_the_database_decides(stores, monkeypatch):
    """Clocks of hosts may be hours apart."""
    here, there = stores
    here.leases.renew("s1", "a")
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert not there.leases.are_over("s2")


def test_a_lease_of_the_future_is_over_as_the_clock_of_the_database_was_set_back(stores):
    here, there = stores
    here.leases.renew("s1", "a")
    silent_for(there, "s1", -3_600_000)
    assert there.leases.are_over("s2")
    here.leases.renew("s1", "a")
    assert not there.leases.are_over("s2")


def test_a_job_of_a_program_that_seems_to_be_gone_is_known(stores):
    here, there = stores
    here.leases.renew("s1", "a")
    here.jobs.submit(JobKind.UPLOAD, "a")
    (job,) = here.jobs.due(JobKind.UPLOAD, "s1")
    here.jobs.take(job, "s1")
    assert not there.leases.has_abandoned_jobs()
    silent_for(there, "s1", leases.UNLOCKED_TIMEOUT_MS + 500)
    assert there.leases.has_abandoned_jobs()
    here.leases.expire("s1")
    there.take_over_expired("s2")
    assert not there.leases.has_abandoned_jobs()


@pytest.fixture
def taken_over(stores):
    """A call that the second host has taken over, and hears from second 20 on."""
    here, there = stores
    here.leases.renew("s1", "a")
    here.start_call(started(), at=1000, server="s1", model="m")
    here.add_event(final("good morning", start=1.0), at=2000, server="s1")
    here.leases.expire("s1")
    there.take_over_expired("s2")
    there.start_call(started(), at=21_000, server="s2", model="m")
    there.add_event(Gap("CA1", 2.0, 20.0), at=21_000, server="s2")
    return here, there


def said(store):
    return [each.text for each in store.utterances("CA1", edition=Edition.LIVE) if each.track]


def test_a_host_that_comes_back_does_not_end_a_call_that_another_has(taken_over):
    here, there = taken_over
    here.end_call(CallEnded("CA1", EndReason.DISCONNECTED, 9.0), at=22_000, server="s1")
    assert there.call("CA1").state is CallState.LIVE
    assert here.close_interrupted(["CA1"], "s1") == []
    there.end_call(CallEnded("CA1", EndReason.HUNG_UP, 30.0), at=31_000, server="s2")
    assert here.call("CA1").state is CallState.ENDED


def test_words_that_waited_at_a_host_are_kept_once(taken_over):
    here, there = taken_over
    here.add_event(final("before the gap", start=5.0), at=22_000, server="s1")
    here.add_event(final("both have heard this", start=21.0), at=22_000, server="s1")
    there.add_event(final("both have heard this", start=21.0), at=22_000, server="s2")
    assert said(there) == ["good morning", "before the gap", "both have heard this"]


def test_a_line_that_the_other_host_has_from_viewers_is_not_kept_twice(taken_over):
    here, there = taken_over
    shown = final("shown before it was written", start=1.5)
    there.add_event(shown, at=22_000, server="s2")
    here.add_event(shown, at=23_000, server="s1")
    assert said(there) == ["good morning", "shown before it was written"]


def test_whether_another_host_has_a_call_is_known(taken_over):
    here, there = taken_over
    assert here.is_elsewhere("CA1", "s1")
    assert not there.is_elsewhere("CA1", "s2")
    there.end_call(CallEnded("CA1", EndReason.HUNG_UP, 30.0), at=31_000, server="s2")
    assert not here.is_elsewhere("CA1", "s1")
    assert not here.is_elsewhere("CA404", "s1")


def test_a_store_in_a_file_has_no_leases(tmp_path):
    with contextlib.closing(open_store(tmp_path)) as store:
        assert store.leases is None


def test_a_transaction_in_which_a_host_is_gone_does_not_keep_others_from_taking_over(stores, monkeypatch):
    _, there = stores
    with contextlib.closing(leases.Leases(there._engine.url)) as former:
        former.renew("s1", "a")
    silent_for(there, "s1", leases.TIMEOUT_MS + 1)
    monkeypatch.setattr(transactions, "IDLE_TIMEOUT_MS", 2000)
    gone = leases.Leases(there._engine.url)
    with gone._engine.connect() as connection:
        connection.execute(sql("UPDATE leases SET host = host"))  # and then its network is gone
        assert there.take_over_expired("s2") == []
        assert not there.leases.are_over("s2")
        connection.invalidate()
    gone.close()


def test_a_transaction_that_waits_for_something_else_is_not_ended(
    stores, tmp_path, monkeypatch, postgres_url
):
    monkeypatch.setattr(transactions, "IDLE_TIMEOUT_MS", 300)
    store = open_store(tmp_path / "c", postgres_url)
    with store.wirings.locked() as is_free:
        assert is_free
        time.sleep(1)
        with stores[0].wirings.locked() as is_free:
            assert not is_free
    store.close()


def test_a_damaged_table_of_leases_is_named_without_a_password(stores, postgres_url, tmp_path):
    with stores[0]._engine.begin() as connection:
        connection.execute(sql("ALTER TABLE leases DROP COLUMN seen_at"))
    with pytest.raises(StoreError, match=r"leases has no column seen_at\. Restore a backup") as refused:
        open_store(tmp_path / "c", f"{postgres_url}?password=a-secret")
    assert "a-secret" not in str(refused.value)
