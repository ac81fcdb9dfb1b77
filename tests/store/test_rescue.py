"""What can be read of a damaged store is saved, and what is lost is said."""

import contextlib
import os
import random
import shutil
import sqlite3
from dataclasses import replace

import pytest
from sqlalchemy import insert

from helpers.commands import run_calls
from helpers.damage import (
    PAGE,
    empty_in_its_place,
    filled,
    half,
    header_broken,
    pages_zeroed,
    text_in_its_place,
)
from helpers.events import final, save_call, started
from local_stt.core.call_record import CallState
from local_stt.core.contacts import Contact
from local_stt.events import Alert
from local_stt.store import Wanted, open_store, rescue
from local_stt.store.pages import Pages
from local_stt.store.schema import contacts

CALLS, LINES = 40, 10


def contents(store):
    """All calls with what was said."""
    return {call.call_id: store.call_with_utterances(call.call_id) for call in store.page(limit=200).calls}


@pytest.fixture
def whole(tmp_path):
    """A store with a deleted call, a long line, and lines with fields that the oldest version lacks."""
    file = filled(tmp_path, CALLS)
    store = open_store(tmp_path)
    save_call(store, "CA-long", "long " * 5000 + "rendez-vous", at=99_000)
    save_call(store, "CA-deleted", "xylophone", at=99_500)
    store.delete("CA-deleted", at=100_000)
    before = contents(store)
    store.close()
    return file, before


def rescued_from(folder):
    into = folder / "new" / "calls.sqlite3"
    rescued = rescue(folder, "", into)
    store = open_store(folder / "new")
    found = contents(store)
    spoken = [each.text for _, said in found.values() for each in said]
    assert len(store.search("rendez-vous")) == sum("rendez-vous" in text for text in spoken)
    save_call(store, "CA-new", "it goes on", at=200_000)
    store.close()
    return rescued, found


def test_contacts_are_saved(tmp_path, whole):
    known = [Contact("+12025550123", "Ann"), Contact("sip:bob@example.com", "Bob")]
    with contextlib.closing(open_store(tmp_path)) as store:
        store.contacts.save(known)
    said = run_calls(tmp_path, "rescue", str(tmp_path / "new" / "calls.sqlite3")).stdout
    assert "2 contacts were saved." in said.splitlines()
    with contextlib.closing(open_store(tmp_path / "new")) as store:
        assert store.contacts.all() == known


def test_of_a_whole_store_nothing_is_lost(tmp_path, whole):
    _, before = whole
    rescued, found = rescued_from(tmp_path)
    assert found == before
    assert (rescued.calls, rescued.lines, rescued.deleted_calls) == (CALLS + 2, CALLS * LINES + 1, 1)
    assert (rescued.lost_calls, rescued.nameless, rescued.untimed_lines) == (0, [], 0)


def test_what_is_in_the_log_is_saved_and_what_was_not_finished_is_not(tmp_path):
    folder = tmp_path / "killed"
    folder.mkdir()
    store = open_store(tmp_path)
    save_call(store, "CA1", "hello")
    store.start_call(started("CA2"), at=2000, server="s", model="m")
    store.add_event(final("in progress", call_id="CA2"), at=3000)
    for ending in ("", "-wal"):
        shutil.copyfile(tmp_path / f"calls.sqlite3{ending}", folder / f"calls.sqlite3{ending}")
    store.close()
    _, found = rescued_from(folder)
    assert [(call, said[0].text) for call, (_, said) in found.items()] == [
        ("CA2", "in progress"),
        ("CA1", "hello"),
    ]
    assert found["CA2"][0].state is CallState.ENDED


@pytest.mark.parametrize("damage", [pages_zeroed, half, header_broken])
def test_what_is_saved_is_as_it_was_and_what_is_lost_is_counted(tmp_path, whole, damage):
    file, before = whole
    damage(file)
    rescued, found = rescued_from(tmp_path)
    own = {call_id: each for call_id, each in found.items() if call_id in before}
    assert rescued.calls == len(found)
    assert rescued.calls + rescued.lost_calls >= len(found)
    assert set(found) - set(own) == set(rescued.nameless)
    for call_id, (call, said) in own.items():
        assert replace(call, opening="") == replace(before[call_id][0], opening="")  # its lines may be lost
        texts = [each.text for each in before[call_id][1]]
        assert all(each.text in texts for each in said)
    lines = sum(len(said) for _, said in found.values())
    assert lines == rescued.lines > CALLS
    if damage is header_broken:
        assert own == before


def test_any_broken_page_costs_only_what_is_on_it(tmp_path):
    """Also one that leads SQLite to others."""
    calls = 12  # as each page is broken, and all are read each time
    content = filled(tmp_path, calls).read_bytes()
    dice = random.Random(1)
    for number in range(len(content) // PAGE):
        folder = tmp_path / str(number)
        folder.mkdir()
        broken = bytearray(content)
        broken[number * PAGE : (number + 1) * PAGE] = dice.randbytes(PAGE)
        (folder / "calls.sqlite3").write_bytes(broken)
        with contextlib.closing(Pages(folder / "calls.sqlite3", folder / "none")) as pages:
            said = [row for row in pages.rows() if "sentence" in str(row.values)]
        assert len(said) >= calls * LINES - 60


@pytest.mark.parametrize("seed", range(5))
def test_flipped_bits_never_stop_it(tmp_path, whole, seed):
    file, _ = whole
    dice, content = random.Random(seed), bytearray(file.read_bytes())
    for _ in range(500):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    file.write_bytes(content)
    rescued, found = rescued_from(tmp_path)
    assert len(found) == rescued.calls > CALLS // 2


def test_nothing_of_a_deleted_call_comes_back(tmp_path, whole):
    file, _ = whole
    with contextlib.closing(sqlite3.connect(file)) as other:  # which overwrites nothing
        other.execute(
            "INSERT INTO utterances SELECT 9999, id, 'inbound', 0, 1, 'xylophone', 1, 'speech', 1, '', NULL"
            " FROM calls WHERE call_id = 'CA-deleted'"
        )
        other.commit()
    _, found = rescued_from(tmp_path)
    assert found["CA-deleted"][1] == []


@pytest.mark.parametrize("damage", [text_in_its_place, empty_in_its_place, os.unlink])
def test_where_nothing_can_be_read_that_is_said_and_no_file_is_made(tmp_path, whole, damage):
    file, _ = whole
    damage(file)
    result = run_calls(tmp_path, "rescue", str(tmp_path / "new.sqlite3"))
    assert result.exit_code == 2
    assert str(file) in result.output
    assert not (tmp_path / "new.sqlite3").exists()


def test_the_command_says_what_became_of_them(tmp_path, whole):
    file, _ = whole
    half(file)
    before = file.read_bytes()
    new = tmp_path / "new.sqlite3"
    result = run_calls(tmp_path, "rescue", str(new))
    assert result.exit_code == 0, result.output
    assert "calls with" in result.output
    assert "lines are missing" in result.output
    assert file.read_bytes() == before
    assert new.stat().st_mode & 0o077 == 0
    again = run_calls(tmp_path, "rescue", str(new))
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_what_people_have_written_is_saved(tmp_path):
    store = open_store(tmp_path)
    save_call(store, "CA1", "my name is hansen", "good bye")
    save_call(store, "CA2", "hello")
    store.corrections.add("CA1", Wanted("inbound", 2500, 2900, "Hanssen"), at=50_000)
    store.corrections.add("CA1", Wanted("inbound", 11_000, 11_900, ""), at=50_000)
    store.annotations.change("CA1", note="call back", tags=["vip", "b"], speakers={"caller": "Ann"})
    store.annotations.change("CA2", note="secret", tags=["secret"])
    store.add_alert(Alert("CA1", "inbound", "refund", "money back", 1.0, 2.0), at=1)
    with store._engine.begin() as connection:
        connection.execute(insert(contacts).values(number="+15550001", name="Ann Smith"))
    store.wirings.save("PN1", {"voice_url": "https://example.com"})
    store.delete("CA2", at=60_000)
    call, said = store.call_with_utterances("CA1")
    store.close()
    _, found = rescued_from(tmp_path)
    assert found["CA1"] == (call, [replace(line, tokens=()) for line in said])
    assert (call.note, call.tags, call.topics) == ("call back", ("b", "vip"), ("refund",))
    assert (call.caller_name, call.speakers) == ("Ann Smith", {"caller": "Ann"})
    assert (found["CA2"][0].note, found["CA2"][0].tags) == ("", ())
