"""Posts to programs that their transcripts are done."""

import pytest

from helpers.events import save_call
from helpers.uploads import uploads_of
from local_stt.errors import UploadError
from local_stt.hub import Hub
from local_stt.jobs.callbacks import MAX_ATTEMPTS, RETRY_MS, Callback, Callbacks, check_address
from local_stt.jobs.sources import KeptCall
from local_stt.jobs.transcripts import Transcripts
from local_stt.jobs.upload_folder import UploadFolder
from local_stt.store import JobKind
from stand_ins.receiver import webhook_receiver


@pytest.fixture
def transcripts(store, tmp_path):
    queue = uploads_of(store, tmp_path, kind=JobKind.TRANSCRIPT)
    return Transcripts(store, queue, UploadFolder(tmp_path), Hub([]))


@pytest.fixture
def receiver():
    with webhook_receiver() as receiver:
        yield receiver


def made(transcripts, store, url):
    """Take a kept call as a transcript, and have it posted."""
    save_call(store, "CA1", "hello")
    callback = Callback(url, {"status": "completed"}, {"status": "error"}, {"X-Secret": "s3cret"})
    return transcripts.create("a", {"audio_url": "here"}, KeptCall("CA1"), callback=callback)


def send(store, *, after=0):
    """Make the posts that are due some milliseconds from now."""
    at = store.jobs.clock() + after
    store.jobs.clock = lambda: at
    Callbacks(store).send_due()


def waiting(store):
    return store.jobs.count(JobKind.CALLBACK, "")


def test_one_that_is_done_is_posted_once_with_its_header(transcripts, store, receiver):
    transcript = made(transcripts, store, receiver.url)
    send(store)
    send(store, after=RETRY_MS)
    (post,) = receiver.posts
    assert (post.event, post.headers["x-secret"]) == ({"status": "completed"}, "s3cret")
    assert waiting(store) == 0
    assert transcripts.find("a", transcript.id).callback_status == 204


def test_it_is_tried_again_until_it_arrives(transcripts, store, receiver):
    transcript = made(transcripts, store, receiver.url)
    answers = [503, 500, 200]
    receiver.answer = lambda _: (answers.pop(0), {})
    for after in (0, RETRY_MS, RETRY_MS - 1, 1):
        send(store, after=after)
    assert len(receiver.posts) == 3
    assert waiting(store) == 0
    assert transcripts.find("a", transcript.id).callback_status == 200


def test_a_refusal_is_final(transcripts, store, receiver):
    receiver.answer = lambda _: (403, {})
    transcript = made(transcripts, store, receiver.url)
    send(store)
    assert waiting(store) == 0
    assert transcripts.find("a", transcript.id).callback_status == 403


def test_a_redirect_is_not_followed(transcripts, store, receiver):
    receiver.answer = lambda _: (302, {"Location": receiver.url})
    made(transcripts, store, receiver.url)
    send(store)
    assert len(receiver.posts) == 1


def test_nobody_who_is_not_there_is_asked_for_ever(transcripts, store):
    made(transcripts, store, "http://127.0.0.1:9/nobody")
    for _ in range(MAX_ATTEMPTS):
        assert waiting(store) == 1
        send(store, after=RETRY_MS)
    assert waiting(store) == 0


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:5000/x", "http://localhost/", "http://[::1]:1/", "https://hooks.example.com/a?b"],
)
def test_addresses_that_are_allowed(url):
    check_address(url, ("hooks.example.com",))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "http://127.0.0.1.example.com/",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest",
        "ftp://localhost/",
        "file:///etc/passwd",
        "localhost",
        "http://[",
        "http://hooks.example.com@example.org/",
        "http://user:word@localhost/",
        "http://192.0.2.2:9009\\@127.0.0.1/x",
        "http://192.0.2.2:9009\\@localhost/x",
        "http://127.0.0.1/\r\nX: y",
        "http://127.0.0.1/\t",
        "http://127.0.0.1/ x",
        "http://127.0.0.1\uff0eexample.com/",
        "",
    ],
)
def test_addresses_to_which_nothing_is_posted(url):
    with pytest.raises(UploadError):
        check_address(url, ("hooks.example.com",))
