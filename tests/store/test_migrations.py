"""Stores of every earlier version are brought forward and lose nothing, in both databases."""

import gzip
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect
from sqlalchemy import text as sql

from helpers.events import save_call
from local_stt.core.call_record import Badge, CallState, SecondPass
from local_stt.events import CallEnded, FinalText
from local_stt.store import (
    CallFilter,
    JobKind,
    Wanted,
    database,
    migrations,
    now,
    open_store,
    rescue,
    version,
)
from local_stt.store.schema import metadata

OLD_STORES = Path(__file__).parent / "old_stores"

VERSIONS = range(1, len(migrations.STEPS))

SAID = {
    "CA1": ["my rendez-vous is on monday", "thank you"],
    "CA2": ["a recorded call", "naïve Straße 今天 天气"],
    "CA3": ["cut off in the middle"],
    "CA4": [],
}


def put_back(version, folder, database_url):
    """Put a store of an earlier version where the program looks for it."""
    if database_url.startswith("sqlite"):
        packed = (OLD_STORES / f"version-{version}.sqlite3.gz").read_bytes()
        (folder / "calls.sqlite3").write_bytes(gzip.decompress(packed))
        return
    dump = gzip.decompress((OLD_STORES / f"version-{version}.sql.gz").read_bytes()).decode()
    statements = "\n".join(line for line in dump.splitlines() if not line.startswith("\\"))
    with psycopg.connect(database_url) as connection:
        connection.execute(statements.replace("CREATE SCHEMA public;", ""))


def said_in(store):
    """Return the texts of each call."""
    calls = [call.call_id for call in store.page().calls]
    return {call_id: [each.text for each in store.utterances(call_id)] for call_id in calls}


def waiting_in(store, kind):
    """Return how many jobs of a kind wait, for any target."""
    return store.jobs.count(kind, "") + store.jobs.count_for_others(kind, [""])


def is_sqlite(database_url):
    return database_url.startswith("sqlite")


@pytest.fixture(params=VERSIONS)
def of_version(request):
    return request.param


@pytest.fixture
def brought_forward(of_version, tmp_path, database_url):
    put_back(of_version, tmp_path, database_url)
    store = open_store(tmp_path, database_url)
    yield store
    store.close()


def test_nothing_that_was_said_is_lost(brought_forward):
    store = brought_forward
    assert said_in(store) == SAID
    assert [word.text for word in store.utterances("CA1")[0].words] == SAID["CA1"][0].split()
    assert [store.call(each).state for each in SAID] == [
        CallState.ENDED,
        CallState.ENDED,
        CallState.LIVE,
        CallState.DELETED,
    ]
    assert store.call("CA1").statistics[0]["packets"] == 625


def test_what_was_said_can_be_searched_and_more_can_be_kept(brought_forward):
    store = brought_forward
    for query, call_id in (("vous monday", "CA1"), ("strasse", "CA2"), ("今天天气", "CA2")):
        assert [match.call_id for match in store.search(query)] == [call_id]
    save_call(store, "CA5", "vous monday")
    assert len(store.search("vous monday")) == 2
    store.delete("CA1", at=2)
    assert [match.call_id for match in store.search("vous monday")] == ["CA5"]


def test_what_waits_still_waits(of_version, brought_forward):
    store = brought_forward
    subscription = store.outbox.subscribe("an-endpoint", {FinalText, CallEnded})
    waiting = subscription.lease(store.jobs.clock(), until=store.jobs.clock() + 60_000, limit=100)
    events = [] if of_version < 2 else ["final", "final", "call-ended"]
    assert subscription.waiting() == (0 if of_version < 2 else 8)
    assert {job.call_id for job in waiting} == (set() if of_version < 2 else {"CA1", "CA2", "CA3", "CA4"})
    of_call = []
    while job := next((each for each in waiting if each.call_id == "CA1"), None):
        of_call.append(job)
        store.jobs.complete(job)
        at = store.jobs.clock()
        waiting = subscription.lease(at + 60_001, until=at + 120_000, limit=100)
    assert [job.payload["type"] for job in of_call] == events
    if of_call:
        assert of_call[0].payload["timestamp"] == "2023-11-14T22:13:22.000Z"
        assert [word["text"] for word in of_call[0].payload["words"]] == SAID["CA1"][0].split()

    recordings = store.jobs.due(JobKind.RECORDING, "server-1", target="AC" + "1" * 32)
    assert [job.key for job in recordings] == ([] if of_version < 5 else ["RE" + "1" * 32])
    assert store.jobs.due(JobKind.RECORDING, "server-2", target="AC" + "1" * 32) == []

    passes = store.jobs.due(JobKind.SECOND_PASS, "any-server")  # that has the recording
    assert [(job.key, job.call_id) for job in passes] == ([] if of_version < 4 else [("CA2", "CA2")])
    assert store.call("CA2").second_pass is (SecondPass.NONE if of_version < 4 else SecondPass.WANTED)


def test_a_store_made_today_and_one_brought_forward_have_the_same_tables(
    brought_forward, tmp_path, database_url
):
    """Also those that the code says there are."""
    today = open_store(tmp_path / "today") if is_sqlite(database_url) else brought_forward
    for table in metadata.tables.values():
        found = [_columns(store, table.name) for store in (brought_forward, today)]
        assert found[0] == found[1]
        assert [each[0] for each in found[0]] == [column.name for column in table.columns]
        assert [each[1] for each in found[0]] == [bool(column.nullable) for column in table.columns]
        indexes = {index["name"] for index in inspect(brought_forward._engine).get_indexes(table.name)}
        assert indexes >= {index.name for index in table.indexes}
    if today is not brought_forward:
        assert _objects(today) == _objects(brought_forward)
        today.close()


def test_an_old_store_can_be_rescued_with_what_waits(of_version, tmp_path):
    put_back(of_version, tmp_path, "sqlite://")
    rescue(tmp_path, "", tmp_path / "new" / "calls.sqlite3")
    store = open_store(tmp_path / "new")
    assert said_in(store) == SAID
    waiting = {
        JobKind.WEBHOOK: 8 if of_version >= 2 else 0,
        JobKind.RECORDING: int(of_version >= 5),
        JobKind.SECOND_PASS: int(of_version >= 4),
    }
    assert {kind: waiting_in(store, kind) for kind in waiting} == waiting
    store.close()


OLD_CALL = """
    INSERT INTO calls (call_id, server, direction, caller, callee, started_at, seconds, reason, model, tracks,
        statistics)
    VALUES ('CA1', '', 'inbound', '', '', 1, 1, '', 'm', '[]', '[]')
"""
OLD_LINE = """
    INSERT INTO utterances (call, track, start, "end", text, confidence)
    VALUES (1, 'inbound', :number, 1, :text, 1)
"""


def test_an_older_store_is_indexed_anew(tmp_path, database_url):
    notices = []
    with pytest.MonkeyPatch.context() as then:
        then.setattr(version, "STEPS", version.STEPS[:5])
        old = database._engine(database._url(tmp_path, database_url))
        with old.begin() as connection:
            version.migrate(connection)
            connection.execute(sql(OLD_CALL))
            lines = [{"number": number, "text": f"Rendez-vous number-{number}"} for number in range(2500)]
            connection.execute(sql(OLD_LINE), lines)
        old.dispose()
    store = open_store(tmp_path, database_url, report=lambda done, of: notices.append((done, of)))
    assert [match.text for match in store.search("rendez-vous number-2499")] == ["Rendez-vous number-2499"]
    assert notices == [(1000, 2500), (2000, 2500), (2500, 2500)]
    save_call(store, "CA2", "rendez-vous number-2499")
    assert len(store.search("vous number-2499")) == 2
    store.delete("CA1", at=2)
    assert len(store.search("vous number-2499")) == 1
    store.close()


def test_a_store_whose_terms_were_cut_otherwise_is_indexed_anew(tmp_path, database_url):
    with pytest.MonkeyPatch.context() as then:
        then.setattr(version, "STEPS", version.STEPS[:7])
        old = database._engine(database._url(tmp_path, database_url))
        with old.begin() as connection:
            version.migrate(connection)
            connection.execute(sql(OLD_CALL))
            connection.execute(sql(OLD_LINE), {"number": 1, "text": "今天 天气"})
        old.dispose()
    store = open_store(tmp_path, database_url)
    assert [match.text for match in store.search("今天天气")] == ["今天 天气"]
    store.close()


def _columns(store, table):
    return [(each["name"], each["nullable"]) for each in inspect(store._engine).get_columns(table)]


def _objects(store):
    """Return the names of all tables, indexes and triggers."""
    with store._engine.connect() as connection:
        return set(connection.execute(sql("SELECT name FROM sqlite_master")).scalars())


def test_people_write_on_calls_of_old_stores(brought_forward):
    store = brought_forward
    first = store.utterances("CA1")[0]
    times = (round(1000 * first.words[0].start), round(1000 * first.words[0].end))
    assert store.call("CA1").opening.split()[0].casefold().startswith(first.words[0].text[:2])
    store.annotations.change("CA1", note="call back", tags=["vip"])
    store.corrections.add("CA1", Wanted(first.track, *times, "Hanssen"), at=now())
    assert [call.call_id for call in store.page(CallFilter(q="hanssen", tag="vip")).calls] == ["CA1"]
    assert [badge for badge in store.call("CA1").badges if badge is Badge.EDITED] == [Badge.EDITED]
    store.corrections.undo("CA1", at=now())
    assert said_in(store) == SAID
