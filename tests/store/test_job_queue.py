"""The queue of jobs, in a real database of either kind."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from local_stt.store import JobKind, JobState, open_store

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def queue(store, monkeypatch):
    """A queue whose clock the tests set."""
    store.jobs.clock = lambda: store.now
    store.now = 1_000_000
    return store.jobs


def keys(jobs):
    return [job.key for job in jobs]


def test_a_job_is_there_once(queue):
    for _ in range(2):
        queue.submit(JobKind.UPLOAD, "a", payload={"name": "talk.wav"}, owner="s1")
    queue.submit(JobKind.RECORDING, "a", target="AC1")
    (job,) = queue.due(JobKind.UPLOAD, "s1")
    assert (job.key, job.payload, job.attempts, job.state) == ("a", {"name": "talk.wav"}, 0, "waiting")
    assert queue.find(JobKind.UPLOAD, "a") == job
    assert queue.find(JobKind.UPLOAD, "b") is None


def test_who_waits_for_a_job_is_woken(queue):
    queue.submitted.clear()
    queue.submit(JobKind.UPLOAD, "a")
    assert queue.submitted.is_set()


def test_a_job_is_its_owners_until_it_is_released(queue):
    queue.submit(JobKind.UPLOAD, "a", owner="s1")
    queue.submit(JobKind.UPLOAD, "b")
    assert keys(queue.due(JobKind.UPLOAD, "s1")) == ["a", "b"]
    assert keys(queue.due(JobKind.UPLOAD, "s2")) == ["b"]
    job = queue.take(queue.find(JobKind.UPLOAD, "a"), "s1")
    assert (job.state, job.owner, job.attempts) == ("running", "s1", 1)
    assert queue.take(job, "s2") is None
    assert keys(queue.due(JobKind.UPLOAD, "s1")) == ["b"]
    queue.release(["s1"])
    assert keys(queue.due(JobKind.UPLOAD, "s2")) == ["a", "b"]
    assert queue.find(JobKind.UPLOAD, "a").attempts == 0


def test_jobs_for_other_targets_are_not_seen(queue):
    queue.submit(JobKind.RECORDING, "a", target="AC1")
    assert queue.due(JobKind.RECORDING, "s1", target="AC2") == []
    assert keys(queue.due(JobKind.RECORDING, "s1", target="AC1")) == ["a"]


def test_a_job_that_is_retried_later_waits_until_then(store, queue):
    queue.submit(JobKind.UPLOAD, "a", owner="s1")
    job = queue.take(queue.find(JobKind.UPLOAD, "a"), "s1")
    queue.retry_later(job, store.now + 60_000)
    assert queue.due(JobKind.UPLOAD, "s1") == []
    store.now += 60_000
    (again,) = queue.due(JobKind.UPLOAD, "s1")
    assert again.attempts == 1


def test_what_a_wrong_clock_has_put_off_is_due(store, queue):
    queue.submit(JobKind.UPLOAD, "a", owner="s1")
    job = queue.take(queue.find(JobKind.UPLOAD, "a"), "s1")
    queue.retry_later(job, store.now + 3 * DAY_MS)
    assert keys(queue.due(JobKind.UPLOAD, "s1")) == ["a"]


def test_a_job_that_somebody_else_has_by_now_is_theirs(queue, store):
    queue.submit(JobKind.UPLOAD, "a", owner="s1")
    mine = queue.take(queue.find(JobKind.UPLOAD, "a"), "s1")
    queue.release(["s1"])
    theirs = queue.take(queue.find(JobKind.UPLOAD, "a"), "s2")
    queue.retry_later(mine, store.now + 60_000)
    queue.settle(mine, JobState.FAILED, {})
    queue.complete(mine)
    assert queue.find(JobKind.UPLOAD, "a") == theirs


def test_a_job_that_is_submitted_after_a_release_is_for_any_program(queue):
    queue.release(["s1"])
    queue.submit(JobKind.UPLOAD, "a", owner="s1")
    assert keys(queue.due(JobKind.UPLOAD, "s2")) == ["a"]


def test_what_is_settled_is_kept_for_a_while(store, queue):
    for key, state in (("a", JobState.DONE), ("b", JobState.FAILED), ("c", None)):
        queue.submit(JobKind.UPLOAD, key, payload={"name": key})
        job = queue.take(queue.find(JobKind.UPLOAD, key), "s1")
        if state:
            queue.settle(job, state, job.payload | {"note": "so"}, "CA1")
    done = queue.find(JobKind.UPLOAD, "a")
    assert (done.state, done.payload, done.call_id) == ("done", {"name": "a", "note": "so"}, "CA1")
    queue.release(["s1"])
    assert keys(queue.due(JobKind.UPLOAD, "s2")) == ["c"]
    queue.forget_settled(JobKind.UPLOAD, store.now)
    assert queue.find(JobKind.UPLOAD, "a")
    queue.forget_settled(JobKind.UPLOAD, store.now + 1)
    assert [bool(queue.find(JobKind.UPLOAD, key)) for key in "abc"] == [False, False, True]


def test_a_job_that_was_completed_is_gone(queue):
    queue.submit(JobKind.UPLOAD, "a")
    job = queue.find(JobKind.UPLOAD, "a")
    queue.complete(job)
    queue.complete(job)
    assert queue.take(job, "s1") is None
    assert queue.count(JobKind.UPLOAD, "") == 0


def test_programs_that_share_a_database_take_nothing_twice(tmp_path, database_url):
    stores = [open_store(tmp_path, database_url) for _ in range(4)]
    for number in range(40):
        stores[0].jobs.submit(JobKind.UPLOAD, str(number))
    together = Barrier(len(stores))

    def work(number):
        queue, done = stores[number].jobs, []
        together.wait(100)
        while waiting := queue.due(JobKind.UPLOAD, f"s{number}"):
            if job := queue.take(waiting[0], f"s{number}"):
                done.append(job.key)
        return done

    with ThreadPoolExecutor() as pool:
        done = [key for some in pool.map(work, range(4)) for key in some]
    for each in stores:
        each.close()
    assert sorted(done, key=int) == [str(number) for number in range(40)]
