"""What is deleted is overwritten, also where a reader is in the way at first."""

import contextlib
import importlib
import re
import sqlite3
from pathlib import Path
from random import Random

import pytest

from helpers.api import TOKEN, app_of
from helpers.commands import run_calls
from helpers.events import save_call
from helpers.notices import collected_notices
from helpers.waiting import wait_until
from local_stt.config.settings import Settings
from local_stt.events import Alert, FinalText
from local_stt.hub import Hub
from local_stt.service.storage import Storage
from local_stt.store import Wanted, open_store
from local_stt.store.erasing import TABLES

SECRET = b"xylophone"


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr("local_stt.store.calls.ERASE_TIMEOUT", 0.0)
    monkeypatch.setattr(importlib.import_module("local_stt.cli.calls"), "ERASE_TIMEOUT", 0.0)
    monkeypatch.setattr("local_stt.store.erasing.BACKGROUND_RETRY_SECONDS", 0.1)


def is_on_disk(folder):
    return any(SECRET in file.read_bytes() for file in Path(folder).rglob("*") if file.is_file())


@contextlib.contextmanager
def reading(file):
    """Another program that reads the store as it is now."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM utterances").fetchone()
        yield


def test_a_deletion_is_finished_when_the_last_reader_has_ended(tmp_path, notices):
    store = open_store(tmp_path)
    save_call(store, "CA1", "xylophone " * 50)
    save_call(store, "CA2", "hello")
    client = app_of(store).test_client()
    with reading(tmp_path / "calls.sqlite3"):
        answer = client.delete("/api/calls/CA1", headers=TOKEN)
        assert answer.status_code == 202
        assert answer.get_json()["state"] == "deleted"
        assert is_on_disk(tmp_path)  # whoever reads may still need it
        assert "as soon as it has ended" in notices[0]
    wait_until(lambda: not store.eraser.pending)
    assert not is_on_disk(tmp_path)
    wait_until(lambda: notices[1:] == ["What was deleted is overwritten now."])
    assert client.delete("/api/calls/CA2", headers=TOKEN).status_code == 200
    store.close()


def test_the_command_says_what_is_left_and_finishes_it_when_it_is_given_again(tmp_path):
    store = open_store(tmp_path)
    save_call(store, "CA1", "xylophone " * 50)
    store.close()
    file = tmp_path / "calls.sqlite3"
    with reading(file):
        result = run_calls(tmp_path, "delete", "CA1", "--yes")
        assert (result.exit_code, "not overwritten" in result.output) == (2, True)
        assert is_on_disk(tmp_path)
    result = run_calls(tmp_path, "delete", "CA1")
    assert (result.exit_code, result.output) == (0, "CA1 is deleted already.\n")
    assert not is_on_disk(tmp_path)


def test_the_next_start_finishes_what_a_killed_program_could_not(tmp_path):
    store = open_store(tmp_path)
    save_call(store, "CA1", "xylophone " * 50)
    with reading(tmp_path / "calls.sqlite3"):
        store.delete("CA1", at=1)
        store.eraser._closing.set()  # as if it had been killed
        with (
            collected_notices() as notices,
            Storage(Settings(data_dir=tmp_path), lambda _: "demo-en", Hub()) as writer,
        ):
            assert writer.store.eraser.pending
    assert notices == []
    with Storage(Settings(data_dir=tmp_path), lambda _: "demo-en", Hub()) as writer:
        wait_until(lambda: not writer.store.eraser.pending)
        assert not is_on_disk(tmp_path)
    store.close()


@pytest.fixture
def of_postgres(tmp_path, postgres):
    import psycopg

    store = open_store(tmp_path, postgres)
    with psycopg.connect(postgres, autocommit=True) as connection:
        yield store, connection
    store.close()
    with psycopg.connect(postgres) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def test_postgresql_vacuums_what_was_deleted_and_gathers_no_samples_of_it(of_postgres):
    store, connection = of_postgres
    for number in range(50):
        save_call(store, f"CA{number}", "xylophone", caller="+15550009")
    connection.execute("ANALYZE")
    columns = connection.execute("SELECT attname FROM pg_stats WHERE schemaname = 'public'").fetchall()
    assert ("started_at",) in columns
    assert not {"text", "terms", "body", "caller", "callee"} & {name for (name,) in columns}
    for number in range(50):
        store.delete(f"CA{number}", at=1)
    assert not store.eraser.pending
    for table in ("utterances", "words"):
        assert connection.execute(f"SELECT pg_relation_size('{table}')").fetchone() == (0,)


SAID = re.compile(rb"q[0-9a-f]{16}|15550987")


def files_with_what_was_said(connection):
    """The files of a database, after a checkpoint, that have a random word in them, or the number."""
    connection.execute("CHECKPOINT")
    (folder,) = connection.execute("SHOW data_directory").fetchone()
    files = [file for file in Path(folder, "base").rglob("*") if file.is_file()]
    return [file.name for file in files if SAID.search(file.read_bytes())]


def random_words(count):
    """Words that PostgreSQL cannot compress."""
    return [f"q{Random(number).randbytes(8).hex()}" for number in range(count)]


def test_postgresql_has_deleted_words_in_no_file(of_postgres):
    """Nor numbers; beside calls that stay, and in long texts, the index and what waits to be posted too."""
    store, connection = of_postgres
    store.outbox.subscribe("somebody", {FinalText})
    words = random_words(1000)
    for number in range(20):
        save_call(store, f"CA{number}", "hello there")
        if number % 10 == 0:
            save_call(store, f"CB{number}", " ".join(words), *words[:10], caller="+15550987")
    connection.execute("ANALYZE")
    assert files_with_what_was_said(connection)
    for number in (0, 10):
        store.delete(f"CB{number}", at=1)
    wait_until(lambda: not store.eraser.pending)
    assert files_with_what_was_said(connection) == []
    assert [each.text for each in store.utterances("CA1")] == ["hello there"]
    assert len(store.search("hello")) == 20


def test_postgresql_has_nothing_in_a_file_that_people_wrote_on_a_deleted_call(of_postgres):
    store, connection = of_postgres
    words = random_words(40)
    for call_id in ("CA1", "CA2"):
        save_call(store, call_id, "hello there")
    for word in words:
        (heard,) = store.utterances("CA1")[0].words[:1]
        wanted = Wanted("inbound", round(heard.start * 1000), round(heard.end * 1000), word)
        store.corrections.add("CA1", wanted, at=10_000_000)
    store.annotations.change("CA1", note=" ".join(words), tags=words[:30], speakers={"caller": words[0]})
    store.add_alert(Alert("CA1", words[0], words[1], "inbound", 1.0, 1.4), at=10_000_000)
    connection.execute("ANALYZE")
    assert files_with_what_was_said(connection)
    store.delete("CA1", at=1)
    wait_until(lambda: not store.eraser.pending)
    assert files_with_what_was_said(connection) == []


def test_a_large_postgresql_store_is_vacuumed_only(of_postgres, monkeypatch):
    store, connection = of_postgres
    monkeypatch.setattr("local_stt.store.erasing.MAX_BYTES_REWRITTEN", 0)
    save_call(store, "CA1", "xylophone")
    store.delete("CA1", at=1)
    wait_until(lambda: not store.eraser.pending)
    vacuumed = (
        "SELECT count(*) FROM pg_stat_all_tables WHERE schemaname = 'public' AND last_vacuum IS NOT NULL"
    )
    assert connection.execute(vacuumed).fetchone() == (len(TABLES),)


def test_postgresql_waits_for_readers_too(of_postgres, postgres):
    import psycopg

    store, connection = of_postgres
    save_call(store, "CA1", "xylophone")
    with psycopg.connect(postgres) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT count(*) FROM utterances")
        store.delete("CA1", at=1)
        assert store.eraser.pending
        assert connection.execute("SELECT pg_relation_size('utterances')").fetchone() != (0,)
    wait_until(lambda: not store.eraser.pending)
    assert connection.execute("SELECT pg_relation_size('utterances')").fetchone() == (0,)
