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
from local_stt.events import Alert, CallEnded, CallStarted, EndReason, FinalText, to_dict
from local_stt.store import DatabaseError, Subscription, open_store
from local_stt.store.schema import jobs

ENDED = CallEnded("CA1", EndReason.HUNG_UP, 9.5, (SUMMARY,))
BOTH = (FinalText, CallEnded)
DAY_MS = 24 * 3600 * 1000


def claimed(subscription, at=None, *, until=None, most=100):
    """Lease what is due a second from now, so that jobs of this very millisecond are due, for a day."""
    at = subscription.queue.clock() + 1000 if at is None else at
    return subscription.lease(at, until=at + DAY_MS if until is None else until, limit=most)


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
    store.start_call(started(), at=1000, server="s1", model="m")
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
    subscription = store.outbox.subscribe("r", [CallEnded])
    save_call(store, "CA1", "hello")
    assert [each.call_id for each in claimed(subscription)] == ["CA1"]
    assert subscription.waiting() == 1


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
    subscription = store.outbox.subscribe("r", [CallEnded])
    store.start_call(started(), at=1_700_000_000_000, server="killed", model="m")
    store.add_event(final("one two"), at=1_700_000_003_000)
    store.close_interrupted(["CA1"])
    (delivery,) = claimed(subscription)
    assert (delivery.payload["reason"], delivery.payload["seconds"]) == ("interrupted", 1.9)
    assert delivery.payload["timestamp"] == "2023-11-14T22:13:21.900Z"


def test_of_a_call_each_waits_for_the_one_before_and_other_calls_do_not(store):
    subscription = store.outbox.subscribe("r", BOTH)
    save_call(store, "CA1", "one", "two")
    save_call(store, "CA2", "three")
    first, other = claimed(subscription)
    assert (first.payload["text"], other.payload["text"]) == ("one", "three")
    assert claimed(subscription) == []
    store.jobs.complete(first)
    (second,) = claimed(subscription)
    assert second.payload["text"] == "two"
    store.jobs.complete(second)
    (ended,) = claimed(subscription)
    assert ended.payload["type"] == "call-ended"


def test_what_failed_too_often_is_waited_for_no_longer(store):
    subscription = store.outbox.subscribe("r", BOTH)
    save_call(store, "CA1", "one")
    at = store.jobs.clock() + 1000
    for attempt in range(1, 10):
        (failing,) = claimed(subscription, at, until=at)
        assert failing.attempts == attempt
    failing, passing = claimed(subscription, at, until=at), claimed(subscription, at, until=at)
    assert [each.attempts for each in failing] == [10]
    assert [each.attempts for each in passing] == [11, 1]


def test_what_is_claimed_is_nobody_elses_until_then(store, tmp_path, database_url):
    other = open_store(tmp_path, database_url)
    ours, theirs = (each.outbox.subscribe("r", [CallEnded]) for each in (store, other))
    save_call(store)
    at = store.jobs.clock() + 1000
    (mine,) = ours.lease(at, until=at + 30, limit=1)
    assert theirs.lease(at + 29, until=at + 60, limit=1) == []
    (taken_over,) = theirs.lease(at + 30, until=at + 60, limit=1)
    assert (taken_over.key, taken_over.attempts) == (mine.key, 2)
    store.jobs.retry_later(mine, at)  # too late: it is the other's
    assert ours.lease(at + 59, until=at + 90, limit=1) == []
    other.jobs.retry_later(taken_over, at + 40)
    assert ours.lease(at + 39, until=at + 90, limit=1) == []
    assert ours.lease(at + 40, until=at + 90, limit=1)
    other.close()


def test_programs_that_share_a_database_claim_nothing_twice(tmp_path, database_url):
    stores = [open_store(tmp_path, database_url) for _ in range(4)]
    subscriptions = [each.outbox.subscribe("r", BOTH) for each in stores]
    for number in range(60):
        save_call(stores[0], f"CA{number}", "hello", "good bye")
    at, together = stores[0].jobs.clock() + 1000, Barrier(len(stores))

    def work(subscription):
        done = []
        together.wait(10)
        while subscription.waiting():
            for each in subscription.lease(at, until=at + 60_000, limit=4):
                done.append(each.key)
                subscription.queue.complete(each)
        return done

    with ThreadPoolExecutor() as pool:
        done = list(pool.map(work, subscriptions))
    for each in stores:
        each.close()
    keys = [key for some in done for key in some]
    assert len(keys) == len(set(keys)) == 180
    assert len([some for some in done if some]) > 1  # or they did not compete


def test_what_waits_for_one_receiver_is_not_for_another(store):
    first = Subscription(store.jobs, "first", [CallEnded], numbered=False)
    with store._engine.begin() as connection:
        first.add(connection, ENDED, at=1000)
    second = store.outbox.subscribe("second", [CallEnded])
    assert claimed(second) == []
    assert (second.waiting(), store.outbox.waiting_for_others()) == (0, 1)
    save_call(store, "CA1")  # to the second, whom the first does not hold up
    assert len(claimed(second)) == 1
    assert len(claimed(first)) == 1


def test_each_of_several_receivers_gets_what_it_asks_for(store):
    first = store.outbox.subscribe("first", [FinalText])
    second = store.outbox.subscribe("second", [CallStarted, CallEnded])
    save_call(store, "CA1", "hello")
    assert [each.payload["type"] for each in claimed(first)] == ["final"]
    assert [each.payload["type"] for each in claimed(second)] == ["call-started"]
    assert (first.waiting(), second.waiting(), store.outbox.waiting_for_others()) == (1, 2, 0)


def numbers(subscription):
    """Take the events that wait, and return the kind and the number of each, by call."""
    found = {}
    while taken := claimed(subscription):
        for each in taken:
            found.setdefault(each.call_id, []).append((each.payload["type"], each.payload["number"]))
            subscription.queue.complete(each)
    return found


ALL = (CallStarted, FinalText, CallEnded)


def test_events_are_numbered_from_one_on_each_call_and_through_restarts(tmp_path, database_url):
    store = open_store(tmp_path, database_url)
    subscription = store.outbox.subscribe("r", ALL, numbered=True)
    save_call(store, "CA1", "hello")
    store.start_call(started("CA2"), at=1000, server="s", model="m")
    assert numbers(subscription) == {
        "CA1": [("call-started", 1), ("final", 2), ("call-ended", 3)],
        "CA2": [("call-started", 1)],
    }
    store.close()
    store = open_store(tmp_path, database_url)
    subscription = store.outbox.subscribe("r", ALL, numbered=True)
    store.outbox.forget_old_numbers()
    store.close_interrupted(["CA2"])
    assert numbers(subscription) == {"CA2": [("call-ended", 2)]}
    store.close()


def test_a_call_that_goes_on_is_numbered_on_and_starts_again_only_if_it_had_ended(store):
    subscription = store.outbox.subscribe("r", ALL, numbered=True)
    save_call(store, "CA1", reason=EndReason.DISCONNECTED)
    for _ in range(2):
        store.start_call(started(), at=20_000, server="s", model="m")
    assert numbers(subscription) == {"CA1": [("call-started", 1), ("call-ended", 2), ("call-started", 3)]}


def test_numbers_of_calls_that_ended_long_ago_are_forgotten(store):
    store.outbox.subscribe("r", ALL, numbered=True)
    save_call(store, "CA1", "hello")
    later = store.jobs.clock() + 3 * DAY_MS
    store.jobs.clock = lambda: later
    store.outbox.forget_old_numbers()
    assert execute(store, "SELECT count(*) FROM jobs WHERE kind = 'numbering'").scalar() == 0


def test_the_numbers_of_a_caller_are_withdrawn_with_the_call(store):
    store.outbox.subscribe("r", ALL, numbered=True)
    save_call(store, "CA1", "hello", caller="+15550987")
    store.delete("CA1", at=99_000)
    store.start_call(started("CA1", caller="+15550987"), at=100_000, server="s", model="m")
    assert [each["type"] for each in payloads(store) if each] == ["call-ended"]
    assert not any("+15550987" in str(each) for each in payloads(store))


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
    subscription = store.outbox.subscribe("r", [CallEnded])
    store.start_call(started(), at=1000, server="s", model="m")
    store.delete("CA1", at=2000)
    store.end_call(ENDED, at=3000)
    assert [each.call_id for each in claimed(subscription)] == ["CA1"]


def test_a_call_that_is_not_kept_is_not_told_of(store):
    subscription = store.outbox.subscribe("r", BOTH)
    store.end_call(CallEnded("CA9", EndReason.HUNG_UP, 1.0), at=2000)
    assert subscription.waiting() == 0


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
