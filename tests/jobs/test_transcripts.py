"""Transcripts that programs ask for outlive the program, and are listed page by page."""

import contextlib

import pytest

from helpers.events import save_call
from helpers.uploads import files_in, taking_transcripts, uploads_of
from helpers.waiting import wait_until
from local_stt.core.call_record import CallState
from local_stt.demo import RECORDING
from local_stt.errors import BusyError, NoSuchCall, UploadError
from local_stt.events import CallDeleted, CallStarted
from local_stt.hub import Hub
from local_stt.jobs import transcripts as module
from local_stt.jobs.callbacks import Callback
from local_stt.jobs.file_options import WHOLE_FILE, FileOptions
from local_stt.jobs.sources import KeptCall, Recording, Uploaded
from local_stt.jobs.transcripts import Transcripts
from local_stt.jobs.upload import UploadState
from local_stt.jobs.upload_folder import UploadFolder
from local_stt.store import JobKind, open_store

ASKED = {"audio_url": "here"}


@pytest.fixture
def deleted():
    """The ids of calls whose deletion was published."""
    return []


@pytest.fixture
def transcripts(store, tmp_path, deleted):
    """Transcripts that nobody makes."""
    queue = uploads_of(store, tmp_path, kind=JobKind.TRANSCRIPT)
    hub = Hub([lambda event: deleted.append(event.call_id) if isinstance(event, CallDeleted) else None])
    return Transcripts(store, queue, UploadFolder(tmp_path), hub)


def kept(transcripts):
    """Keep the demo's call; return its name."""
    with transcripts.files.receive() as arrival:
        arrival.file.write(RECORDING.read_bytes())
        return transcripts.keep(arrival)


@pytest.mark.model
def test_one_that_waits_is_made_by_the_next_program_and_stays(tmp_path):
    store = open_store(tmp_path)
    queue = uploads_of(store, tmp_path, kind=JobKind.TRANSCRIPT)
    first = Transcripts(store, queue, UploadFolder(tmp_path), Hub([]))
    name = kept(first)
    made = [first.create("a", ASKED, Uploaded(name), WHOLE_FILE) for _ in range(2)]
    other = first.create("b", ASKED, Uploaded(name), FileOptions(min_speech=0.99, is_kept_once=False))
    store.close()  # as if killed

    store = open_store(tmp_path)
    store.take_over(["s1"], "s2")
    with taking_transcripts(store, tmp_path, server="s2") as (_, transcripts):
        wait_until(lambda: all(transcripts.find("a", each.id).state == "done" for each in made))
        wait_until(lambda: transcripts.find("b", other.id).state == "failed")
        assert transcripts.find("b", made[0].id) is None
        assert [each.id for each in transcripts.listed("a")] == [made[1].id, made[0].id]
        assert "Speech is 0." in transcripts.find("b", other.id).error
    assert files_in(tmp_path) == 1  # the uploaded one
    store.close()


def test_pages_are_of_one_api_and_next_to_their_bounds(store, transcripts):
    save_call(store, "CA1", "hello")
    made = [transcripts.create("a", ASKED, KeptCall("CA1")) for _ in range(5)]
    transcripts.create("ab", ASKED, KeptCall("CA1"))
    numbers = [each.number for each in made]

    def page(**bounds):
        return [numbers.index(each.number) for each in transcripts.listed("a", **bounds)]

    assert page() == [4, 3, 2, 1, 0]
    assert page(limit=2) == [4, 3]
    assert page(limit=2, older_than=numbers[3]) == [2, 1]
    assert page(limit=2, newer_than=numbers[1]) == [3, 2]
    assert page(older_than=numbers[4], newer_than=numbers[0]) == [3, 2, 1]
    assert page(states=[UploadState.FAILED]) == []
    assert page(since=made[0].created_at + 10**9) == []
    assert page(until=made[0].created_at) == []


def test_one_that_waits_is_deleted_with_its_upload(transcripts, tmp_path):
    made = transcripts.create("a", ASKED, Uploaded(kept(transcripts)), WHOLE_FILE)
    assert files_in(tmp_path) == 2
    left = transcripts.delete("a", made.id)
    assert (left.is_deleted, left.request) == (True, {})
    assert files_in(tmp_path) == 0
    assert transcripts.find("a", made.id).is_deleted
    assert transcripts.delete("a", "unknown") is None


def test_one_that_is_being_made_is_not_deleted(store, transcripts):
    made = transcripts.create("a", ASKED, Uploaded(kept(transcripts)), WHOLE_FILE)
    store.jobs.take(store.jobs.find(JobKind.TRANSCRIPT, f"a-{made.id}"), "s1")
    with pytest.raises(UploadError, match="being transcribed"):
        transcripts.delete("a", made.id)


def test_a_call_that_was_there_before_stays(store, transcripts, deleted):
    save_call(store, "CA1", "hello")
    made = transcripts.create("a", ASKED, KeptCall("CA1"))
    assert (made.state, made.call_id) == (UploadState.DONE, "CA1")
    transcripts.delete("a", made.id)
    assert store.call("CA1").state is CallState.ENDED
    assert deleted == []
    with pytest.raises(NoSuchCall):
        transcripts.create("a", ASKED, KeptCall("CA2"))


def test_a_call_must_have_ended(store, transcripts):
    store.start_call(CallStarted("CA1", ("inbound",)), at=1000, server="s1", model="m")
    with pytest.raises(UploadError, match="in progress"):
        transcripts.create("a", ASKED, KeptCall("CA1"))
    save_call(store, "CA2", "hello")
    store.delete("CA2", at=2000)
    with pytest.raises(UploadError, match="deleted"):
        transcripts.create("a", ASKED, KeptCall("CA2"))


def test_nobody_is_told_of_one_that_its_sender_withdrew(store, transcripts):
    callback = Callback("http://127.0.0.1:9/", {}, {}, {})
    made = transcripts.create("a", ASKED, Uploaded(kept(transcripts)), WHOLE_FILE, callback=callback)
    transcripts.delete("a", made.id)
    assert store.jobs.count(JobKind.CALLBACK, "") == 0


def test_one_goes_with_its_call(store, transcripts):
    save_call(store, "CA1", "hello")
    made = transcripts.create("a", ASKED, KeptCall("CA1"))
    store.delete("CA1", at=2000)
    assert transcripts.find("a", made.id) is None


def test_what_cannot_wait_is_refused_and_leaves_nothing(transcripts, tmp_path):
    transcripts.files.max_waiting = 1
    name = kept(transcripts)
    transcripts.create("a", ASKED, Uploaded(name), WHOLE_FILE)
    with pytest.raises(BusyError):
        transcripts.create("a", ASKED, Uploaded(name), WHOLE_FILE)
    assert files_in(tmp_path) == 2
    with pytest.raises(UploadError, match="upload it again"):
        transcripts.create("a", ASKED, Uploaded("0" * 16), WHOLE_FILE)


def test_failures_are_forgotten_after_a_month_and_calls_are_not(store, transcripts):
    save_call(store, "CA1", "hello")
    stays = transcripts.create("a", ASKED, KeptCall("CA1"))
    goes = transcripts.create("a", ASKED, Uploaded(kept(transcripts)), WHOLE_FILE)
    transcripts.delete("a", goes.id)
    later = store.jobs.clock() + module.REMEMBERED_MS + 60_000
    store.jobs.clock = lambda: later
    transcripts.clean_up()
    assert transcripts.find("a", goes.id) is None
    assert transcripts.find("a", stays.id).call_id == "CA1"


def test_a_recording_without_an_account_fails_in_a_sentence(transcripts):
    made = transcripts.create("a", ASKED, Recording("RE" + "0" * 32), WHOLE_FILE)
    job = transcripts._store.jobs.find(JobKind.TRANSCRIPT, f"a-{made.id}")
    taken = transcripts._store.jobs.take(job, "s1")
    with contextlib.suppress(UploadError):
        transcripts.files.run(taken, None)
    assert "TWILIO_ACCOUNT_SID" in transcripts.find("a", made.id).error
