"""The second pass over recordings, with the real engine."""

import os
import threading
import time
from contextlib import suppress

import psutil
import pytest

from helpers.events import final, save_call, started
from helpers.jobs import second_passes, take
from helpers.models import DEMO_MODEL
from helpers.settings import settings_of
from helpers.waiting import wait_until
from local_stt.config.phonebook import Phone, Phonebook
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.call_record import Edition
from local_stt.core.call_record import SecondPass as State
from local_stt.core.jitter_buffer import AudioChunk
from local_stt.errors import ModelError
from local_stt.events import CallEnded, EndReason
from local_stt.formatters import Formatters
from local_stt.jobs.runner import JobRunner, Model
from local_stt.jobs.second_pass import SecondPassJobs
from local_stt.service import background
from local_stt.service.engines import open_in_background
from local_stt.store import now, open_store
from local_stt.store.recordings.redaction_note import try_note
from local_stt.store.recordings.wav_file import RecordingFile

pytestmark = pytest.mark.model

SETTINGS = settings_of(workers=1)


def with_the_model(_):
    return Model(DEMO_MODEL)


@pytest.fixture
def store(tmp_path):
    store = open_store(tmp_path)
    store.second_passes.subscribe(lambda _: True)
    yield store
    store.close()


def recorded(store, channels, call_id="CA1", age=10):
    """Make a recording that was last written to `age` seconds ago."""
    store.recordings.make_folder()
    path = store.recordings.path(call_id)
    file = RecordingFile(path)
    for number, channel in enumerate(channels):
        file.put(number, AudioChunk(0, channel))
    file.close()
    os.utime(path, (time.time() - age,) * 2)


class Working:
    """A job runner that hears recordings again."""

    def __init__(self, store, *, open_engine=None, stay=60, model_of=with_the_model, **options):
        self.opened = []
        second = SecondPassJobs(store, "s1", model_of, **options)

        def opening(model, on_fatal):
            self.opened.append(model)
            if open_engine:
                return open_engine(model, on_fatal)
            return open_in_background(model.folder, model.phrases, SETTINGS.recognition, on_fatal)

        self.jobs = JobRunner(store.jobs, "s1", [second], opening, stay)

    def __enter__(self):
        self.jobs.start()
        return self

    def __exit__(self, *_):
        self.jobs.close()


def state(store, call_id="CA1"):
    return store.call(call_id).second_pass


def test_a_recording_is_heard_and_its_text_takes_the_place_of_the_live_one(store, demo_channels, notices):
    recorded(store, [channel[: 20 * 8000] for channel in demo_channels])
    save_call(store, "CA1", "live words")
    with Working(store):
        wait_until(lambda: state(store) is State.DONE)
        said = store.utterances("CA1")
    assert {each.track for each in said} == {"inbound", "outbound"}
    assert "appointment" in " ".join(each.text for each in said)
    assert all(each.words for each in said)
    assert [each.text for each in store.utterances("CA1", edition=Edition.LIVE)] == ["live words"]
    assert store.call("CA1").text_model == DEMO_MODEL.name
    assert notices == []


def test_the_text_of_a_second_pass_is_found_as_it_is_written(store, demo_channels):
    recorded(store, [channel[: 20 * 8000] for channel in demo_channels])
    save_call(store, "CA1", "live words")
    with Working(store, write=Formatters(FormattingSettings(), CallSettings()).written):
        wait_until(lambda: state(store) is State.DONE)
    (match,) = store.search("427351")
    assert "427351" in match.formatted


def test_a_number_with_a_vocabulary_of_its_own_has_it_in_the_second_pass_too(store, demo_channels, notices):
    """The model has the words that it knows of the vocabulary.  If it knows none, the call stays as it is."""
    numbers = {"+1001": ("press eight",), "+1002": (), "+1003": ("xyzzy",)}
    phonebook = Phonebook(Phone(), {number: Phone(words=words) for number, words in numbers.items()})
    for at, number in enumerate(sorted(numbers, reverse=True)):
        recorded(store, [channel[: 20 * 8000] for channel in demo_channels], f"CA{number}")
        save_call(store, f"CA{number}", "live words", at=1000 + at, callee=number)
    with Working(store, model_of=background._chosen(DEMO_MODEL, phonebook)) as working:
        wait_until(lambda: not second_passes(store) and working.jobs.loaded)
        wait_until(lambda: not any(state(store, f"CA{number}") is State.WANTED for number in numbers))
    heard = {number: {w.text for u in store.utterances(f"CA{number}") for w in u.words} for number in numbers}
    assert heard["+1001"] <= {"press", "eight"}
    assert "appointment" in heard["+1002"]
    assert state(store, "CA+1003") is State.FAILED
    (text,) = notices
    assert "demo-en" in text
    assert "xyzzy" in text


def test_a_model_with_a_fixed_graph_knows_all_its_words(tmp_path):
    phonebook = Phonebook(Phone(words=("press eight",)))
    assert background._chosen(tmp_path, phonebook)(started()) == Model(tmp_path)
    assert background._chosen(DEMO_MODEL, phonebook)(started()) == Model(DEMO_MODEL, ("press eight",))


def test_it_is_done_at_the_lowest_priority_and_the_model_is_let_go_of_afterwards(store, demo_channels):
    recorded(store, [channel[: 10 * 8000] for channel in demo_channels])
    before = {child.pid for child in psutil.Process().children(recursive=True)}

    def of_the_model():
        return [c for c in psutil.Process().children(recursive=True) if c.pid not in before]

    def priorities():
        with suppress(psutil.NoSuchProcess):  # one that decoded the recording has ended since
            return [child.nice() for child in of_the_model()]

    with Working(store, stay=2) as working:
        time.sleep(0.3)
        assert working.jobs.loaded is None  # there is nothing to do
        save_call(store, "CA1", "live words")
        wait_until(lambda: working.jobs.loaded)
        wait_until(lambda: priorities() == [19, 19])  # fork server and worker
        wait_until(lambda: state(store) is State.DONE)
        wait_until(lambda: working.jobs.loaded is None and not of_the_model())
        recorded(store, [channel[: 10 * 8000] for channel in demo_channels], "CA2")
        save_call(store, "CA2", "more")
        wait_until(lambda: state(store, "CA2") is State.DONE)
        assert len(working.opened) == 2


def test_a_recording_that_is_still_written_is_waited_for(store, demo_channels, monkeypatch):
    monkeypatch.setattr("local_stt.jobs.second_pass.QUIET_MS", 3_600_000)
    recorded(store, [channel[: 5 * 8000] for channel in demo_channels], age=0)
    save_call(store, "CA1", "live words")
    second = SecondPassJobs(store, "s1", with_the_model)
    assert take(store, second, "s1") is None
    os.utime(store.recordings.path("CA1"), (time.time() - 3601,) * 2)
    assert take(store, second, "s1") is not None


def test_a_recording_from_before_the_clock_was_put_back_is_not_waited_for(store, demo_channels):
    recorded(store, [channel[: 5 * 8000] for channel in demo_channels], age=-40 * 86_400)
    save_call(store, "CA1", "live words")
    assert take(store, SecondPassJobs(store, "s1", with_the_model), "s1") is not None


def test_a_model_that_cannot_be_loaded_is_told_of_once_and_what_is_wanted_stays_so(
    store, demo_channels, notices
):
    def broken(*_):
        raise ModelError("It is too large.")

    for call_id in ("CA1", "CA2"):
        recorded(store, [channel[:8000] for channel in demo_channels], call_id)
        save_call(store, call_id, "live words")
    with Working(store, open_engine=broken) as working:
        wait_until(lambda: notices)
        working.jobs.wake()
        time.sleep(0.5)
    assert notices == ["There is no second pass over calls until the next start. It is too large."]
    assert len(working.opened) == 1
    assert state(store) is state(store, "CA2") is State.WANTED


def test_a_recording_that_cannot_be_heard_is_told_of_once_and_the_next_one_is(store, demo_channels, notices):
    recorded(store, [b"\xff" * 8000] * 2)
    store.recordings.path("CA1").write_bytes(b"nonsense" * 100)
    os.utime(store.recordings.path("CA1"), (1, 1))
    save_call(store, "CA1", "live words")
    recorded(store, [channel[: 5 * 8000] for channel in demo_channels], "CA2")
    save_call(store, "CA2", "live words")
    with Working(store):
        wait_until(lambda: state(store, "CA2") is State.DONE)
    assert state(store) is State.FAILED
    (text,) = notices
    assert text.startswith("The second pass over call CA1 failed. ")


def test_a_recording_that_is_missing_is_given_up_by_the_program_that_made_it_alone(
    store, monkeypatch, notices
):
    monkeypatch.setattr("local_stt.jobs.second_pass.LATE_MS", -1)
    save_call(store, "CA1", "live words")
    other = SecondPassJobs(store, "elsewhere", with_the_model)
    assert (take(store, other, "elsewhere"), notices, state(store)) == (None, [], State.WANTED)
    own = SecondPassJobs(store, "s1", with_the_model)
    assert (take(store, own, "s1"), take(store, own, "s1")) == (None, None)
    assert notices == ["The second pass over call CA1 failed. Its recording is not there."]
    assert state(store) is State.FAILED


def test_a_recording_that_may_still_come_is_not_given_up(store, notices):
    store.start_call(started("CA1"), at=now(), server="s1", model="m")
    store.add_event(final("live words"), at=now())
    store.end_call(CallEnded("CA1", EndReason.HUNG_UP, 2.0), at=now())
    assert take(store, SecondPassJobs(store, "s1", with_the_model), "s1") is None
    assert (notices, state(store)) == ([], State.WANTED)


def test_a_call_that_is_deleted_while_it_is_heard_gets_nothing_and_nobody_is_told(
    store, demo_channels, notices
):
    recorded(store, [channel * 5 for channel in demo_channels])
    save_call(store, "CA1", "live words")
    with Working(store) as working:
        wait_until(lambda: working.jobs.loaded)
        store.delete("CA1", at=now())
        recorded(store, [channel[: 5 * 8000] for channel in demo_channels], "CA2")
        save_call(store, "CA2", "live words")
        wait_until(lambda: state(store, "CA2") is State.DONE)
    assert store.utterances("CA1") == []
    assert notices == []


def test_it_ends_at_once_in_the_middle_of_a_recording_and_what_is_wanted_stays_so(
    store, demo_channels, notices
):
    recorded(store, [channel * 60 for channel in demo_channels])
    save_call(store, "CA1", "live words")
    with Working(store) as working:
        wait_until(lambda: working.jobs.loaded)
        time.sleep(0.5)
        began = time.monotonic()
    assert time.monotonic() - began < 2
    wait_until(lambda: not any(thread.name == "job-runner" for thread in threading.enumerate()))
    assert state(store) is State.WANTED
    assert notices == []


def test_a_recording_that_is_not_redacted_yet_waits(store, demo_channels):
    recorded(store, demo_channels)
    save_call(store, "CA1", "live words")
    handler = SecondPassJobs(store, "s1", with_the_model)
    (job,) = second_passes(store)
    note = try_note(store.recordings.path("CA1"))
    assert not handler.accepts(job)
    note.remove()
    assert handler.accepts(job)
