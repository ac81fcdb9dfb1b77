"""Files that wait in a store that hosts share: any host transcribes them."""

import contextlib
import os
import time

import pytest

from helpers.models import DEMO_MODEL
from helpers.s3_server import BUCKET
from helpers.uploads import in_background
from helpers.waiting import wait_until
from local_stt.audio_store import open_audio_store
from local_stt.demo import RECORDING
from local_stt.errors import AudioFileError, BusyError, StoreError
from local_stt.hub import Hub
from local_stt.jobs.recording_mover import RecordingMover
from local_stt.jobs.runner import JobRunner, Model
from local_stt.jobs.shared_uploads import SharedUploads, upload_folder
from local_stt.jobs.sources import Uploaded
from local_stt.jobs.transcripts import Transcripts
from local_stt.jobs.upload import UploadState
from local_stt.jobs.upload_folder import UploadFolder
from local_stt.jobs.uploads import Uploads
from local_stt.store import JobKind, open_store


class Host:
    """A host: its own data folder, and the database and the store of audio of all."""

    def __init__(self, name, folder, database_url, place):
        self.name, self.data_dir = name, folder / name
        self.store = open_store(self.data_dir, database_url, place)
        self.folder = upload_folder(self.data_dir, self.store)
        self.uploads = self.new_uploads()

    def new_uploads(self, kind=JobKind.UPLOAD):
        return Uploads(self.store, self.name, Model(DEMO_MODEL), self.folder, 20_000_000, kind=kind)

    def send(self, data, name="talk.wav"):
        with self.uploads.receive() as arrival:
            arrival.file.write(data)
            return self.uploads.add(arrival, name)

    @property
    def files(self):
        return [each for each in (self.data_dir / "uploads").glob("*") if each.is_file()]

    def waiting_files(self):
        return [each.key for each in self.folder._audio.listed("uploads/")]


@pytest.fixture
def hosts(tmp_path, database_url, audio_place):
    url = database_url if database_url.startswith("postgresql") else f"sqlite:///{tmp_path}/calls.sqlite3"
    made = [Host(name, tmp_path, url, audio_place) for name in ("a", "b")]
    yield made
    for host in made:
        host.store.close()


def test_without_a_store_of_audio_files_wait_in_the_data_folder(tmp_path):
    store = open_store(tmp_path)
    assert type(upload_folder(tmp_path, store)) is UploadFolder
    store.close()


@pytest.mark.model
def test_a_file_that_one_host_received_is_transcribed_by_another_and_played_on_both(hosts):
    a, b = hosts
    upload = a.send(RECORDING.read_bytes())
    assert a.files == []
    assert a.waiting_files() == [f"uploads/{upload.id}"]
    assert a.uploads.target == b.uploads.target
    with contextlib.closing(JobRunner(b.store.jobs, b.name, [b.uploads], in_background)) as runner:
        runner.start()
        done = a.uploads.wait(upload.id, 400)
    assert (done.state, done.error) == (UploadState.DONE, None)
    assert a.store.utterances(done.call_id)
    assert a.waiting_files() == []
    assert b.files == []
    RecordingMover(b.store, b.store.recordings).look()
    with a.store.recording(done.call_id) as played:
        assert played.seconds > 5


def test_the_bound_of_files_that_wait_is_that_of_all_hosts(hosts):
    a, b = hosts
    a.uploads.max_waiting = b.uploads.max_waiting = 3
    for host in (a, b, a):
        host.send(RECORDING.read_bytes())
    for host in hosts:
        with pytest.raises(BusyError):
            host.send(RECORDING.read_bytes())


def test_a_file_that_is_refused_or_whose_job_cannot_be_kept_stays_nowhere(hosts, monkeypatch):
    a, _ = hosts
    with pytest.raises(AudioFileError):
        a.send(b"no audio" * 100)

    def fail(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(a.store.jobs, "submit", fail)
    with pytest.raises(RuntimeError):
        a.send(RECORDING.read_bytes())
    assert (a.files, a.waiting_files()) == ([], [])


def test_a_file_that_is_gone_fails_its_job(hosts):
    a, b = hosts
    upload = a.send(RECORDING.read_bytes())
    a.folder.delete(upload.id)
    (job,) = b.store.jobs.due(JobKind.UPLOAD, b.name, target=b.uploads.target)
    assert not b.uploads.accepts(job)
    assert a.uploads.find(upload.id).error == "talk.wav is gone from the store of audio."


def test_an_opened_file_is_private_and_has_no_name(hosts):
    a, b = hosts
    upload = a.send(RECORDING.read_bytes())
    with b.folder.open(upload.id) as file:
        assert file.read() == RECORDING.read_bytes()
        assert os.fstat(file.fileno()).st_nlink == 0
        assert os.fstat(file.fileno()).st_mode & 0o077 == 0
    assert b.files == []


def test_a_kept_file_serves_transcripts_on_each_host(hosts):
    a, b = hosts
    first, second = (
        Transcripts(each.store, each.new_uploads(JobKind.TRANSCRIPT), each.folder, Hub([])) for each in hosts
    )
    with a.uploads.receive() as arrival:
        arrival.file.write(RECORDING.read_bytes())
        name = first.keep(arrival)
    made = [each.create("api", {}, Uploaded(name)) for each in (second, first)]
    assert len({each.id for each in made}) == 2
    assert len(b.waiting_files()) == 3


def test_strays_are_deleted_after_a_day_by_any_host_but_not_what_a_job_needs(hosts, monkeypatch):
    a, b = hosts
    upload = a.send(RECORDING.read_bytes())
    with a.uploads.receive() as arrival:
        arrival.file.write(b"audio")
        with a.folder.keeping(arrival):
            pass
    b.uploads.clean_up()
    assert len(b.waiting_files()) == 2
    later = time.time() + 25 * 3600
    monkeypatch.setattr(time, "time", lambda: later)
    b.uploads.clean_up()
    assert b.waiting_files() == [f"uploads/{upload.id}"]


def test_while_the_store_is_down_files_are_refused_and_those_that_wait_go_on_waiting(tmp_path, s3):
    host = Host("a", tmp_path, "", f"s3://{BUCKET}")
    upload = host.send(RECORDING.read_bytes())
    (job,) = host.store.jobs.due(JobKind.UPLOAD, host.name, target=host.uploads.target)
    s3.close()
    with pytest.raises(StoreError, match=r"cannot be stored now \(it cannot be reached\): send it later"):
        host.send(RECORDING.read_bytes())
    assert not host.uploads.accepts(job)
    assert host.uploads.find(upload.id).state is UploadState.QUEUED
    s3.open()
    assert host.uploads.accepts(job)
    wait_until(lambda: not host.files)
    assert SharedUploads(tmp_path, open_audio_store(f"s3://{BUCKET}")).has(upload.id)
    host.store.close()
