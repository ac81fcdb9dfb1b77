"""Counts of what is kept, in a real database of either kind."""

from helpers.events import save_call, started
from helpers.recordings import record
from local_stt.events import CallEnded
from local_stt.store import JobKind
from local_stt.store.figures import JobCount, Kept


def test_calls_that_are_not_deleted_are_counted(store):
    assert store.figures.kept() == Kept(0, None)
    save_call(store, "CA1", at=1000)
    save_call(store, "CA2", at=2000)
    store.start_call(started("CA3"), at=3000, server="s", model="m")
    assert store.figures.kept() == Kept(3, 1000)
    store.delete("CA1", at=4000)
    assert store.figures.kept() == Kept(2, 2000)


def test_jobs_that_are_not_done_are_counted_by_kind(store):
    assert store.figures.jobs() == []
    for key in "abc":
        store.jobs.submit(JobKind.UPLOAD, key)
    store.jobs.submit(JobKind.SECOND_PASS, "CA1")
    (first, *_) = store.jobs.due(JobKind.UPLOAD, "s1")
    store.jobs.take(first, "s1")
    with store._engine.begin() as connection:
        store.jobs.count_up(connection, JobKind.NUMBERING, "CA1")
    assert store.figures.jobs() == [JobCount("second-pass", 1, 0), JobCount("upload", 2, 1)]


def test_webhooks_of_ones_own_endpoints_are_counted(store):
    store.outbox.subscribe("mine", {CallEnded})
    assert store.figures.webhooks(store.outbox.endpoints) == (0, None)
    store.jobs.clock = lambda: 5000
    save_call(store, "CA1")
    store.jobs.clock = lambda: 6000
    save_call(store, "CA2")
    store.jobs.submit(JobKind.WEBHOOK, "x", target="another")
    assert store.outbox.endpoints == ["mine"]
    assert store.figures.webhooks(["mine"]) == (2, 5000)
    assert store.figures.webhooks([]) == (0, None)


def test_the_bytes_of_the_store_and_of_recordings_are_counted_once_a_minute(store, monkeypatch):
    before = store.figures.bytes_used()
    assert before > 0
    record(store, "CA1")
    size = store.recordings.path("CA1").stat().st_size
    assert store.figures.bytes_used() == before
    monkeypatch.setattr("local_stt.store.figures.SECONDS_FRESH", 0.0)
    assert store.figures.bytes_used() >= before + size
