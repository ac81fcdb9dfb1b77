"""Stores that are damaged, removed, foreign, or may only be read: a sentence, and what can be done is."""

import contextlib
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from helpers.api import app_of, get
from helpers.commands import run_calls
from helpers.damage import empty_in_its_place, filled, half, header_broken, pages_zeroed, text_in_its_place
from helpers.events import final, save_call, started, writer
from helpers.waiting import wait_until
from local_stt.config.settings import Settings
from local_stt.errors import StoreError
from local_stt.events import CallEnded, EndReason
from local_stt.hub import Hub
from local_stt.service.storage import Storage
from local_stt.store import DatabaseError, open_store, open_to_read
from local_stt.system.write_behind import NeverWritable, NotWritableNow


def foreign_table(file):
    file.unlink()
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE calls (name TEXT)")
        other.execute("INSERT INTO calls VALUES ('mine')")
        other.commit()


def nonsense_in_columns(file):
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE calls SET tracks = 'x', seconds = 'long'")
        other.execute("UPDATE utterances SET start = x'00', kind = 7")
        other.commit()


def unreadable_text(file):
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE calls SET caller = CAST(x'ff41' AS TEXT), reason = CAST(x'ff' AS TEXT)")
        other.execute("UPDATE utterances SET text = CAST(x'ff41' AS TEXT)")
        other.commit()


def lost_table(file):
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("DROP TABLE words")
        other.commit()


DAMAGES = [
    pages_zeroed,
    half,
    header_broken,
    text_in_its_place,
    foreign_table,
    nonsense_in_columns,
    unreadable_text,
    lost_table,
]


@pytest.mark.parametrize("damage", [*DAMAGES, empty_in_its_place], ids=lambda damage: damage.__name__)
def test_commands_say_what_is_wrong_with_which_file(tmp_path, damage):
    file = filled(tmp_path)
    damage(file)
    said = []
    for arguments in (
        ["list", "--limit", "200"],
        ["show", "CA20"],
        ["search", "sentence"],
        ["export", "CA20", "--format", "json"],
        ["delete", "CA20", "--yes"],
    ):
        result = run_calls(tmp_path, *arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), arguments
        assert result.exit_code in (0, 2)
        if result.exit_code:
            said.append(result.output)
    assert said
    for each in said:
        assert each.startswith("Error: ")
        assert str(file) in each or each == "Error: No call CA20 is kept.\n"


def test_another_programs_table_is_told_as_that_and_left_alone(tmp_path):
    file = filled(tmp_path)
    foreign_table(file)
    before = file.read_bytes()
    for arguments in (["list"], ["delete", "CA1", "--yes"]):
        assert "has a table calls that is not local_stt's" in run_calls(tmp_path, *arguments).output
    with contextlib.closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("calls",)]
    assert len(file.read_bytes()) == len(before)


def test_a_store_of_an_older_version_that_may_only_be_read_is_a_sentence(tmp_path, monkeypatch):
    file = filled(tmp_path, calls=1)
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE schema_version SET number = number - 1")
        other.commit()

    def refuse(*_):
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr("local_stt.store.database.make_file", refuse)
    result = run_calls(tmp_path, "list")
    assert result.exit_code == 2
    assert f"The store {file} is of an older version" in result.output


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_the_server_does_not_start_with_a_damaged_store_and_names_it(tmp_path, damage):
    file = filled(tmp_path)
    damage(file)
    said = ""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(Storage(Settings(data_dir=tmp_path), lambda _: "demo-en", Hub()))
        except StoreError as error:
            said = str(error)
    assert damage in (nonsense_in_columns, unreadable_text) or str(file) in said
    assert str(tmp_path / "servers") not in said


@pytest.mark.parametrize("damage", [pages_zeroed, half, nonsense_in_columns, unreadable_text, lost_table])
def test_the_api_says_that_the_store_is_damaged(tmp_path, damage):
    file = filled(tmp_path)
    store = open_store(tmp_path)
    store.call("CA1")
    damage(file)
    store._engine.dispose()
    client = app_of(store).test_client()
    errors = []
    for path in (
        "/calls?limit=200",
        "/calls/CA20/sentences",
        "/calls/CA20/transcript.json",
        "/search?q=sentence",
    ):
        answer = client.get("/api" + path, headers={"Authorization": "Bearer the-token"})
        assert answer.status_code in (200, 503), path
        if answer.status_code == 503:
            errors.append(answer.get_json()["error"])
    assert errors
    assert all(str(file) in each and "calls rescue" in each for each in errors)
    store.close()


def test_while_the_store_is_damaged_calls_are_held_in_memory_and_the_user_is_told(tmp_path, notices):
    file = filled(tmp_path)
    store = open_store(tmp_path)
    whole = file.read_bytes()
    keep = writer(store)
    store._engine.dispose()
    file.write_bytes(b"x" * len(whole))
    keep(started("CA99"))
    keep(final("hello", call_id="CA99"))
    wait_until(lambda: notices)
    assert str(file) in notices[0]
    assert "calls rescue" in notices[0]
    assert notices[0].endswith("Calls go on; what they say waits in memory.")
    assert keep.queue.pending == 2
    file.write_bytes(whole)
    wait_until(lambda: keep.queue.pending == 0)
    assert [each.text for each in store.utterances("CA99")] == ["hello"]
    keep.close(5)
    store.close()


def test_a_store_that_is_removed_is_begun_anew_and_the_user_is_told(tmp_path, notices):
    file = filled(tmp_path, calls=2)
    store = open_store(tmp_path)
    keep = writer(store)
    keep(started("CA8"))
    keep(final("before", call_id="CA8"))
    wait_until(lambda: keep.queue.pending == 0)
    for each in tmp_path.glob("calls.sqlite3*"):
        each.unlink()
    client = app_of(store).test_client()
    assert str(file) in get(client, "/calls", 503)["error"]
    keep(final("hello", start=3.0, call_id="CA8"))
    wait_until(lambda: keep.queue.pending == 0)
    (notice,) = notices
    assert str(file) in notice
    assert "removed" in notice
    assert [call["call_id"] for call in get(client, "/calls")["calls"]] == ["CA8"]
    assert (
        run_calls(tmp_path, "export", "CA8").output == "[00:00:01] caller: before\n[00:00:03] caller: hello\n"
    )
    assert store.call("CA8").caller == "+15550001"
    keep.close(5)
    store.close()


def test_a_store_that_is_replaced_is_gone_on_with(tmp_path, notices):
    filled(tmp_path / "other", calls=1)
    filled(tmp_path, calls=2)
    store = open_store(tmp_path)
    keep = writer(store)
    (tmp_path / "other" / "calls.sqlite3").replace(tmp_path / "calls.sqlite3")
    keep(started("CA8"))
    wait_until(lambda: keep.queue.pending == 0)
    assert len(notices) == 1
    assert [call.call_id for call in store.page().calls] == ["CA8", "CA0"]
    keep.close(5)
    store.close()


def test_a_store_with_a_copy_in_its_place_has_nothing_twice(tmp_path, notices):
    store = open_store(tmp_path)
    keep = writer(store)
    keep(started("CA8"))
    keep(final("before", call_id="CA8"))
    wait_until(lambda: keep.queue.pending == 0)
    store.eraser.erase(60)  # what is in the log is in the file then
    shutil.copy(tmp_path / "calls.sqlite3", tmp_path / "copy")
    keep(final("between", start=2.0, call_id="CA8"))
    wait_until(lambda: keep.queue.pending == 0)
    (tmp_path / "copy").replace(tmp_path / "calls.sqlite3")
    keep(final("after", start=3.0, call_id="CA8"))
    keep(CallEnded("CA8", EndReason.HUNG_UP, 4.0))
    wait_until(lambda: keep.queue.pending == 0)
    assert len(notices) == 1
    assert [each.text for each in store.utterances("CA8")] == ["before", "between", "after"]
    assert keep._in_progress == {}
    keep.close(5)
    store.close()


def test_a_store_that_is_removed_is_noticed_though_nothing_happens(tmp_path, monkeypatch, notices):
    monkeypatch.setattr("local_stt.service.storage.STORE_CHECK_SECONDS", 0.1)
    with Storage(Settings(data_dir=tmp_path), lambda _: "m", Hub()) as writer:
        shutil.move(tmp_path / "calls.sqlite3", tmp_path / "elsewhere")
        wait_until(lambda: notices)
        assert str(tmp_path / "calls.sqlite3") in notices[0]
        wait_until(lambda: not writer.store.was_removed and not writer.pending)
        assert writer.store.page().calls == []
    assert len(notices) == 1


def test_a_deleted_call_does_not_come_back_with_a_new_store(tmp_path, notices):
    store = open_store(tmp_path)
    keep = writer(store)
    keep(started("CA8"))
    keep(final("secret", call_id="CA8"))
    wait_until(lambda: keep.queue.pending == 0)
    store.delete("CA8", at=1)
    keep(final("more", start=2.0, call_id="CA8"))
    wait_until(lambda: keep.queue.pending == 0)
    (tmp_path / "calls.sqlite3").unlink()
    keep(started("CA9"))
    wait_until(lambda: keep.queue.pending == 0)
    assert [call.call_id for call in store.page().calls] == ["CA9"]
    keep.close(5)
    store.close()


def test_what_was_kept_of_calls_in_progress_waits_until_the_new_store_can_be_written(tmp_path, notices):
    store = open_store(tmp_path / "data")
    keep = writer(store)
    keep(started("CA8"))
    keep(final("before", call_id="CA8"))
    wait_until(lambda: keep.queue.pending == 0)
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "data").write_text("in the way")
    keep(final("after", start=3.0, call_id="CA8"))
    wait_until(lambda: notices)
    (tmp_path / "data").unlink()
    wait_until(lambda: keep.queue.pending == 0)
    assert [each.text for each in store.utterances("CA8")] == ["before", "after"]
    keep.close(5)
    store.close()


def test_a_recording_that_cannot_be_read_is_a_sentence(tmp_path):
    filled(tmp_path, calls=1)
    recording = tmp_path / "recordings" / "CA0.wav"
    recording.mkdir(parents=True)  # which has a size, and cannot be read
    result = run_calls(tmp_path, "export", "CA0", "--format", "wav")
    assert result.exit_code == 2
    assert result.output.startswith("Error: ")
    assert str(recording) in result.output


@contextlib.contextmanager
def writing(file):
    """Another program that has the lock."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_reading_does_not_wait_for_the_lock(tmp_path, monkeypatch):
    monkeypatch.setattr("local_stt.store.transactions.BUSY_TIMEOUT_PRAGMA", "busy_timeout = 0")
    monkeypatch.setattr("local_stt.store.transactions.PRAGMAS", ("busy_timeout = 0",))
    file = filled(tmp_path, calls=1)
    with writing(file):
        for arguments in (["list"], ["show", "CA0"], ["search", "sentence"], ["export", "CA0"]):
            result = run_calls(tmp_path, *arguments)
            assert result.exit_code == 0, result.output
        store = open_store(tmp_path)  # nor does a server that starts
        assert get(app_of(store).test_client(), "/calls/CA0")
        store.close()


def test_nothing_is_made_where_there_is_nothing_to_read(tmp_path):
    assert "No calls are kept." in run_calls(tmp_path / "nothing", "list").output
    assert run_calls(tmp_path / "nothing", "show", "CA1").exit_code == 2
    assert not (tmp_path / "nothing").exists()


def test_who_only_reads_cannot_write(tmp_path):
    filled(tmp_path, calls=1)
    store = open_to_read(tmp_path)
    with pytest.raises(DatabaseError):
        store.delete("CA0", at=1)
    store.close()


READER = """
import os, sys
from pathlib import Path
import sqlalchemy.dialects.sqlite
from local_stt.store import open_to_read
if os.geteuid() == 0:  # whom nothing is forbidden
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
store = open_to_read(Path(sys.argv[1]))
print(len(store.page().calls), len(store.search("sentence")), store.call_with_utterances("CA0")[1][0].text)
store.close()
"""


@pytest.mark.parametrize("is_used", [False, True], ids=["at rest", "with a log"])
def test_a_store_that_may_only_be_read_is_read(tmp_path, is_used):
    """By a user who may not write there.  A log is there when a program was killed, or runs."""
    folder = tmp_path / "store"
    file = filled(folder, calls=2)
    copy = Path(tempfile.mkdtemp())  # pytest's own folders are closed to other users
    store = open_store(folder)
    if is_used:
        save_call(store, "CA9", "one more sentence")
    for each in (file, *([file.with_name(file.name + "-wal")] if is_used else [])):
        shutil.copyfile(each, copy / each.name)
        (copy / each.name).chmod(0o444)
    copy.chmod(0o555)
    store.close()
    read = subprocess.run(
        [sys.executable, "-c", READER, str(copy)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(copy)
    assert read.stdout.split(maxsplit=2) == [
        str(2 + is_used),
        str(20 + is_used),
        "this is sentence 0 of call 0\n",
    ], read.stderr


def test_who_may_only_read_a_postgresql_store_reads_it(tmp_path, postgres):
    import psycopg

    store = open_store(tmp_path, postgres)
    save_call(store, "CA1", "hello")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE ROLE reader LOGIN")
        connection.execute("ALTER ROLE reader SET default_transaction_read_only = on")
        connection.execute("GRANT USAGE ON SCHEMA public TO reader")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        try:
            read_only = open_to_read(tmp_path, postgres.replace("//postgres@", "//reader@"))
            assert [match.text for match in read_only.search("hello")] == ["hello"]
            assert read_only.call_with_utterances("CA1")[1]
            read_only.close()
        finally:
            store.close()
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            connection.execute("DROP ROLE reader")


def test_what_was_said_is_in_no_log(store, caplog):
    """This holds for everything that the store refuses."""
    keep = writer(store)
    caplog.set_level(logging.DEBUG)
    for name, error in (
        (
            "add_event",
            IntegrityError("INSERT", {"text": "xylophone"}, Exception("Failing row contains (xylophone)")),
        ),
        ("add_event", ValueError("xylophone")),
        ("start_call", OperationalError("INSERT", {}, Exception("the disk is full\nDETAIL: xylophone"))),
    ):
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(store, name, _raising(error))
            before = len(caplog.records)
            keep(final("xylophone") if name == "add_event" else started())
            wait_until(lambda before=before: len(caplog.records) > before)
    with pytest.raises(DatabaseError) as refused, store._engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES ('a')")
    assert "'xylophone'" not in str(refused.value)
    with pytest.raises(DatabaseError) as refused:
        store.start_call(started(None, caller="xylophone"), at=1, server="s", model="m")
    assert "xylophone" not in str(refused.value)
    keep.close(5)
    text = caplog.text
    assert "cannot be kept" in text
    assert "xylophone" not in text


def _raising(error):
    def fail(*_, **__):
        raise error

    return fail


class MissingTableError(Exception):
    sqlstate = "42P01"


class WrittenTwiceError(Exception):
    sqlite_errorname = "SQLITE_CONSTRAINT_UNIQUE"


@pytest.mark.parametrize(
    "error",
    [
        ProgrammingError("INSERT", {}, MissingTableError("relation does not exist")),
        IntegrityError("INSERT", {}, WrittenTwiceError("UNIQUE constraint failed")),
        StoreError("It is damaged."),
    ],
)
def test_an_event_is_not_given_up_for_an_error_that_passes(store, error, notices):
    keep = writer(store)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(store, "start_call", _raising(error))
        keep(started("CA1"))
        wait_until(lambda: notices)
    wait_until(lambda: keep.queue.pending == 0)
    assert store.call("CA1")
    keep.close(5)


def of_sqlite(code):
    """An error of SQLite, as its driver raises it."""
    error = sqlite3.OperationalError("it failed")
    error.sqlite_errorcode = code
    return DBAPIError.instance("INSERT", {}, error, sqlite3.Error)


def of_postgresql(state):
    """An error of PostgreSQL, as its driver raises it.  https://www.postgresql.org/docs/current/errcodes-appendix.html"""
    return DBAPIError.instance("INSERT", {}, psycopg.errors.lookup(state)("it failed"), psycopg.Error)


PASSING = [
    *(of_sqlite(code) for code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL)),
    *(of_sqlite(code) for code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)),
    *map(of_postgresql, ("08006", "08001")),  # a connection lost, or none
    *map(of_postgresql, ("25006", "40001", "40P01")),  # in recovery, and read only; undone; a deadlock
    *map(of_postgresql, ("53100", "53200", "53300")),  # no disk, no memory, too many connections
    *map(of_postgresql, ("55P03", "57014", "57P01", "57P02", "57P03")),  # locked, cancelled, down, starting
    *map(of_postgresql, ("58030", "XX000", "42P01", "42501")),  # of the system, of itself; a backup put back
    DBAPIError.instance("INSERT", {}, psycopg.OperationalError("the connection is closed"), psycopg.Error),
    PoolTimeoutError("no connection is free"),
    ConnectionResetError("reset"),
    MemoryError(),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_whatever_passes_is_waited_for(store, error):
    keep = writer(store)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(store, "start_call", _raising(error))
        with pytest.raises(NotWritableNow):
            keep._write((1, started("CA1")))
    keep._write((1, started("CA1")))
    assert store.call("CA1")
    keep.close(5)


@pytest.mark.parametrize("state", ["22001", "22021", "22P05", "22003", "23502", "23514"])
def test_data_that_no_store_takes_is_given_up(store, state):
    keep = writer(store)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(store, "start_call", _raising(of_postgresql(state)))
        with pytest.raises(NeverWritable):
            keep._write((1, started("CA1")))
    keep.close(5)
