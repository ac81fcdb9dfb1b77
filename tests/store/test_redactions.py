"""The redacted parts of calls are kept with their text, in a real database, and go with it."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from helpers.events import final, recording, save_call, started
from helpers.jobs import second_passes
from local_stt.core.call_record import Edition, Utterance, utterance_of
from local_stt.events import CallEnded, EndReason, Redaction, Word
from local_stt.store import open_store, rescue
from local_stt.store.schema import redactions

NUMBER = Redaction("phone_number", 2.0, 2.4)
NAME = Redaction("person_name", 11.5, 12.4)


def redacted_finals():
    """Make the finals of a call in which two parts are redacted."""
    return [
        replace(final("call me [PHONE_NUMBER] please"), redactions=(NUMBER,)),
        final("hello", track="outbound", start=1.2),
        final("who is there", track="outbound", start=9.0),
        replace(final("it is [PERSON_NAME]", start=10.5), redactions=(NAME,)),
    ]


def keep_live(store, call_id="CA1"):
    """Keep a call with redacted parts, and a second pass over it that is wanted."""
    store.second_passes.subscribe(lambda _: True)
    store.start_call(started(call_id), at=1, server="s1", model="m")
    finals = [replace(each, call_id=call_id) for each in redacted_finals()]
    for each in finals:
        store.add_event(each, at=2)
    store.end_call(CallEnded(call_id, EndReason.DISCONNECTED, 20.0), at=3)
    return finals


def rows(store):
    """Count the redactions of all calls."""
    with store._engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(redactions)).scalar_one()


def test_each_line_has_its_redactions(store):
    finals = keep_live(store)
    assert store.utterances("CA1") == sorted(map(utterance_of, finals), key=lambda each: each.start)
    assert store.has_event(finals[0])


def test_lines_of_a_file_have_theirs(store):
    first, *_, last = redacted_finals()
    said = [replace(utterance_of(each), track="speaker") for each in (first, last)]
    assert store.save_call(recording(), said)
    assert store.utterances("file-1") == said


def test_a_line_that_cannot_be_kept_leaves_no_redaction(store):
    store.start_call(started(), at=1, server="s1", model="m")
    bad = replace(redacted_finals()[0], redactions=(NUMBER, Redaction("date", 1.0, None)))
    with pytest.raises(IntegrityError):
        store.add_event(bad, at=2)
    assert (rows(store), store.utterances("CA1")) == (0, [])


def test_both_editions_have_those_of_the_live_one(store):
    keep_live(store)
    better = [
        Utterance("inbound", 1.0, 1.9, "call me", 0.9, (Word("call", 1, 1.4, 0.9), Word("me", 1.5, 1.9, 0.9)))
    ]
    (job,) = second_passes(store)
    assert store.second_passes.keep(job, "large", better)
    shown = store.utterances("CA1")
    assert [(each.text, each.redactions) for each in shown] == [
        ("call me [PHONE_NUMBER]", (NUMBER,)),
        ("[PERSON_NAME]", (NAME,)),
    ]
    live = store.utterances("CA1", edition=Edition.LIVE)
    assert [each.redactions for each in live] == [(NUMBER,), (), (), (NAME,)]
    assert store.search("four") == []
    store.start_call(started("CA1"), at=4, server="s1", model="m")  # it goes on
    assert rows(store) == 2


def test_they_are_deleted_with_the_text(store):
    keep_live(store)
    (job,) = second_passes(store)
    store.second_passes.keep(job, "large", [])
    assert rows(store) == 4
    save_call(store, "CA2", "hello")
    store.add_event(replace(redacted_finals()[0], call_id="CA2"), at=2000)
    store.delete("CA1", at=9000)
    assert rows(store) == 1
    store.delete_before(99_000, at=100_000)
    assert rows(store) == 0


def test_they_are_rescued_and_those_of_deleted_calls_are_not(tmp_path):
    store = open_store(tmp_path)
    finals = keep_live(store)
    keep_live(store, "CA2")
    store.delete("CA2", at=9000)
    store.close()
    rescue(tmp_path, "", tmp_path / "new" / "calls.sqlite3")
    saved = open_store(tmp_path / "new")
    assert saved.utterances("CA1") == sorted(map(utterance_of, finals), key=lambda each: each.start)
    assert rows(saved) == 2
    saved.close()
