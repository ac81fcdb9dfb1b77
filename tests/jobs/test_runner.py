"""What nobody waits for goes on, whatever becomes of one job."""

import pytest

from helpers.models import DEMO_MODEL
from helpers.waiting import wait_until
from local_stt.errors import ModelError
from local_stt.jobs.runner import JobRunner, Model
from local_stt.system.unbuffered import write_all


class Job:
    """One that cannot even be begun."""

    model = Model(DEMO_MODEL)

    def __init__(self):
        self.failures = []

    def run(self, transcriber):
        raise AssertionError("there is no engine")

    def report(self, seconds):
        pass

    def fail(self, error, *, begun):
        self.failures.append((error, begun))


@pytest.mark.parametrize("error", [OSError(12, "Cannot allocate memory"), ModelError("no model")])
def test_a_model_that_cannot_be_loaded_fails_its_job_and_not_the_next(error, caplog):
    def broken(model, give_up):
        raise error

    jobs = [Job(), Job()]
    waiting = list(jobs)
    runner = JobRunner([lambda: waiting.pop() if waiting else None], broken)
    runner.start()
    wait_until(lambda: all(job.failures for job in jobs))
    runner.close()
    for job in jobs:
        ((told, begun),) = job.failures
        assert (isinstance(told, ModelError), begun) == (True, False)


def test_a_source_that_breaks_does_not_end_the_others(monkeypatch, caplog):
    monkeypatch.setattr("local_stt.jobs.runner.SECONDS_BETWEEN_LOOKS", 0.05)
    asked = []

    def source():
        asked.append(True)
        raise PermissionError("recordings")

    jobs = JobRunner([source], lambda *_: None)
    jobs.start()
    wait_until(lambda: len(asked) > 2)
    jobs.close()
    assert "PermissionError" in caplog.text


def test_a_file_that_takes_little_at_once_gets_all():
    class Slow:
        got = b""

        def write(self, data):
            self.got += bytes(data[:3])
            return min(3, len(data))

    slow = Slow()
    write_all(slow, b"0123456789")
    assert slow.got == b"0123456789"
