"""Notes, tags and names of speakers in a real database."""

import pytest
from sqlalchemy import func, insert, select

from helpers.events import save_call, started
from local_stt.core.call_record import names_of
from local_stt.errors import AnnotationError, NoSuchCall
from local_stt.events import Alert
from local_stt.store.schema import alerts, calls, contacts, tags


@pytest.fixture
def call(store):
    save_call(store, "CA1", "hello there")
    return store


def test_what_is_written_on_a_call_is_kept_and_what_is_left_out_stays(call):
    call.annotations.change("CA1", note="Call back.\nOn Monday.", tags=["vip", "Übung"])
    call.annotations.change("CA1", speakers={"caller": "Ann", "callee": ""})
    found = call.call("CA1")
    assert (found.note, found.tags) == ("Call back.\nOn Monday.", ("vip", "Übung"))
    assert found.speakers == {"caller": "Ann"}
    call.annotations.change("CA1", note="", tags=[], speakers={})
    found = call.call("CA1")
    assert (found.note, found.tags, found.speakers) == ("", (), {})


def test_tags_that_differ_in_capitals_alone_are_one(call):
    call.annotations.change("CA1", tags=["VIP", "vip", "straße", "STRASSE", "b"])
    assert call.call("CA1").tags == ("VIP", "b", "straße")


@pytest.mark.parametrize(
    "written",
    [
        {"note": "x" * 20_001},
        {"note": "a\0b"},
        {"tags": ["a\nb"]},
        {"tags": ["x" * 61]},
        {"tags": [str(each) for each in range(31)]},
        {"speakers": {"caller": "a\u202eb"}},
        {"speakers": {"caller": "x" * 81}},
        {"speakers": {"nobody": "Ann"}},
    ],
)
def test_what_nobody_may_write_is_refused(call, written):
    with pytest.raises(AnnotationError):
        call.annotations.change("CA1", **written)
    call.annotations.change("CA1", tags=[" ", " a "], speakers={"caller": " "})
    assert (call.call("CA1").tags, call.call("CA1").speakers) == (("a",), {})


def test_all_labels_are_listed_once(call):
    save_call(call, "CA2", "hello")
    call.annotations.change("CA1", tags=["b", "a"])
    call.annotations.change("CA2", tags=["b"])
    for topic in ("refund", "anger", "refund"):
        call.add_alert(Alert("CA2", "inbound", topic, "money back", 1.0, 2.0), at=1)
    labels = call.annotations.labels()
    assert (labels.topics, labels.tags) == (["anger", "refund"], ["a", "b"])


def test_people_write_on_live_calls_but_not_on_deleted_ones(store):
    store.start_call(started("CA1"), at=1, server="s", model="m")
    store.annotations.change("CA1", note="angry")
    assert store.call("CA1").note == "angry"
    store.delete("CA1", at=2)
    with pytest.raises(AnnotationError):
        store.annotations.change("CA1", note="angry")
    for call_id in ("CA9", "CA\0"):
        with pytest.raises(NoSuchCall):
            store.annotations.change(call_id, note="angry")


def test_a_deleted_call_keeps_nothing_of_it(call):
    call.annotations.change("CA1", note="secret", tags=["vip"], speakers={"caller": "Ann"})
    call.add_alert(Alert("CA1", "inbound", "refund", "money back", 1.0, 2.0), at=1)
    left = call.delete("CA1", at=99_000)
    assert (left.note, left.tags, left.speakers, left.topics, left.badges) == ("", (), {}, (), [])
    with call._engine.connect() as connection:
        for table in (tags, alerts):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0
        assert connection.execute(select(calls.c.note, calls.c.speakers, calls.c.handling)).one() == (
            "",
            [],
            "",
        )


def test_names_are_those_of_the_call_before_those_of_contacts(call):
    with call._engine.begin() as connection:
        for number, name in (("+15550001", "Ann Smith"), ("+15550002", "Office")):
            connection.execute(insert(contacts).values(number=number, name=name))
    assert names_of(call.call("CA1")) == {"caller": "Ann Smith", "callee": "Office"}
    call.annotations.change("CA1", speakers={"caller": "Annie"})
    found = call.call("CA1")
    assert (found.caller_name, found.callee_name) == ("Ann Smith", "Office")
    assert names_of(found) == {"caller": "Annie", "callee": "Office"}
    assert names_of(call.delete("CA1", at=99_000)) == {}
