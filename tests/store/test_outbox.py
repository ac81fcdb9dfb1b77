"""The queue of webhooks for a receiver, in a real database of either kind."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql

from helpers.events import SUMMARY, final, save_call, started, writer
from local_stt.events import Alert, CallEnded, EndReason, FinalText, to_dict
from local_stt.store import DatabaseError, open_store
from local_stt.store.schema import jobs

ENDED = CallEnded("CA1", EndReason.HUNG_UP, 9.5, (SUMMARY,))
BOTH = (FinalText, CallEnded)
DAY_MS = 24 * 3600 * 1000


def claimed(store, at=None, *, until=None, most=100):
    """Lease what is due a second from now, so that jobs of this very millisecond are due, for a day."""
    at = store.jobs.clock() + 1000 if at is None else at
    return store.outbox.lease(at, until=at + DAY_MS if until is None else until, limit=most)


def payloads(store):
    """Return the webhooks that are due, in order."""
    at = store.jobs.clock()
    with store._engine.connect() as connection:
        return [
            row.payload for row in connection.execute(select(jobs).order_by(jobs.c.id)) if row.due_at <= at
        ]


def execute(store, statement):
    with store._engine.begin() as connection:
        return connection.execute(sql(statement))


def test_nothing_is_queued_unless_somebody_is_to_be_told(store):
    save_call(store, "CA1", "hello")
    assert execute(store, "SELECT count(*) FROM jobs").scalar() == 0


def test_an_event_is_queued_in_the_one_wire_form_with_its_time(store):
    store.outbox.subscribe("r", BOTH)
    save_call(store, "CA1", "hello", at=1_700_000_000_123)
    said, ended = payloads(store)
    assert said == json.loads(json.dumps(to_dict(final("hello")))) | {"timestamp": "2023-11-14T22:13:20.123Z"}
    assert ended == json.loads(json.dumps(to_dict(ENDED))) | {"timestamp": "2023-11-14T22:13:29.623Z"}
    assert next(iter(said)) == next(iter(ended)) == "type"  # as it is posted


ALERT = Alert("CA1", "inbound", "leaving", "cancel*", 3.0, 3.5)


def test_an_alert_is_queued_and_withdrawn_with_its_call(store):
    store.outbox.subscribe("r", [Alert, CallEnded])
    store.start_call(started(), at=1000, server="s", model="m")
    with_events = writer(store)
    with_events(ALERT)
    with_events(ENDED)
    with_events.close()
    assert [each["type"] for each in payloads(store)] == ["alert", "call-ended"]
    assert payloads(store)[0]["topic"] == "leaving"
    store.delete("CA1", at=2000)
    assert [each["type"] for each in payloads(store)] == ["call-ended"]
    assert not store.add_alert(ALERT, at=2000)
    assert not store.add_alert(replace(ALERT, call_id="CA9"), at=2000)
    assert [each["type"] for each in payloads(store)] == ["call-ended"]


def test_only_what_is_asked_for_is_queued(store):
    store.outbox.subscribe("r", [CallEnded])
    save_call(store, "CA1", "hello")
    assert [each.call_id for each in claimed(store)] == ["CA1"]
    assert store.outbox.waiting() == 1


def test_event_and_delivery_are_written_together_or_not_at_all(store):
    store.outbox.subscribe("r", BOTH)
    store.start_call(started(), at=1000, server="s", model="m")
    execute(store, "ALTER TABLE jobs RENAME TO elsewhere")
    with pytest.raises(DatabaseError):
        store.add_event(final("hello"), at=2000)
    with pytest.raises(DatabaseError):
        store.end_call(ENDED, at=3000)
    assert store.utterances("CA1") == []
    assert store.call("CA1").state == "live"


def test_the_end_of_a_call_whose_program_was_killed_is_told_too(store):
    store.outbox.subscribe("r", [CallEnded])
    store.start_call(started(), at=1_700_000_000_000, server="killed", model="m")
    store.add_event(final("one two"), at=1_700_000_003_000)
    store.close_interrupted(["CA1"])
    (delivery,) = claimed(store)
    assert (delivery.payload["reason"], delivery.payload["seconds"]) == ("interrupted", 1.9)
    assert delivery.payload["timestamp"] == "2023-11-14T22:13:21.900Z"


def test_of_a_call_each_waits_for_the_one_before_and_other_calls_do_not(store):
    store.outbox.subscribe("r", BOTH)
    save_call(store, "CA1", "one", "two")
    save_call(store, "CA2", "three")
    first, other = claimed(store)
    assert (first.payload["text"], other.payload["text"]) == ("one", "three")
    assert claimed(store) == []
    store.jobs.complete(first)
    (second,) = claimed(store)
    assert second.payload["text"] == "two"
    store.jobs.complete(second)
    (ended,) = claimed(store)
    assert ended.payload["type"] == "call-ended"


def test_what_failed_too_often_is_waited_for_no_longer(store):
    store.outbox.subscribe("r", BOTH)
    save_call(store, "CA1", "one")
    at = store.jobs.clock() + 1000
    for attempt in range(1, 10):
        (failing,) = claimed(store, at, until=at)
        assert failing.attempts == attempt
    failing, passing = claimed(store, at, until=at), claimed(store, at, until=at)
    assert [each.attempts for each in failing] == [10]
    assert [each.attempts for each in passing] == [11, 1]


def test_what_is_claimed_is_nobody_elses_until_then(store, tmp_path, database_url):
    other = open_store(tmp_path, database_url)
    for each in (store, other):
        each.outbox.subscribe("r", [CallEnded])
    save_call(store)
    at = store.jobs.clock() + 1000
    (mine,) = store.outbox.lease(at, until=at + 30, limit=1)
    assert other.outbox.lease(at + 29, until=at + 60, limit=1) == []
    (taken_over,) = other.outbox.lease(at + 30, until=at + 60, limit=1)
    assert (taken_over.key, taken_over.attempts) == (mine.key, 2)
    store.jobs.retry_later(mine, at)  # too late: it is the other's
    assert store.outbox.lease(at + 59, until=at + 90, limit=1) == []
    other.jobs.retry_later(taken_over, at + 40)
    assert store.outbox.lease(at + 39, until=at + 90, limit=1) == []
    assert store.outbox.lease(at + 40, until=at + 90, limit=1)
    other.close()


def test_programs_that_share_a_database_claim_nothing_twice(tmp_path, database_url):
    stores = [open_store(tmp_path, database_url) for _ in range(4)]
    for each in stores:
        each.outbox.subscribe("r", BOTH)
    for number in range(60):
        save_call(stores[0], f"CA{number}", "hello", "good bye")
    at, together = stores[0].jobs.clock() + 1000, Barrier(len(stores))

    def work(store):
        done = []
        together.wait(10)
        while store.outbox.waiting():
            for each in store.outbox.lease(at, until=at + 60_000, limit=4):
                done.append(each.key)
                store.jobs.complete(each)
        return done

    with ThreadPoolExecutor() as pool:
        done = list(pool.map(work, stores))
    for each in stores:
        each.close()
    keys = [key for some in done for key in some]
    assert len(keys) == len(set(keys)) == 180
    assert len([some for some in done if some]) > 1  # or they did not compete


def test_what_waits_for_one_receiver_is_not_for_another(store):
    store.outbox.subscribe("first", [CallEnded])
    save_call(store, "CA1")
    store.outbox.subscribe("second", [CallEnded])
    assert claimed(store) == []
    assert (store.outbox.waiting(), store.outbox.waiting_for_others()) == (0, 1)
    save_call(store, "CA1")  # once more, to the second, whom the first does not hold up
    assert len(claimed(store)) == 1
    store.outbox.subscribe("first", [CallEnded])
    assert len(claimed(store)) == 1


def test_what_was_said_on_a_deleted_call_is_not_told_but_that_it_ended_is(store):
    store.outbox.subscribe("r", BOTH)
    save_call(store, "CA1", "a secret")
    save_call(store, "CA2", "no secret")
    store.delete("CA1", at=99_000)
    store.add_event(final("another secret"), at=100_000)
    kept = payloads(store)
    assert [each["type"] == "call-ended" for each in kept] == [True, False, True]
    assert not any("a secret" in str(each) or "another" in str(each) for each in kept)


def test_the_end_of_a_call_that_was_deleted_meanwhile_is_told(store):
    store.outbox.subscribe("r", [CallEnded])
    store.start_call(started(), at=1000, server="s", model="m")
    store.delete("CA1", at=2000)
    store.end_call(ENDED, at=3000)
    assert [each.call_id for each in claimed(store)] == ["CA1"]


def test_a_call_that_is_not_kept_is_not_told_of(store):
    store.outbox.subscribe("r", BOTH)
    store.end_call(CallEnded("CA9", EndReason.HUNG_UP, 1.0), at=2000)
    assert store.outbox.waiting() == 0


def test_what_is_deleted_is_not_left_in_the_file(tmp_path):
    store = open_store(tmp_path)
    store.outbox.subscribe("r", BOTH)
    save_call(store, "CA1", "xylophone " * 50)
    store.delete("CA1", at=1)
    store.close()
    with sqlite3.connect(tmp_path / "calls.sqlite3") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert b"xylophone" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
