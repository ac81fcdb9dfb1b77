"""The queue of what a receiver is to be told, in a real database of either kind."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text as sql

from helpers.events import SUMMARY, final, keep, started
from local_stt.core.call_record import LineKind
from local_stt.events import CallEnded, EndReason, FinalText, to_dict
from local_stt.store import DatabaseError, now, open_store, schema

ENDED = CallEnded("CA1", EndReason.HUNG_UP, 9.5, (SUMMARY,))
BOTH = (FinalText, CallEnded)


def claimed(store, at=None, *, until=None, most=100):
    """Claimed a moment ago in the future, lest rows of this very millisecond be missed."""
    at = now() + 1000 if at is None else at
    return store.deliveries.claim(at, until=at + 1000 if until is None else until, most=most)


def execute(store, statement):
    with store._engine.begin() as connection:
        return connection.execute(sql(statement))


def test_nothing_is_queued_unless_somebody_is_to_be_told(store):
    keep(store, "CA1", "hello")
    assert execute(store, "SELECT count(*) FROM deliveries").scalar() == 0


def test_an_event_is_queued_in_the_one_wire_form_with_its_time(store):
    store.deliveries.subscribe("r", BOTH)
    keep(store, "CA1", "hello", at=1_700_000_000_123)
    said, ended = execute(store, "SELECT body FROM deliveries ORDER BY id").scalars()
    assert json.loads(said) == json.loads(json.dumps(to_dict(final("hello")))) | {
        "timestamp": "2023-11-14T22:13:20.123Z"
    }
    assert json.loads(ended) == json.loads(json.dumps(to_dict(ENDED))) | {
        "timestamp": "2023-11-14T22:13:29.623Z"
    }


def test_only_what_is_asked_for_is_queued(store):
    store.deliveries.subscribe("r", [CallEnded])
    keep(store, "CA1", "hello")
    assert [each.call_id for each in claimed(store)] == ["CA1"]
    assert store.deliveries.waiting() == 1


def test_event_and_delivery_are_written_together_or_not_at_all(store):
    store.deliveries.subscribe("r", BOTH)
    store.begin(started(), at=1000, server="s", model="m")
    execute(store, "ALTER TABLE deliveries RENAME TO elsewhere")
    with pytest.raises(DatabaseError):
        store.add(final("hello"), at=2000)
    with pytest.raises(DatabaseError):
        store.end(ENDED, at=3000)
    assert store.utterances("CA1") == []
    assert store.call("CA1").state == "live"


def test_the_end_of_a_call_whose_program_was_killed_is_told_too(store):
    store.deliveries.subscribe("r", [CallEnded])
    store.begin(started(), at=1_700_000_000_000, server="killed", model="m")
    store.add(final("one two"), at=1_700_000_003_000)
    store.close_interrupted(["CA1"])
    (delivery,) = claimed(store)
    assert '"reason": "interrupted", "seconds": 1.9' in delivery.body
    assert '"timestamp": "2023-11-14T22:13:21.900Z"' in delivery.body


def test_of_a_call_each_waits_for_the_one_before_and_other_calls_do_not(store):
    store.deliveries.subscribe("r", BOTH)
    keep(store, "CA1", "one", "two")
    keep(store, "CA2", "three")
    first, other = claimed(store)
    assert ("one" in first.body, "three" in other.body) == (True, True)
    assert claimed(store) == []
    store.deliveries.remove(first)
    (second,) = claimed(store)
    assert "two" in second.body
    store.deliveries.remove(second)
    (ended,) = claimed(store)
    assert "call-ended" in ended.body


def test_what_failed_too_often_is_waited_for_no_longer(store):
    store.deliveries.subscribe("r", BOTH)
    keep(store, "CA1", "one")
    at = now() + 1000
    for attempt in range(1, 10):
        (failing,) = claimed(store, at, until=at)
        assert failing.attempts == attempt
    failing, passing = claimed(store, at, until=at), claimed(store, at, until=at)
    assert [each.attempts for each in failing] == [10]
    assert [each.attempts for each in passing] == [11, 1]


def test_what_is_claimed_is_nobody_elses_until_then(store, tmp_path, database_url):
    other = open_store(tmp_path, database_url)
    for each in (store, other):
        each.deliveries.subscribe("r", [CallEnded])
    keep(store)
    at = now() + 1000
    (mine,) = store.deliveries.claim(at, until=at + 30, most=1)
    assert other.deliveries.claim(at + 29, until=at + 60, most=1) == []
    (taken_over,) = other.deliveries.claim(at + 30, until=at + 60, most=1)
    assert (taken_over.key, taken_over.attempts) == (mine.key, 2)
    store.deliveries.put_off(mine, at)  # too late: it is the other's
    assert store.deliveries.claim(at + 59, until=at + 90, most=1) == []
    other.deliveries.put_off(taken_over, at + 40)
    assert store.deliveries.claim(at + 39, until=at + 90, most=1) == []
    assert store.deliveries.claim(at + 40, until=at + 90, most=1)
    other.close()


def test_programs_that_share_a_database_claim_nothing_twice(tmp_path, database_url):
    stores = [open_store(tmp_path, database_url) for _ in range(4)]
    for each in stores:
        each.deliveries.subscribe("r", BOTH)
    for number in range(60):
        keep(stores[0], f"CA{number}", "hello", "good bye")
    at, together = now() + 1000, Barrier(len(stores))

    def work(store):
        done = []
        together.wait(10)
        while store.deliveries.waiting():
            for each in store.deliveries.claim(at, until=at + 60_000, most=4):
                done.append(each.key)
                store.deliveries.remove(each)
        return done

    with ThreadPoolExecutor() as pool:
        done = list(pool.map(work, stores))
    for each in stores:
        each.close()
    keys = [key for some in done for key in some]
    assert len(keys) == len(set(keys)) == 180
    assert len([some for some in done if some]) > 1  # or they did not compete


def test_what_waits_for_one_receiver_is_not_for_another(store):
    store.deliveries.subscribe("first", [CallEnded])
    keep(store, "CA1")
    store.deliveries.subscribe("second", [CallEnded])
    assert claimed(store) == []
    assert (store.deliveries.waiting(), store.deliveries.waiting_for_others()) == (0, 1)
    keep(store, "CA1")  # once more, to the second, whom the first does not hold up
    assert len(claimed(store)) == 1
    store.deliveries.subscribe("first", [CallEnded])
    assert len(claimed(store)) == 1


def test_what_was_said_on_a_deleted_call_is_not_told_but_that_it_ended_is(store):
    store.deliveries.subscribe("r", BOTH)
    keep(store, "CA1", "a secret")
    keep(store, "CA2", "no secret")
    store.delete("CA1", at=99_000)
    store.add(final("another secret"), at=100_000)
    bodies = execute(store, "SELECT body FROM deliveries ORDER BY id").scalars().all()
    assert ["call-ended" in body for body in bodies] == [True, False, True]
    assert not any("a secret" in body or "another" in body for body in bodies)


def test_the_end_of_a_call_that_was_deleted_meanwhile_is_told(store):
    store.deliveries.subscribe("r", [CallEnded])
    store.begin(started(), at=1000, server="s", model="m")
    store.delete("CA1", at=2000)
    store.end(ENDED, at=3000)
    assert [each.call_id for each in claimed(store)] == ["CA1"]


def test_a_call_that_is_not_kept_is_not_told_of(store):
    store.deliveries.subscribe("r", BOTH)
    store.end(CallEnded("CA9", EndReason.HUNG_UP, 1.0), at=2000)
    assert store.deliveries.waiting() == 0


def test_what_is_deleted_is_not_left_in_the_file(tmp_path):
    store = open_store(tmp_path)
    store.deliveries.subscribe("r", BOTH)
    keep(store, "CA1", "xylophone " * 50)
    store.delete("CA1", at=1)
    store.close()
    with sqlite3.connect(tmp_path / "calls.sqlite3") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert b"xylophone" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_a_store_of_the_first_version_is_brought_forward(tmp_path, database_url, monkeypatch):
    with monkeypatch.context() as then:
        then.setattr(schema, "STEPS", schema.STEPS[:1])
        old = open_store(tmp_path, database_url)
        keep(old, "CA1", "hello")
        assert execute(old, "SELECT number FROM schema_version").scalar() == 1
        execute(old, "ALTER TABLE utterances DROP COLUMN kind")  # which it did not have
        with pytest.raises(DatabaseError):
            old.deliveries.waiting()
        old.close()
    store = open_store(tmp_path, database_url)
    store.deliveries.subscribe("r", BOTH)
    assert [(each.text, each.kind) for each in store.utterances("CA1")] == [("hello", LineKind.SPEECH)]
    assert store.search("hello")
    keep(store, "CA2", "good bye")
    assert [each.call_id for each in claimed(store)] == ["CA2"]
    store.close()
