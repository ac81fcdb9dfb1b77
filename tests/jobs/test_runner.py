"""The job runner goes on after any outcome of a job."""

import threading
import time

import pytest
from sqlalchemy import text as sql

from helpers.models import DEMO_MODEL
from helpers.uploads import in_background
from helpers.waiting import wait_until
from local_stt.errors import ModelError
from local_stt.jobs.runner import JobRunner, Model
from local_stt.store import JobKind
from local_stt.system.unbuffered import write_all


class Handler:
    """One whose jobs cannot even be begun."""

    kind, target = JobKind.UPLOAD, ""

    def __init__(self):
        self.failures = {}

    def accepts(self, job):
        return True

    def model_for(self, job):
        return Model(DEMO_MODEL)

    def run(self, job, transcriber):
        raise AssertionError("there is no engine")

    def report(self, job, seconds):
        pass

    def fail(self, job, error, *, begun):
        self.failures[job.key] = (error, begun)


@pytest.mark.parametrize("error", [OSError(12, "Cannot allocate memory"), ModelError("no model")])
def test_a_model_that_cannot_be_loaded_fails_its_job_and_not_the_next(store, error, caplog):
    def broken(model, on_fatal):
        raise error

    handler = Handler()
    for key in ("a", "b"):
        store.jobs.submit(JobKind.UPLOAD, key)
    runner = JobRunner(store.jobs, "s1", [handler], broken)
    runner.start()
    wait_until(lambda: len(handler.failures) == 2)
    runner.close()
    for notices, begun in handler.failures.values():
        assert (isinstance(notices, ModelError), begun) == (True, False)


def test_a_handler_that_breaks_does_not_end_the_runner(store, monkeypatch, caplog):
    monkeypatch.setattr("local_stt.jobs.runner.POLL_SECONDS", 0.05)
    asked = []

    class Broken(Handler):
        def accepts(self, job):
            asked.append(job)
            raise ValueError("recordings")

    store.jobs.submit(JobKind.UPLOAD, "a")
    runner = JobRunner(store.jobs, "s1", [Broken()], lambda *_: None)
    runner.start()
    wait_until(lambda: len(asked) > 2)
    runner.close()
    assert "ValueError" in caplog.text


def test_a_store_that_cannot_be_read_does_not_end_the_runner(store, monkeypatch):
    monkeypatch.setattr("local_stt.jobs.runner.POLL_SECONDS", 0.05)
    handler = Handler()
    with store._engine.begin() as connection:
        connection.execute(sql("ALTER TABLE jobs RENAME TO elsewhere"))
    runner = JobRunner(store.jobs, "s1", [handler], lambda *_: None)
    runner.start()
    time.sleep(0.2)
    with store._engine.begin() as connection:
        connection.execute(sql("ALTER TABLE elsewhere RENAME TO jobs"))
    store.jobs.submit(JobKind.UPLOAD, "a")
    wait_until(lambda: handler.failures)
    runner.close()


class Doing(Handler):
    """One whose jobs go on until the test ends them."""

    def __init__(self, queue):
        super().__init__()
        self.begun, self.ends = [], threading.Event()
        self._queue = queue

    def run(self, job, transcriber):
        self.begun.append(job.key)
        assert self.ends.wait(400)
        self._queue.complete(job)


@pytest.mark.model
def test_the_longest_file_comes_first_and_those_without_a_length_in_their_order(store):
    for key, payload in (("a", {}), ("b", {"seconds": 5}), ("c", {"seconds": 90.5}), ("d", {})):
        store.jobs.submit(JobKind.UPLOAD, key, payload=payload)
    handler = Doing(store.jobs)
    handler.ends.set()
    runner = JobRunner(store.jobs, "s1", [handler], in_background)
    runner.start()
    runner.wait_until_none()
    runner.close()
    assert handler.begun == ["c", "b", "a", "d"]


@pytest.mark.model
def test_a_runner_that_finishes_begins_nothing_new(store):
    for key in ("a", "b"):
        store.jobs.submit(JobKind.UPLOAD, key)
    handler = Doing(store.jobs)
    runner = JobRunner(store.jobs, "s1", [handler], in_background)
    runner.start()
    wait_until(lambda: handler.begun)
    runner.finish(0.0)
    handler.ends.set()
    runner.finish(400.0)
    assert handler.begun == ["a"]
    assert [job.key for job in store.jobs.due(JobKind.UPLOAD, "s1")] == ["b"]


def test_what_failed_may_be_tried_by_another_program(store):
    store.jobs.submit(JobKind.UPLOAD, "a")
    (job,) = store.jobs.due(JobKind.UPLOAD, "s1")
    store.jobs.retry_later(store.jobs.take(job, "s1"), store.jobs.clock())
    (again,) = store.jobs.due(JobKind.UPLOAD, "s2")
    assert store.jobs.take(again, "s2").attempts == 2


def test_a_file_that_takes_little_at_once_gets_all():
    class Slow:
        got = b""

        def write(self, data):
            self.got += bytes(data[:3])
            return min(3, len(data))

    slow = Slow()
    write_all(slow, b"0123456789")
    assert slow.got == b"0123456789"
