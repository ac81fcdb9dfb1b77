"""Calls in a real database: SQLite, and PostgreSQL where it can be started."""

import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import func, select, update
from sqlalchemy import text as sql

from helpers.events import final, recording, save_call, started
from helpers.recordings import record
from helpers.spoken import spoken_final
from helpers.waiting import wait_until
from local_stt.config.settings import CallSettings, FormattingSettings
from local_stt.core.call_record import CallState, LineKind, Utterance
from local_stt.core.call_turns import CallTurns
from local_stt.core.captions import find_phrase
from local_stt.errors import BadQuery, NoSuchCall, NoSuchRecording, SettingError, StoreError
from local_stt.events import (
    Alert,
    AudioSetAside,
    CallEnded,
    CallStarted,
    DigitPressed,
    EndReason,
    FinalText,
    Gap,
    Token,
    Word,
)
from local_stt.formatters import Formatters
from local_stt.store import CallFilter, database, open_store, open_to_read
from local_stt.store.call_states import RESUME_TIMEOUT_MS
from local_stt.store.schema import alerts, calls, utterances


def test_a_call_is_kept_with_all_that_was_said(store):
    save_call(store, "CA1", "hello there", "good bye")
    call = store.call("CA1")
    assert (call.state, call.caller, call.callee, call.reason) == (
        "ended",
        "+15550001",
        "+15550002",
        "hung-up",
    )
    assert (call.started_at, call.ended_at, call.seconds, call.model) == (1000, 10_500, 9.5, "demo-en")
    assert call.tracks == ("inbound", "outbound")
    assert call.statistics[0]["lost"] == 2
    said = store.utterances("CA1")
    assert [(each.speaker, each.text, each.start) for each in said] == [
        ("caller", "hello there", 1.0),
        ("caller", "good bye", 11.0),
    ]
    assert said[0].words == final("hello there").words
    assert said[0].confidence == 0.9


def test_what_else_befell_a_call_is_kept_at_its_place(store):
    store.start_call(CallStarted("CA1", (), "+1", "+2", "outbound"), at=1000, server="s1", model="m")
    for notices in (
        final("hello"),
        DigitPressed("CA1", "inbound", "5", 2.5),
        Gap("CA1", 3.0, 5.5),
        AudioSetAside("CA1", "outbound", 6.0, 7.0),
    ):
        store.add_event(notices, at=2000)
    assert store.call("CA1").direction == "outbound"
    assert [(each.kind, each.speaker, each.start, each.text) for each in store.utterances("CA1")] == [
        (LineKind.SPEECH, "caller", 1.0, "hello"),
        (LineKind.DIGIT, "caller", 2.5, "pressed 5"),
        (LineKind.GAP, "", 3.0, "2.5 s of the call were not heard"),
        (LineKind.SET_ASIDE, "callee", 6.0, "1.0 s of audio could not be recognized"),
    ]


def test_a_call_in_progress_is_there_already(store):
    store.start_call(started(), at=1000, server="s1", model="m")
    store.add_event(final("hello"), at=2000)
    assert store.call("CA1").state is CallState.LIVE
    assert [each.text for each in store.utterances("CA1")] == ["hello"]


def test_a_call_whose_stream_begins_again_goes_on(store):
    save_call(store, "CA1", "hello", reason=EndReason.DISCONNECTED)
    assert not store.is_closed("CA1", at=20_000)
    assert store.start_call(started(), at=20_000, server="s2", model="m") == "CA1"
    assert store.call("CA1").state is CallState.LIVE
    assert store.call("CA1").started_at == 1000


@pytest.mark.parametrize(
    ("reason", "at"),
    [(EndReason.HUNG_UP, 20_000), *((reason, 10_500 + RESUME_TIMEOUT_MS + 1) for reason in EndReason)],
)
def test_a_call_that_is_over_is_not_changed_by_another_of_its_id(store, reason, at):
    save_call(store, "CA1", "hello", reason=reason)
    before = store.call_with_utterances("CA1")
    assert store.is_closed("CA1", at=at)
    assert [store.start_call(started(), at=at, server="s2", model="m") for _ in range(2)] == [
        "CA1-2",
        "CA1-3",
    ]
    late = at + RESUME_TIMEOUT_MS
    store.add_event(final("again"), at=late)
    store.end_call(CallEnded("CA1", EndReason.FAILED, 99.0), at=late)
    assert store.call_with_utterances("CA1") == before
    assert store.call("CA1-2").state is CallState.LIVE


def test_what_is_kept_of_a_file_or_a_recording_is_not_changed_by_a_call_of_its_id(store):
    said = [Utterance("speaker", 1.0, 2.4, "good bye", 0.9, final("good bye").words)]
    twilios = "RE" + "0" * 32
    for call in (recording(), replace(recording(), call_id=twilios, direction="inbound")):
        store.save_call(call, said)
        before = store.call_with_utterances(call.call_id)
        assert store.is_closed(call.call_id, at=100_000)
        kept_as = store.start_call(started(call.call_id), at=100_000, server="s1", model="m")
        assert kept_as == f"{call.call_id}-2"
        store.add_event(final("again", call_id=call.call_id), at=101_000)
        assert store.call_with_utterances(call.call_id) == before


def test_of_a_call_that_was_deleted_long_ago_nothing_is_kept_under_another_id_either(store):
    save_call(store, "CA1", "hello")
    store.delete("CA1", at=12_000)
    assert store.start_call(started(), at=900_000, server="s2", model="m") == "CA1"
    store.add_event(final("again"), at=900_000)
    assert store.call("CA1").state is CallState.DELETED
    assert len(store.page().calls) == 1


def test_a_deleted_call_whose_stream_begins_again_stays_deleted(store):
    save_call(store, "CA1", "hello")
    store.delete("CA1", at=1)
    store.start_call(started(), at=20_000, server="s2", model="m")
    store.add_event(final("again"), at=21_000)
    record(store, "CA1")
    call = store.call("CA1")
    assert (call.state, call.recorded) == (CallState.DELETED, False)
    assert store.page(CallFilter(state=CallState.LIVE)).calls == []
    assert store.utterances("CA1") == []
    with pytest.raises(NoSuchRecording):
        store.recording("CA1")


def test_an_interrupted_call_lasted_as_long_as_its_recording(store):
    store.start_call(started("CA1"), at=1000, server="killed", model="m")
    store.add_event(final("one two", call_id="CA1"), at=2000)
    record(store, "CA1", seconds=8)
    store.close_interrupted(["CA1"])
    assert (store.call("CA1").seconds, store.call("CA1").ended_at) == (8.0, 9000)


def test_reading_does_not_wait_for_whoever_writes(tmp_path):
    store = open_store(tmp_path)
    save_call(store, "CA1", "hello")
    with contextlib.closing(sqlite3.connect(tmp_path / "calls.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE calls SET caller = 'nobody'")
        assert store.page().calls[0].caller == "+15550001"
        assert [each.text for each in store.search("hello")] == ["hello"]
        assert store.call_with_utterances("CA1")[1][0].words
        other.execute("ROLLBACK")
    store.close()


@pytest.mark.parametrize("name", ["a #1?mode=memory&x%20y", "ünïcode", "/"])
def test_a_store_in_a_folder_of_any_name_is_read(tmp_path, name):
    folder = Path(f"/{tmp_path}") if name == "/" else tmp_path / name  # two slashes in front
    store = open_store(folder)
    save_call(store, "CA1", "hello")
    store.close()
    reader = open_to_read(folder)
    assert [match.text for match in reader.search("hello")] == ["hello"]
    reader.close()


def test_what_is_read_of_a_call_is_of_one_moment(store):
    """Or an utterance could come without its words."""
    save_call(store, "CA1", "hello")
    with store._reading.connect() as connection:
        count = select(func.count()).select_from(utterances)
        before = connection.execute(count).scalar_one()
        store.add_event(final("again", start=50.0), at=1)
        assert connection.execute(count).scalar_one() == before


def test_calls_of_a_killed_program_end_with_their_last_word(store):
    store.start_call(started("CA1"), at=1000, server="killed", model="m")
    store.add_event(final("one two", call_id="CA1"), at=2000)
    store.start_call(started("CA2"), at=2000, server="alive", model="m")
    (orphan,) = store.take_over(["killed"], "alive")
    assert (orphan.call_id, store.heard_seconds("CA1")) == ("CA1", 1.9)
    assert store.take_over(["killed"], "alive") == []
    store.close_interrupted(["CA1"])
    call = store.call("CA1")
    assert (call.reason, call.seconds, call.ended_at) == ("interrupted", 1.9, 2900)
    assert store.call("CA2").state is CallState.LIVE


def test_of_a_deleted_call_a_stub_is_left(store):
    save_call(store, "CA1", "a secret")
    store.delete("CA1", at=99_000)
    call = store.call("CA1")
    assert (call.state, call.deleted_at, call.caller, call.callee, call.statistics) == (
        CallState.DELETED,
        99_000,
        "",
        "",
        [],
    )
    assert store.utterances("CA1") == []
    assert store.search("secret") == []
    store.add_event(final("said too late", call_id="CA1"), at=99_500)
    assert store.utterances("CA1") == []
    assert store.delete("CA1", at=100_000).deleted_at == 99_000
    with pytest.raises(NoSuchCall):
        store.delete("CA9", at=1)


def test_pages_do_not_shift_while_calls_arrive(store):
    for number in range(7):
        save_call(store, f"CA{number}", at=1000 * number)
    first = store.page(limit=3)
    save_call(store, "CA7", at=7000)
    second = store.page(limit=3, before=first.older)
    store.delete("CA3", at=1)
    third = store.page(limit=3, before=second.older)
    ids = [[call.call_id for call in page.calls] for page in (first, second, third)]
    assert ids == [["CA6", "CA5", "CA4"], ["CA3", "CA2", "CA1"], ["CA0"]]
    assert third.older is None


def test_calls_are_found_by_number_time_and_state(store):
    save_call(store, "CA1", at=1000, caller="+1", callee="+2")
    save_call(store, "CA2", at=2000, caller="+2", callee="+3")
    store.start_call(started("CA3", "+3", "+4"), at=3000, server="s", model="m")
    save_call(store, "CA4", at=4000)
    store.delete("CA4", at=1)

    def found(**wanted):
        return [call.call_id for call in store.page(CallFilter(**wanted)).calls]

    assert found(number="+2") == ["CA2", "CA1"]
    assert found(since=2000, until=4000) == ["CA3", "CA2"]
    assert found(state=CallState.LIVE) == ["CA3"]
    assert found(state=CallState.ENDED) == ["CA2", "CA1"]
    assert found(state=CallState.DELETED) == ["CA4"]


def test_words_and_phrases_are_found_in_any_case_and_marked(store):
    save_call(store, "CA1", "press eight to continue", "eight to press")
    save_call(store, "CA2", "nothing of the kind")
    assert [match.text for match in store.search("PRESS eight")] == [
        "eight to press",
        "press eight to continue",
    ]
    (match,) = store.search('"press eight"')
    assert (match.call_id, match.speaker, match.started_at) == ("CA1", "caller", 1000)
    assert [match.text[start:end] for start, end in match.marks] == ["press eight"]
    assert len(store.search("eight", limit=1)) == 1
    assert store.search("press nothing") == []


@pytest.mark.parametrize(
    "query", ["eight OR nothing", "eight*", 'NOT "eight', "text:eight", "eight) --", "'; DROP TABLE calls"]
)
def test_a_query_is_words_and_nothing_else(store, query):
    save_call(store, "CA1", "press eight to continue")
    assert [match.text for match in store.search(query)] in ([], ["press eight to continue"])
    assert store.call("CA1")


@pytest.mark.parametrize("query", ["", " ", '""', "?!", " ".join("a" * 201)])
def test_a_query_without_words_or_with_too_many_is_refused(store, query):
    with pytest.raises(BadQuery):
        store.search(query)


SAID = [
    "the rendez-vous is at o'clock",
    "नमस्ते दुनिया",
    "impôt and istanbul",
    "전화번호를 다시 한 번 말씀 해 주세요",
    "straße zum krankenhausgarten",
    "東京 に 行き ます",
    "𐐨𐐩 ends",
    "今天 天气 很 好",
    "สวัสดี ครับ",
]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("rendez-vous", 0),
        ("RENDEZ vous", 0),
        ('"is at o\u2019clock"', 0),
        ("rend*", 0),
        ('"the rendez-v*"', 0),
        ("नमस्ते", 1),
        ("नम*", 1),
        ("impôt", 2),
        ("impo\u0302t", 2),
        ("IMPÔT", 2),
        ("İstanbul", 2),
        ("ISTANBUL", 2),
        ("전화번호*", 3),
        ("\u110c\u1165\u11ab\u1112\u116a*", 3),
        ('"다시 한 번"', 3),
        ("STRASSE", 4),
        ("kranken*", 4),
        ("東京", 5),
        ("東京に行きます", 5),
        ('"京に 行"', 5),
        ("行", 5),
        ("今天天气", 7),
        ("天气很*", 7),
        ("สวัสดีครับ", 8),
        ("𐐀𐐁", 6),
    ],
)
def test_every_search_gives_the_same_finds(store, query, number):
    """On all calls and on one, in SQLite and in PostgreSQL."""
    save_call(store, "CA1", *SAID)
    (match,) = store.search(query)
    assert match.text == SAID[number]
    assert match.marks
    (place,) = find_phrase(store.utterances("CA1"), query.strip('"'))
    assert place.words[0].text in SAID[number]


@pytest.mark.parametrize(
    "query", ["impot", "전화번호", "rendezvous", "vous rendez*", "krank", "नम", "京東", "気"]
)
def test_other_words_are_not_found(store, query):
    save_call(store, "CA1", *SAID)
    assert store.search(f'"{query}"') == []
    assert list(find_phrase(store.utterances("CA1"), query)) == []


def test_those_said_last_are_found_first_however_late_they_are_kept(store):
    save_call(store, "CA2", "hello february", "hello again", at=2_000_000)
    save_call(store, "CA1", "hello january", at=1_000_000, caller="sip:alice@example.com")
    assert [match.text for match in store.search("hello")] == [
        "hello again",
        "hello february",
        "hello january",
    ]
    assert [match.call_id for match in store.search("hello", number="sip:alice@example.com")] == ["CA1"]
    assert store.search("hello", number="client:bob") == []


def test_calls_are_listed_by_when_they_began_however_late_they_are_kept(store):
    for call_id, at in (("CA3", 3000), ("CA1", 1000), ("CA4", 3000), ("CA2", 2000)):
        save_call(store, call_id, at=at)
    first = store.page(limit=2)
    save_call(store, "CA0", at=2500)  # it began between two pages
    second = store.page(limit=2, before=first.older)
    third = store.page(limit=2, before=second.older)
    ids = [[call.call_id for call in page.calls] for page in (first, second, third)]
    assert ids == [["CA4", "CA3"], ["CA0", "CA2"], ["CA1"]]
    assert third.older is None


def test_a_store_of_a_later_version_is_left_alone(store, tmp_path, database_url):
    with store._engine.begin() as connection:
        connection.execute(sql("UPDATE schema_version SET number = 99"))
    with pytest.raises(StoreError, match="version 99"):
        open_store(tmp_path, database_url)


def test_the_scheme_of_a_store_may_be_in_capitals(tmp_path):
    open_store(tmp_path, f"SQLITE:///{tmp_path / 'calls.sqlite3'}").close()
    assert (tmp_path / "calls.sqlite3").exists()
    assert database._parsed("POSTGRES://a@b/c").drivername == "postgresql+psycopg"


def test_a_store_is_opened_again_as_it_was(store, tmp_path, database_url):
    save_call(store, "CA1", "hello")
    again = open_store(tmp_path, database_url)
    assert [each.text for each in again.utterances("CA1")] == ["hello"]
    again.close()


@pytest.mark.parametrize(
    "url",
    [
        *("mysql://x/y", "nonsense", "sqlite+nonsense:///x", "http://x", "sqlite:///~nosuchuser/x"),
        "postgresql://USER:PASSWORD@HOST:PORT/NAME",
    ],
)
def test_other_databases_are_refused_by_name_of_the_setting(tmp_path, url):
    with pytest.raises(SettingError, match="DATABASE_URL"):
        open_store(tmp_path, url)


def test_a_file_that_is_no_database_is_not_touched(tmp_path):
    file = tmp_path / "calls.sqlite3"
    file.write_text("my own notes, which are longer than a header would be. " * 10)
    with pytest.raises(StoreError, match="file is not a database"):
        open_store(tmp_path)
    assert file.read_text().startswith("my own notes")


def test_what_is_deleted_is_not_left_in_the_file(tmp_path):
    store = open_store(tmp_path)
    save_call(store, "CA1", "xylophone " * 50)
    save_call(store, "CA2", "good bye", at=9_000_000_000_000)
    files = lambda: b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.is_file())  # noqa: E731
    assert b"xylophone" in files()
    store.delete("CA1", at=1)
    assert b"xylophone" not in files()  # while the store is in use
    store.add_event(final("xylophone", call_id="CA2"), at=1)
    assert store.delete_before(9_000_000_000_001, at=2) == ["CA2"]
    assert b"xylophone" not in files()
    store.close()


def test_a_recording_is_kept_at_once_and_only_once(store):
    said = [Utterance("speaker", 1.0, 2.4, "good bye", 0.9, final("good bye").words)]
    assert store.save_call(recording(), said)
    assert not store.save_call(recording(caller="copy.wav"), said)
    assert store.call_with_utterances("file-1") == (replace(recording(), opening="good bye"), said)
    assert [match.call_id for match in store.search("bye")] == ["file-1"]
    assert len(store.page().calls) == 1


def test_a_recording_that_was_deleted_comes_back_when_it_is_kept_again(store):
    said = [Utterance("speaker", 1.0, 2.4, "good bye", 0.9, final("good bye").words)]
    store.save_call(recording(), said)
    store.delete("file-1", at=2000)
    assert store.call("file-1").state is CallState.DELETED
    assert store.save_call(recording(), said)
    assert store.call_with_utterances("file-1") == (replace(recording(), opening="good bye"), said)
    assert len(store.search("bye")) == 1


def test_a_database_of_another_program_is_left_as_it_is(tmp_path):
    file = tmp_path / "theirs.sqlite3"
    with contextlib.closing(sqlite3.connect(file)) as theirs:
        theirs.execute("CREATE TABLE calls (x)")
    with pytest.raises(StoreError, match=r"a table calls that is not local_stt's: set DATABASE_URL"):
        open_store(tmp_path, f"sqlite:///{file}")
    with contextlib.closing(sqlite3.connect(file)) as theirs:
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("calls",)]


def test_a_database_may_be_in_the_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    open_store(tmp_path / "data", "sqlite:///~/calls.db").close()
    assert (tmp_path / "calls.db").is_file()


@pytest.mark.parametrize("name", ["a?b=c", "a#b", "100%", "\udcff"])
def test_a_data_folder_may_have_any_name(tmp_path, name):
    with contextlib.closing(open_store(tmp_path / name)) as store:
        save_call(store, "CA1", "hello")
    assert (tmp_path / name / "calls.sqlite3").is_file()


def test_a_recording_that_cannot_be_deleted_keeps_no_other_from_being_deleted(store, caplog):
    for call_id in ("CA1", "CA2"):
        save_call(store, call_id, "hello")
        store.delete(call_id, at=1)
    store.recordings.path("CA1").mkdir(parents=True)  # in place of its file
    record(store, "CA2")
    store.delete_stray_recordings()
    assert not store.recordings.path("CA2").exists()
    assert "A recording of a deleted call stays" in caplog.text


def _spoken_number(store, at=1000):
    """Keep a call whose number is said in three groups, and return the turn that ends it."""
    english = Formatters(FormattingSettings(), CallSettings()).of_turns("en-US")
    call = CallTurns(english)
    store.start_call(CallStarted("CA1", ("inbound",)), at=at, server="", model="m")
    start = 0.0
    for group in ("my number is four one five", "five five five", "one two one two"):
        said = spoken_final(group, start)
        for event in call.read(said):
            if isinstance(event, FinalText):
                store.add_event(event, at=at)
        start = said.end + 0.6
    (turn, _) = call.read(CallEnded("CA1", EndReason.HUNG_UP, start))
    return turn


def test_a_turn_gives_its_lines_their_written_form_which_a_search_finds_too(store):
    turn = _spoken_number(store)
    assert store.search("415-555-1212") == []
    assert store.add_turn(turn, at=1000)
    (match,) = store.search("415-555-1212")
    assert match.text == "my number is four one five"
    assert match.formatted == "My number is 415-555-1212."
    assert [match.formatted[start:end] for start, end in match.formatted_marks] == ["415-555-1212"]
    assert [match.text[start:end] for start, end in match.marks] == ["four one five"]
    assert len(store.search('"four one five"')) == len(store.search("4155551212")) == 1
    lines = store.utterances("CA1")
    assert [len(line.tokens) for line in lines] == [4, 0, 0]
    assert lines[0].tokens[-1] == Token("415-555-1212.", 3, 13, "phone")
    store.delete("CA1", at=2000)
    assert store.search("415-555-1212") == []
    assert not store.add_turn(turn, at=1000)


def test_a_turn_whose_lines_are_not_all_there_changes_nothing(store):
    turn = _spoken_number(store)
    assert store.add_turn(replace(turn, words=turn.words[:-1]), at=1000)
    assert [line.tokens for line in store.utterances("CA1")] == [(), (), ()]


def test_a_call_that_is_saved_whole_keeps_its_written_form(store):
    line = Utterance("speaker", 0.0, 1.0, "four pm", 1.0, (Word("four", 0, 0.5, 1), Word("pm", 0.5, 1, 1)))
    record = recording("f1")
    store.save_call(record, [replace(line, tokens=(Token("4 p.m.", 0, 2, "time"),))])
    assert store.utterances("f1")[0].formatted == "4 p.m."


def test_letters_that_are_written_without_digits_are_kept_and_found(store):
    line = Utterance("speaker", 0.0, 1.0, "x n", 1.0, (Word("x", 0.0, 0.5, 1.0), Word("n", 0.5, 1.0, 1.0)))
    store.save_call(recording(), [replace(line, tokens=(Token("X N.", 0, 2, "letters"),))])
    assert [match.text for match in store.search("n")] == ["x n"]


def test_nothing_is_added_to_a_call_that_another_host_deletes_at_this_moment(stores):
    one, other = stores
    one.start_call(started(), at=1000, server="s1", model="demo-en")
    added = []

    def add():
        added.append(other.add_event(final("hello"), at=2000))
        added.append(other.add_alert(Alert("CA1", "greeting", "hello", "inbound", 1.0, 1.4), at=2000))

    adding = Thread(target=add)
    with one._engine.begin() as connection:
        row = one._row(connection, "CA1", for_update=True)
        adding.start()
        wait_until(lambda: has_waiting(one))
        connection.execute(update(calls).where(calls.c.id == row.id).values(deleted_at=2000, ended_at=2000))
    adding.join()
    assert added == [False, False]
    with one._engine.connect() as connection:
        for table in (utterances, alerts):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


def has_waiting(store):
    """Whether somebody waits for what another has locked."""
    with store._engine.connect() as connection:
        waiting = sql("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return connection.execute(waiting).scalar() > 0
