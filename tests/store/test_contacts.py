"""Contacts in a real database of either kind."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from helpers.events import save_call
from local_stt.core.contacts import Contact
from local_stt.errors import ContactsError

ANN, BOB = Contact("+12025550123", "Ann"), Contact("+493012345678", "bob")


def test_contacts_are_added_changed_and_removed(store):
    contacts = store.contacts
    assert contacts.all() == []
    assert contacts.save([BOB, ANN]) == (2, 0)
    assert contacts.all() == [ANN, BOB]
    assert contacts.save([Contact(ANN.number, "Zoë"), BOB]) == (0, 1)
    assert [each.name for each in contacts.all()] == ["bob", "Zoë"]
    assert contacts.names([ANN.number, "+1555"]) == {ANN.number: "Zoë"}
    assert contacts.remove(ANN.number)
    assert not contacts.remove(ANN.number)
    assert contacts.all() == [BOB]
    assert contacts.save([]) == (0, 0)


def test_there_are_not_too_many(store, monkeypatch):
    monkeypatch.setattr("local_stt.store.contacts.MAX_CONTACTS", 3)
    monkeypatch.setattr("local_stt.store.contacts.MAX_AT_ONCE", 2)
    many = [Contact(f"+1202555012{digit}", "x") for digit in range(4)]
    with pytest.raises(ContactsError, match="There would be 4 contacts, and 3 are kept at most"):
        store.contacts.save(many)
    assert store.contacts.all() == []
    store.contacts.save(many[:3])
    assert store.contacts.save([Contact(many[0].number, "y")]) == (0, 1)


def test_two_programs_may_give_a_number_a_name_at_the_same_time(store):
    together = Barrier(2)

    def save(name):
        together.wait()
        return store.contacts.save([Contact(ANN.number, name)])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(save, ["Ann", "Anna"]))
    assert store.contacts.all()[0].name in ("Ann", "Anna")


def test_a_contact_stays_when_its_calls_are_deleted(store):
    save_call(store, "CA1", "hello", caller=ANN.number)
    store.contacts.save([ANN])
    store.delete("CA1", at=2000)
    assert store.contacts.all() == [ANN]


def test_a_removed_contact_is_overwritten(store, tmp_path):
    if store._engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL has its files elsewhere; its tables are rewritten as those of calls are")
    store.contacts.save([Contact(ANN.number, "Xylophone")])
    store.contacts.remove(ANN.number)
    assert not any(b"Xylophone" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
