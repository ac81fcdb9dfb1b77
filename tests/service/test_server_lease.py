"""The name of a program, and what is left under it."""

import pytest
from sqlalchemy import text as sql

from helpers.events import started
from local_stt.errors import StoreError
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
