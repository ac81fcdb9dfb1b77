"""The name of a program, and what is left under it."""

import threading
from queue import SimpleQueue

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError

from helpers.events import started
from local_stt.errors import StoreError
from local_stt.events import CallEnded, EndReason
from local_stt.service.server_lease import ServerLease
from local_stt.store import JobKind


def lease(store, folder):
    return ServerLease(store, folder, takes_over=True)


def names(folder):
    return sorted(each.name for each in folder.iterdir())


def test_a_name_is_there_while_the_program_lives(store, tmp_path):
    with lease(store, tmp_path / "servers") as first, lease(store, tmp_path / "servers") as second:
        assert names(tmp_path / "servers") == sorted([first.name, second.name])
        assert second.interrupted == []
    assert names(tmp_path / "servers") == []


def test_a_program_that_ends_leaves_its_jobs_to_any(store, tmp_path):
    with lease(store, tmp_path / "servers") as first:
        store.jobs.submit(JobKind.UPLOAD, "a", owner=first.name)
        assert store.jobs.due(JobKind.UPLOAD, "another") == []
    assert [job.key for job in store.jobs.due(JobKind.UPLOAD, "another")] == ["a"]


def test_a_program_that_gets_no_name_releases_no_job_of_others(store, tmp_path):
    (tmp_path / "servers").write_text("in the way")
    store.jobs.submit(JobKind.WEBHOOK, "b", target="r")
    at = store.jobs.clock() + 1000
    (leased,) = store.jobs.lease(JobKind.WEBHOOK, "r", at, until=at + 60_000, limit=1)
    with pytest.raises(StoreError), lease(store, tmp_path / "servers"):
        pass
    assert store.jobs.find(JobKind.WEBHOOK, "b") == leased


@pytest.fixture
def away(store):
    """A store that is away when a program ends, and back when the next one starts."""

    def rename(old, new):
        with store._engine.begin() as connection:
            connection.execute(sql(f"ALTER TABLE {old} RENAME TO {new}"))

    return rename


def test_what_the_store_could_not_be_told_of_the_next_start_finds(store, tmp_path, away):
    first = lease(store, tmp_path / "servers")
    first.start()
    store.jobs.submit(JobKind.UPLOAD, "a", owner=first.name)
    away("jobs", "elsewhere")
    first.close()
    away("elsewhere", "jobs")
    assert names(tmp_path / "servers") == [first.name]
    with lease(store, tmp_path / "servers") as second:
        assert names(tmp_path / "servers") == [second.name]
        assert [job.key for job in store.jobs.due(JobKind.UPLOAD, second.name)] == ["a"]


def test_a_call_whose_end_was_not_written_is_found_by_the_next_start(store, tmp_path):
    with lease(store, tmp_path / "servers") as first:
        store.start_call(started("CA1"), at=1000, server=first.name, model="m")
    assert names(tmp_path / "servers") == [first.name]
    with lease(store, tmp_path / "servers") as second:
        assert [call.call_id for call in second.interrupted] == ["CA1"]
    assert store.call("CA1").state == "ended"
    assert names(tmp_path / "servers") == []


def quickly(monkeypatch, ms=500):
    """Let hosts be judged sooner than they usually are."""
    for name in ("TIMEOUT_MS", "UNLOCKED_TIMEOUT_MS"):
        monkeypatch.setattr(f"local_stt.store.leases.{name}", ms)
    monkeypatch.setattr("local_stt.service.server_lease.TIMEOUT_MS", ms)
    monkeypatch.setattr("local_stt.service.server_lease.RENEWAL_SECONDS", 0.05)


def test_what_a_silent_host_leaves_is_taken_over_while_another_runs(stores, tmp_path, monkeypatch, notices):
    quickly(monkeypatch)
    here, there = stores
    first = lease(here, tmp_path / "a" / "servers")
    first._renewal.renew = lambda: None  # it never does
    first.start()
    here.start_call(started(), at=1000, server=first.name, model="m")
    here.jobs.submit(JobKind.UPLOAD, "a", owner=first.name)
    taken = SimpleQueue()
    with lease(there, tmp_path / "b" / "servers") as second:
        second.watch(taken.put, pytest.fail)
        assert [call.call_id for call in taken.get(timeout=400)] == ["CA1"]
        assert there.has_calls_in_progress(second.name)
        assert [job.key for job in there.jobs.due(JobKind.UPLOAD, second.name)] == ["a"]
    assert notices == ["Another host is gone. 1 of its calls are taken over."]
    first.close()


def test_a_host_that_renews_its_lease_keeps_its_calls(stores, tmp_path, monkeypatch):
    monkeypatch.setattr("local_stt.service.server_lease.RENEWAL_SECONDS", 0.05)
    here, there = stores
    judged = threading.Event()
    with lease(here, tmp_path / "a" / "servers") as first, lease(there, tmp_path / "b" / "servers") as second:
        here.start_call(started(), at=1000, server=first.name, model="m")
        second._renewal.others_are_gone = lambda: judged.set() or there.leases.are_over(second.name)
        second._renewal._unbroken_since = -1e9
        second.watch(pytest.fail, pytest.fail)
        assert judged.wait(400)
        assert here.has_calls_in_progress(first.name)
        here.end_call(CallEnded("CA1", EndReason.HUNG_UP, 1.0), at=2000)


def test_a_host_that_was_taken_for_gone_learns_it(stores, tmp_path, monkeypatch, caplog):
    quickly(monkeypatch, ms=100)
    here, there = stores
    lost = threading.Event()
    with lease(here, tmp_path / "a" / "servers") as first:
        here.start_call(started(), at=1000, server=first.name, model="m")
        first.watch(print, lost.set)
        here.leases.expire(first.name)
        there.take_over_expired("s2")
        assert lost.wait(400)
        there.end_call(CallEnded("CA1", EndReason.HUNG_UP, 1.0), at=2000)
    assert "others have taken over its calls" in caplog.text


def test_it_is_said_when_a_lease_cannot_be_renewed_and_when_it_can_again(
    stores, tmp_path, monkeypatch, caplog, notices
):
    here, _ = stores
    with lease(here, tmp_path / "a" / "servers") as first:
        with monkeypatch.context() as patch:
            patch.setattr(here.leases, "renew", refuse)
            first._renewal.renew()
            first._renewal.renew()
        assert caplog.text.count("Check the database (DATABASE_URL)") == 1
        first._renewal.renew()
        first._renewal.renew()
    assert notices == ["This host's lease is renewed again."]


def refuse(*_):
    raise OperationalError("UPDATE", {}, Exception("gone"))


def test_a_host_that_did_not_reach_the_database_judges_nobody_at_first(stores, tmp_path):
    """When the database comes back, all leases look over for a moment."""
    here, _ = stores
    with lease(here, tmp_path / "a" / "servers") as first:
        renewal = first._renewal
        renewal._unbroken_since = -1e9
        assert renewal.may_judge
        with pytest.MonkeyPatch.context() as away:
            away.setattr(here.leases, "renew", failing)
            renewal.renew()
        assert not renewal.may_judge
        renewal.renew()
        assert not renewal.may_judge


def failing(*_):
    raise OperationalError("SELECT", {}, Exception("the network is unreachable"))


def test_a_host_that_ends_with_calls_in_progress_leaves_them_to_others_at_once(stores, tmp_path):
    here, there = stores
    with lease(here, tmp_path / "a" / "servers") as first:
        here.start_call(started(), at=1000, server=first.name, model="m")
        assert not first.has_others
        with lease(there, tmp_path / "b" / "servers"):
            assert first.has_others
    assert there.leases.are_over("s2")
    assert [call.call_id for call in there.take_over_expired("s2")] == ["CA1"]
