"""A program that seemed to be dead and comes back changes nothing that others have done since."""

import contextlib
import threading

import pytest

from helpers.events import recording
from helpers.jobs import take
from helpers.uploads import files_in, in_background, uploads_of
from helpers.waiting import wait_until
from local_stt.demo import RECORDING
from local_stt.errors import LocalSttError, NoSuchCall
from local_stt.jobs import uploads as module
from local_stt.jobs.runner import JobRunner
from local_stt.jobs.uploads import Uploads
from local_stt.store import JobKind, JobLostError, JobState


def sent(uploads):
    with uploads.receive() as arrival:
        arrival.file.write(RECORDING.read_bytes())
        return uploads.add(arrival, "talk.wav").id


class Held(Uploads):
    """Uploads that wait at a place of their work until the test lets them go on."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.reached, self.goes_on = threading.Event(), threading.Event()

    def report(self, job, seconds):
        self.reached.set()
        assert self.goes_on.wait(400)
        super().report(job, seconds)


@pytest.fixture
def held(store, tmp_path, monkeypatch):
    """A program that stopped in the middle of a file, and whose job was released since."""
    monkeypatch.setattr("helpers.uploads.Uploads", Held)
    uploads = uploads_of(store, tmp_path, host="a")
    monkeypatch.undo()
    upload_id = sent(uploads)
    with contextlib.closing(JobRunner(store.jobs, "s1", [uploads], in_background)) as runner:
        runner.start()
        assert uploads.reached.wait(400)
        store.take_over(["s1"], "s2")
        yield uploads, upload_id, runner


@pytest.mark.model
@pytest.mark.parametrize("seconds", [0.0, 1e9], ids=["while it works", "when it is done"])
def test_a_program_that_comes_back_leaves_the_file_to_the_one_that_has_it(
    held, store, tmp_path, monkeypatch, seconds
):
    monkeypatch.setattr(module, "NOTE_SECONDS", seconds)
    uploads, upload_id, runner = held
    job = take(store, uploads_of(store, tmp_path, server="s2"), "s2")
    uploads.goes_on.set()
    wait_until(lambda: runner.loaded is None)  # it gave the file up
    assert uploads.find(upload_id).state == "working"
    assert store.jobs.find(JobKind.UPLOAD, upload_id).owner == "s2"
    assert files_in(tmp_path) == 1
    assert store.page().calls == []
    assert store.jobs.note(job, job.payload)


@pytest.mark.model
def test_a_program_that_comes_back_does_not_bring_back_a_deleted_call(held, store, tmp_path):
    uploads, upload_id, runner = held
    other = uploads_of(store, tmp_path, server="s2")
    job = take(store, other, "s2")
    runner_of_other = JobRunner(store.jobs, "s2", [], in_background)
    runner_of_other._do(other, job, other.model_for(job))
    call_id = other.find(upload_id).call_id
    store.delete(call_id, at=1)
    runner_of_other._unload()
    uploads.goes_on.set()
    wait_until(lambda: runner.loaded is None)
    assert store.call(call_id).state == "deleted"
    assert not store.recordings.has(call_id)


def test_the_failure_of_a_lost_job_counts_no_more_and_leaves_its_file(store, tmp_path):
    uploads = uploads_of(store, tmp_path)
    upload_id = sent(uploads)
    job = take(store, uploads, "s1")
    store.take_over(["s1"], "s2")
    uploads.fail(job, LocalSttError("It broke."), begun=True)
    assert uploads.find(upload_id).state == "queued"
    assert files_in(tmp_path) == 1


def test_of_a_lost_job_no_call_is_kept(store):
    store.jobs.submit(JobKind.UPLOAD, "a")
    (job,) = store.jobs.due(JobKind.UPLOAD, "s1")
    taken = store.jobs.take(job, "s1")
    store.jobs.release(["s1"])
    with pytest.raises(JobLostError):
        store.save_call(
            recording(), [], lambda connection: store.jobs.settle_in(connection, taken, JobState.DONE, {})
        )
    with pytest.raises(NoSuchCall):
        store.call("file-1")
    assert store.jobs.find(JobKind.UPLOAD, "a").state == "waiting"


def test_a_folder_that_is_not_mounted_fails_no_job(store, tmp_path):
    uploads = uploads_of(store, tmp_path)
    upload_id = sent(uploads)
    (tmp_path / "uploads").rename(tmp_path / "elsewhere")
    assert take(store, uploads, "s1") is None
    (tmp_path / "elsewhere").rename(tmp_path / "uploads")
    assert take(store, uploads, "s1").key == upload_id


@pytest.mark.model
def test_every_program_sees_how_much_of_a_file_is_transcribed_and_where(store, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "NOTE_SECONDS", 0.0)
    here, there = uploads_of(store, tmp_path, host="a"), uploads_of(store, tmp_path, server="s2")
    upload_id = sent(here)
    seen = []

    def look(job, seconds):
        Uploads.report(here, job, seconds)
        seen.append(there.find(upload_id))

    here.report = look
    with contextlib.closing(JobRunner(store.jobs, "s1", [here], in_background)) as runner:
        runner.start()
        wait_until(lambda: there.find(upload_id).is_settled)
    assert any(0 < each.share <= 1 for each in seen)
    assert {each.host for each in seen} == {"a"}
    assert (there.find(upload_id).host, there.find(upload_id).share) == ("a", 1.0)
