"""Events of calls, written down as they happen, even if the store fails."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy.event import listen
from sqlalchemy.exc import OperationalError

from helpers.events import final, save_call, started, writer
from helpers.events import save_call as keep_before
from helpers.recordings import record
from helpers.settings import settings_of
from helpers.waiting import wait_until
from local_stt.config.settings import Settings
from local_stt.errors import StoreError
from local_stt.events import CallDeleted, CallEnded, EndReason, PartialText
from local_stt.hub import Hub
from local_stt.service.storage import Storage
from local_stt.store import now, open_store

DAY = 24 * 60 * 60 * 1000
ENDED = CallEnded("CA1", EndReason.HUNG_UP, 9.5)


def test_what_happens_is_there_at_once_and_partials_are_not_kept(store):
    keep = writer(store)
    keep(started())
    keep(PartialText("CA1", "inbound", "hel", 0.5))
    keep(final("hello"))
    wait_until(lambda: keep.queue.pending == 0)
    assert [each.text for each in store.utterances("CA1")] == ["hello"]
    assert store.call("CA1").state == "live"
    keep(ENDED)
    keep.close(5)
    assert store.call("CA1").reason == "hung-up"


def test_a_call_of_an_id_that_is_over_is_kept_under_another(store, caplog):
    """Not a word of it is lost, and what was kept before stays as it was."""
    keep_before(store, "CA1", "hello", at=now() - 900_000)
    before = store.call_with_utterances("CA1")
    keep = writer(store)
    for event in (started(), final("again"), ENDED):
        keep(event)
    keep.close(60)
    assert store.call_with_utterances("CA1") == before
    call, said = store.call_with_utterances("CA1-2")
    assert (call.reason, [each.text for each in said]) == ("hung-up", ["again"])
    assert "Call CA1 is kept as CA1-2" in caplog.text
    assert keep._stored_as == {}


def test_while_the_store_cannot_be_written_events_are_held_and_then_written(store, notices):
    keep = writer(store)
    keep(started())
    wait_until(lambda: keep.queue.pending == 0)
    written, broken = store.add_event, [True]

    def failing(event, **options):
        if broken[0]:
            raise OperationalError("INSERT", {}, Exception("disk is full"))
        written(event, **options)

    store.add_event = failing
    keep(final("one"))
    keep(final("two", start=3.0))
    wait_until(lambda: notices)
    assert notices == ["The store cannot be written. Calls go on; what they say waits in memory."]
    assert keep.queue.pending == 2
    broken[0] = False
    wait_until(lambda: keep.queue.pending == 0)
    assert notices[1:] == ["The store can be written again."]
    assert [each.text for each in store.utterances("CA1")] == ["one", "two"]
    keep.close(5)


def test_a_database_that_is_full_takes_what_was_held_when_there_is_room(tmp_path, notices):
    """SQLite's own limit: what it says is what it says of a full disk."""
    most = [0]
    store = open_store(tmp_path)

    def limit(connection, *_):
        connection.execute(f"PRAGMA max_page_count = {most[0] or 2**30}")

    listen(store._engine, "checkout", limit)
    keep = writer(store)
    keep(started())
    wait_until(lambda: keep.queue.pending == 0)
    most[0] = 1  # less than there is: not a page more
    for number in range(200):
        keep(final(f"this is number {number} " * 20, start=float(number)))
    wait_until(lambda: notices)
    assert keep.queue.pending > 0
    most[0] = 0
    wait_until(lambda: keep.queue.pending == 0)
    keep.close(5)
    assert notices[1:] == ["The store can be written again."]
    assert [each.text.split()[3] for each in store.utterances("CA1")] == [str(each) for each in range(200)]
    store.close()


def test_when_too_much_is_held_the_oldest_is_lost_counted_and_said(store, notices):
    def failing(*_, **__):
        raise OperationalError("INSERT", {}, Exception("disk is full"))

    store.start_call = store.add_event = store.end_call = failing
    keep = writer(store, max_pending=2)
    for event in (started(), final("one"), final("two"), ENDED):
        keep(event)
    wait_until(lambda: notices)
    keep.close(5)
    assert notices[-1] == "4 events of calls could not be kept and are lost."


def test_a_deletion_is_not_written_down(store):
    keep = writer(store)
    keep(started())
    wait_until(lambda: keep.queue.pending == 0)
    keep(CallDeleted("CA1"))
    wait_until(lambda: keep.queue.pending == 0)
    assert store.call("CA1").state == "live"
    keep.close(5)


def test_a_call_that_was_deleted_is_not_written_to_a_new_store(tmp_path):
    store = open_store(tmp_path)
    keep = writer(store)
    for event in (started(), final("a secret"), started("CA2")):
        keep(event)
    wait_until(lambda: keep.queue.pending == 0)
    store.delete("CA1", at=now())
    keep(CallDeleted("CA1"))
    wait_until(lambda: keep.queue.pending == 0)
    (tmp_path / "calls.sqlite3").unlink()
    keep(final("goes on", call_id="CA2"))
    wait_until(lambda: keep.queue.pending == 0)
    assert [call.call_id for call in store.page().calls] == ["CA2"]
    keep.close(5)
    store.close()


def test_an_event_that_no_store_takes_does_not_hold_up_the_others(store, caplog):
    keep = writer(store)
    keep(started("CA\0"))
    keep(started("CA1"))
    wait_until(lambda: keep.queue.pending == 0)
    assert store.call("CA1")
    keep.close(5)


KILLED = """
import os, sys, time
from pathlib import Path
from local_stt.config.settings import Settings
from local_stt.hub import Hub
from local_stt.service.storage import Storage
from helpers.events import final, started
with Storage(Settings(data_dir=Path(sys.argv[1])), lambda _: "demo-en", Hub()) as keep:
    keep(started()); keep(final("last words"))
    while keep.pending: time.sleep(0.01)
    print("kept", flush=True)
    time.sleep(60)
"""


def test_a_killed_program_loses_nothing_that_was_final_and_its_calls_are_ended_by_the_next(tmp_path, notices):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment
    )
    with killed:
        assert killed.stdout.readline() == "kept\n"
        settings = Settings(data_dir=tmp_path)
        with Storage(settings, lambda _: "demo-en", Hub()):
            assert notices == []  # it lives, and so do its calls
        killed.send_signal(signal.SIGKILL)
    with Storage(settings, lambda _: "demo-en", Hub()):
        pass
    assert notices == ["1 calls were cut off when this program was last killed."]
    store = open_store(tmp_path)
    assert store.call("CA1").reason == "interrupted"
    assert [each.text for each in store.utterances("CA1")] == ["last words"]
    assert list((tmp_path / "servers").iterdir()) == []
    store.close()


def test_a_call_whose_beginning_could_not_be_held_is_kept_from_its_first_final_on(store, notices):
    broken = [True]
    writing = {name: getattr(store, name) for name in ("start_call", "add_event", "end_call")}

    def unless_broken(name):
        def write(*arguments, **options):
            if broken[0]:
                raise OperationalError("INSERT", {}, Exception("disk is full"))
            writing[name](*arguments, **options)

        return write

    for name in writing:
        setattr(store, name, unless_broken(name))
    keep = writer(store, max_pending=2)
    for happened in (started(), final("one"), final("two", start=3.0)):
        keep(happened)
    wait_until(lambda: notices)
    broken[0] = False
    wait_until(lambda: keep.queue.pending == 0)
    keep.close(5)
    assert notices[1] == "The store can be written again. 1 events of calls are lost."
    assert [each.text for each in store.utterances("CA1")] == ["one", "two"]


def test_retention_takes_recordings_of_which_the_store_knows_nothing(store):
    save_call(store, "CA1", "hello", at=now())
    for call_id in ("CA1", "CA2"):
        record(store, call_id)
    day_ago = now() - DAY
    assert store.delete_before(day_ago, at=now()) == []
    assert sorted(store.recordings.call_ids()) == ["CA1", "CA2"]
    os.utime(store.recordings.path("CA2"), (0, 0))
    store.delete_before(day_ago, at=now())
    assert store.recordings.call_ids() == ["CA1"]


def test_one_call_whose_audio_cannot_be_deleted_does_not_keep_the_others(store, monkeypatch, caplog):
    for call_id in ("CA1", "CA2"):
        save_call(store, call_id, "old", at=now() - 3 * DAY)
    delete = store.recordings.delete

    def refuse(call_id):
        if call_id == "CA1":
            raise StoreError("Its file is another user's.")
        delete(call_id)

    monkeypatch.setattr(store.recordings, "delete", refuse)
    assert store.delete_before(now(), at=now()) == ["CA2"]
    assert "Call CA1 is not deleted: Its file is another user's." in caplog.text
    assert [store.call(each).state for each in ("CA1", "CA2")] == ["ended", "deleted"]


def test_old_calls_are_deleted_and_live_ones_are_not(store):
    save_call(store, "CA1", "old", at=now() - 3 * DAY)
    save_call(store, "CA2", "new", at=now() - DAY)
    store.start_call(started("CA3"), at=now() - 3 * DAY, server="s", model="m")
    assert store.delete_before(now() - 2 * DAY, at=now()) == ["CA1"]
    assert [store.call(each).state for each in ("CA1", "CA2", "CA3")] == ["deleted", "ended", "live"]


def test_audio_of_deleted_calls_that_was_left_goes_at_the_next_start(tmp_path):
    store = open_store(tmp_path)
    for call_id in ("CA1", "CA2"):
        save_call(store, call_id, "hello")
        record(store, call_id)
    record(store, "CA3")  # of which the store knows nothing
    store.delete("CA1", at=now())
    record(store, "CA1")  # it was still on its way
    with Storage(Settings(data_dir=tmp_path), lambda _: "demo-en", Hub()):
        assert sorted(store.recordings.call_ids()) == ["CA2", "CA3"]
    store.close()


@pytest.mark.parametrize("days", [0, 1])
def test_retention_is_off_unless_asked_for(tmp_path, days, notices):
    settings, published = settings_of(data_dir=tmp_path, retain_days=days), []
    store = open_store(tmp_path)
    save_call(store, "CA1", "old", at=1000)
    store.looks.note(now() - DAY)
    with Storage(settings, lambda _: "demo-en", Hub([published.append])):
        if days:
            wait_until(lambda: store.call("CA1").state == "deleted")
    assert store.call("CA1").state == ("deleted" if days else "ended")
    assert published == ([CallDeleted("CA1")] if days else [])
    assert notices == (["1 calls are older than 1 days and were deleted."] if days else [])
    store.close()
