"""Uploads outlive the program that took them."""

import pytest

from helpers.jobs import take
from helpers.uploads import files_in, taking, uploads_of
from helpers.waiting import wait_until
from local_stt.config.phonebook import Phone
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.formatting import language_of
from local_stt.core.privacy import FileRedaction, Policy
from local_stt.core.privacy.policies import NUMBERS
from local_stt.demo import RECORDING
from local_stt.errors import LocalSttError, StoreError, UploadError
from local_stt.formatters import Formatters
from local_stt.jobs import uploads as module
from local_stt.jobs.uploads import Uploads
from local_stt.store import JobKind, JobState, open_store


def sent(uploads, name="talk.wav"):
    """Send the demo's call; return the upload's id."""
    with uploads.receive() as arrival:
        arrival.file.write(RECORDING.read_bytes())
        return uploads.add(arrival, name).id


@pytest.mark.model
def test_an_upload_that_waits_is_transcribed_by_the_next_program(tmp_path):
    store = open_store(tmp_path)
    upload_id = sent(uploads_of(store, tmp_path))
    assert take(store, uploads_of(store, tmp_path), "s1").key == upload_id  # it was in work, too
    store.close()  # as if killed

    store = open_store(tmp_path)
    store.take_over(["s1"], "s2")
    with taking(store, tmp_path, server="s2") as uploads:
        assert uploads.find(upload_id).state in ("queued", "working")
        wait_until(lambda: uploads.find(upload_id).state == "done")
        upload = uploads.find(upload_id)
    assert (upload.name, upload.share, upload.error) == ("talk.wav", 1.0, None)
    assert "appointment" in " ".join(each.text for each in store.utterances(upload.call_id))
    assert files_in(tmp_path) == 0
    store.close()

    store = open_store(tmp_path)  # what became of it can still be asked for
    assert uploads_of(store, tmp_path, server="s3").find(upload_id).call_id == upload.call_id
    store.close()


@pytest.mark.model
def test_an_upload_is_found_as_it_is_written(store, tmp_path):
    formatters = Formatters(FormattingSettings(), CallSettings())
    with taking(store, tmp_path, write=formatters.written) as uploads:
        upload_id = sent(uploads)
        wait_until(lambda: uploads.find(upload_id).state == "done")
    assert all("427351" in match.formatted for match in store.search("427351"))
    assert len(store.search("427351")) == 2


def redacting(policies):
    """Return what says what is redacted of a file, where these policies are set."""

    def redaction_of(accepted, _):
        phone = Phone(redact=frozenset(map(Policy, accepted)) | policies)
        return FileRedaction(phone.redaction_rules(language_of("en")), phone.redacted_sound)

    return redaction_of


@pytest.mark.model
def test_an_upload_is_redacted_as_it_was_when_it_came_though_the_settings_have_changed(store, tmp_path):
    upload_id = sent(uploads_of(store, tmp_path, redaction_of=redacting(NUMBERS)))
    with taking(store, tmp_path, redaction_of=redacting(frozenset())) as uploads:
        wait_until(lambda: uploads.find(upload_id).state == "done")
        call_id = uploads.find(upload_id).call_id
    text = " ".join(each.text for each in store.utterances(call_id))
    assert "[ACCOUNT_NUMBER]" in text
    assert "four two seven" not in text


def test_a_program_with_another_data_folder_leaves_an_upload_alone(store, tmp_path):
    upload_id = sent(uploads_of(store, tmp_path / "here"))
    store.jobs.release(["s1"])
    there = uploads_of(store, tmp_path / "there", server="s2")
    assert take(store, there, "s2") is None
    assert there.find(upload_id).state == "queued"
    assert take(store, uploads_of(store, tmp_path / "here", server="s3"), "s3").key == upload_id


def test_an_upload_whose_file_is_gone_fails_in_a_sentence(store, tmp_path):
    uploads = uploads_of(store, tmp_path)
    upload_id = sent(uploads_of(store, tmp_path, server="s0"))
    store.jobs.release(["s0"])
    (tmp_path / "uploads" / upload_id).unlink()
    assert take(store, uploads, "s1") is None
    upload = uploads.find(upload_id)
    assert (upload.state, upload.error) == ("failed", "talk.wav is gone from this disk.")


def test_what_the_store_cannot_take_is_tried_again_and_then_fails(store, tmp_path):
    uploads = uploads_of(store, tmp_path)
    upload_id, began = sent(uploads), store.jobs.clock()
    for minutes in (0, 1, 17):
        store.jobs.clock = lambda minutes=minutes: began + 60_000 * minutes
        job = take(store, uploads, "s1")
        assert take(store, uploads, "s1") is None
        uploads.fail(job, StoreError("It is away."), begun=True)
    assert (uploads.find(upload_id).state, uploads.find(upload_id).error) == ("failed", "It is away.")


def test_a_file_that_comes_while_the_program_ends_is_done_by_the_next(store, tmp_path):
    uploads = uploads_of(store, tmp_path)
    store.jobs.release(["s1"])
    upload_id = sent(uploads)
    assert take(store, uploads_of(store, tmp_path, server="s2"), "s2").key == upload_id


def test_only_files_of_the_same_folder_take_places(store, tmp_path, monkeypatch):
    monkeypatch.setattr(Uploads, "max_waiting", 1)
    sent(uploads_of(store, tmp_path / "here"))
    sent(uploads_of(store, tmp_path / "there"))
    with pytest.raises(UploadError):
        sent(uploads_of(store, tmp_path / "there"))


def test_the_call_of_a_file_is_told_when_it_is_there(store, tmp_path):
    uploads = uploads_of(store, tmp_path)
    upload_id = sent(uploads)
    job = take(store, uploads, "s1")
    store.jobs.note_call(job, "file-1")
    assert uploads.find(upload_id).call_id is None
    store.jobs.settle(job, JobState.DONE, job.payload, "file-1")
    assert uploads.find(upload_id).call_id == "file-1"


def test_what_became_of_a_file_is_forgotten_after_a_day(store, tmp_path):
    uploads = uploads_of(store, tmp_path)
    upload_id = sent(uploads)
    uploads.fail(take(store, uploads, "s1"), LocalSttError("It broke."), begun=True)
    uploads.clean_up()
    assert uploads.find(upload_id).error == "It broke."
    later = store.jobs.clock() + module.REMEMBERED_MS + 60_000
    store.jobs.clock = lambda: later
    uploads.clean_up()
    assert uploads.find(upload_id) is None


@pytest.mark.model
def test_of_an_upload_whose_call_is_deleted_the_name_is_not_kept(store, tmp_path):
    with taking(store, tmp_path) as uploads:
        upload_id = sent(uploads, "secret name.wav")
        wait_until(lambda: uploads.find(upload_id).state == "done")
        store.delete(uploads.find(upload_id).call_id, at=1)
        assert uploads.find(upload_id) is None
    assert store.jobs.find(JobKind.UPLOAD, upload_id) is None
