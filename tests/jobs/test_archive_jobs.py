"""The files of an archive, as a host transcribes them."""

import pytest
import soundfile

from helpers.audio_files import RATE, tone
from helpers.jobs import take
from helpers.models import DEMO_MODEL
from local_stt.core.privacy import FileRedaction
from local_stt.errors import AudioFileError, ModelError, StoreError
from local_stt.jobs.archive import Archive
from local_stt.jobs.archive_jobs import ArchiveJobs
from local_stt.jobs.file_options import FileOptions
from local_stt.jobs.runner import Model
from local_stt.jobs.upload import UploadState
from local_stt.jobs.upload_folder import UploadFolder


def refuse(name):
    raise ModelError(f"There is no model {name}.")


def host_of(store, folder, server="s1"):
    return ArchiveJobs(refuse, store, server, Model(DEMO_MODEL), UploadFolder(folder), 0, host=server)


@pytest.fixture
def sender(store, tmp_path):
    return Archive(store, UploadFolder(tmp_path), DEMO_MODEL.name, (), FileRedaction())


@pytest.fixture
def sent(sender, tmp_path):
    """Sends a file; returns its id."""
    path = tmp_path / "talk.wav"
    soundfile.write(path, tone(), RATE)

    def send():
        with path.open("rb", buffering=0) as file:
            id = sender.id_of(file, FileOptions())
            sender.send(id, str(path), file, FileOptions())
        return id

    return send


def test_a_host_that_cannot_load_the_model_leaves_all_its_files_to_others(store, tmp_path, sent, notices):
    id, host = sent(), host_of(store, tmp_path)
    host.fail(take(store, host, "s1"), ModelError("There is no memory."), begun=False)
    assert take(store, host, "s1") is None
    assert take(store, host_of(store, tmp_path, "s2"), "s2").key == id
    assert [text for text in notices if "left to other hosts" in text] == [
        f"Files that need {DEMO_MODEL.name} are left to other hosts. There is no memory."
    ]


def test_what_may_pass_is_tried_again_by_any_host_and_the_sender_learns_why(store, tmp_path, sent, sender):
    id, host = sent(), host_of(store, tmp_path)
    began = store.jobs.clock()
    host.fail(take(store, host, "s1"), StoreError("It is away."), begun=True)
    assert take(store, host, "s1") is None
    upload = sender.find([id])[id]
    assert (upload.state, upload.error, upload.share) == (UploadState.QUEUED, "It is away.", 0.0)
    store.jobs.clock = lambda: began + 61_000
    other = host_of(store, tmp_path, "s2")
    job = take(store, other, "s2")
    assert job.attempts == 2
    other._settle(job, "done")
    assert sender.find([id])[id].error is None


def test_a_bad_file_fails_at_once_and_is_tried_again_when_it_is_sent_again(store, tmp_path, sent, sender):
    id, host = sent(), host_of(store, tmp_path)
    host.fail(take(store, host, "s1"), AudioFileError("It is noise."), begun=True)
    failed = sender.find([id])[id]
    assert (failed.state, failed.error, failed.is_bad) == (UploadState.FAILED, "It is noise.", True)
    assert not UploadFolder(tmp_path).has(id)
    assert sent() == id
    assert sender.find([id])[id].state is UploadState.QUEUED
    assert take(store, host, "s1").key == id


def test_what_is_sent_twice_at_once_is_queued_once(store, tmp_path, sent, sender):
    assert sent() == sent()
    assert len(store.jobs.listed("archive", "")) == 1
    assert [each.name for each in (tmp_path / "uploads").glob("file-*")] == [sent()]


def test_a_file_that_is_withdrawn_is_unknown_and_gone(store, tmp_path, sent, sender):
    id, host = sent(), host_of(store, tmp_path)
    job = take(store, host, "s1")
    assert sender.cancel(id)
    assert not sender.cancel(id)
    assert sender.find([id]) == {}
    assert not UploadFolder(tmp_path).has(id)
    assert not store.jobs.note(job, job.payload)


def test_a_file_that_needs_names_is_left_where_no_model_finds_them(store, tmp_path, sent, notices):
    sent()
    (job,) = store.jobs.due("archive", "s1", target=UploadFolder(tmp_path).identity)
    store.jobs.note(job, job.payload | {"names": True})
    assert take(store, host_of(store, tmp_path), "s1") is None
    assert any("the model of names" in text for text in notices)
