"""Numbers are pointed at several hosts and put back, from any of them, after any failure in between."""

import contextlib

import pytest

from helpers.settings import settings_of
from local_stt.config.settings import StorageSettings
from local_stt.errors import SettingError, TelephonyError
from local_stt.service import wiring
from local_stt.store import open_store
from local_stt.telephony.account import Account
from local_stt.telephony.lasting_webhook import Notes, NotesInDatabase, NotesInFolder, unwire, wire
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, number, twilio_api

BEFORE, OURS, THEIRS = (
    "https://before.example/voice",
    "https://name.example/call",
    "https://colleague.example/",
)
SID = "PN" + "1" * 32
OTHER = "PN" + "2" * 32
NUMBER = "+15551110001"


class Hosts:
    """Several hosts, and where they keep notes: each call is made as by a program of its own."""

    def __init__(self, api, notes):
        self._api, self._notes = api, notes

    @property
    def account(self):
        return Account(ACCOUNT_SID, AUTH_TOKEN, self._api.url, sleep=[].append)

    def wire(self, url=OURS):
        with self._notes() as notes:
            return list(wire(self.account, self.account.numbers(), url, notes))

    def unwire(self, **options):
        with self._notes() as notes:
            return list(unwire(self.account, notes, **options))

    def noted(self):
        with self._notes() as notes:
            return notes.all()


@pytest.fixture
def notes(database_url, tmp_path):
    """Opens the notes as another program does: in the database that hosts share, or else in a folder."""

    @contextlib.contextmanager
    def opened():
        if not StorageSettings(database_url=database_url).is_shared:
            yield NotesInFolder(tmp_path / "wired")
            return
        with contextlib.closing(open_store(tmp_path, database_url)) as store:
            yield NotesInDatabase(store.wirings)

    return opened


@pytest.fixture
def hosts(api, notes):
    return Hosts(api, notes)


def voice(api, sid=SID):
    return api.numbers[sid]["voice_url"]


def test_a_number_is_pointed_at_all_hosts_and_put_back_from_any(api, hosts):
    record = api.numbers[SID]
    assert hosts.wire() == [f"{NUMBER} leads to {OURS}; before it led to {BEFORE}."]
    assert (record["voice_url"], record["voice_method"]) == (OURS, "POST")
    assert hosts.unwire() == [f"{NUMBER} leads to {BEFORE} again."]
    assert (record["voice_url"], record["voice_method"]) == (BEFORE, "GET")
    assert hosts.noted() == []


def test_what_is_done_already_is_said_and_not_done_again(api, hosts):
    hosts.wire()
    api.updates.clear()
    assert hosts.wire() == [f"{NUMBER} leads to {OURS} already; before `wire` it led to {BEFORE}."]
    hosts.unwire()
    assert hosts.unwire() == ["No number is wired: there is nothing to put back."]
    assert len(api.updates) == 1


def test_a_number_that_was_set_by_hand_is_left_alone(api, hosts):
    api.numbers[SID]["voice_url"] = OURS
    assert hosts.wire() == [f"{NUMBER} leads to {OURS} already, as somebody else has set it."]
    assert hosts.unwire() == ["No number is wired: there is nothing to put back."]
    assert api.updates == []


def test_the_original_outlives_a_new_address(api, hosts):
    hosts.wire()
    hosts.wire("https://new.example/call")
    assert voice(api) == "https://new.example/call"
    hosts.unwire()
    assert voice(api) == BEFORE


@pytest.mark.parametrize("changed", ["voice_url", "voice_application_sid"])
def test_what_somebody_else_has_changed_is_refused_until_it_is_forgotten(api, hosts, changed):
    hosts.wire()
    api.numbers[SID][changed] = THEIRS
    api.updates.clear()
    for command in (hosts.wire, hosts.unwire):
        if command is hosts.wire and changed == "voice_url":
            api.numbers[SID]["voice_method"] = "POST"
        with pytest.raises(TelephonyError, match=f"leads to {THEIRS}, as somebody .* it led to {BEFORE}"):
            command()
    assert [each.before.voice_url for each in hosts.noted()] == [BEFORE]
    (said,) = hosts.unwire(forget=True)
    assert "is left as it is" in said
    assert (api.updates, hosts.noted()) == ([], [])
    hosts.wire()
    hosts.unwire()
    assert api.numbers[SID][changed] == THEIRS


@pytest.mark.parametrize("step", ["before the change", "after it"])
def test_the_former_webhook_outlives_a_crash_in_any_step_of_wire(api, hosts, monkeypatch, step):
    change = Account.wire

    def crash(*arguments):
        if step == "after it":
            change(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(Account, "wire", crash)
        with pytest.raises(KeyboardInterrupt):
            hosts.wire()
    assert voice(api) == (OURS if step == "after it" else BEFORE)
    hosts.wire()
    assert voice(api) == OURS
    assert hosts.unwire() == [f"{NUMBER} leads to {BEFORE} again."]
    assert (voice(api), hosts.noted()) == (BEFORE, [])


def test_a_crash_between_the_steps_of_unwire_is_made_good_by_the_next(api, hosts, notes, monkeypatch):
    def crash(*_):
        raise KeyboardInterrupt

    hosts.wire()
    with notes() as kept:
        kind = type(kept)
    with monkeypatch.context() as crashing:
        crashing.setattr(kind, "forget", crash)
        with pytest.raises(KeyboardInterrupt):
            hosts.unwire()
    assert voice(api) == BEFORE
    assert hosts.unwire() == [f"{NUMBER} leads to {BEFORE} again."]
    assert hosts.noted() == []


def test_an_answer_of_twilio_that_is_lost_loses_nothing(api, hosts):
    api.refusing = 503
    with pytest.raises(TelephonyError):
        hosts.wire()
    api.refusing = None
    assert hosts.unwire() == [f"{NUMBER} leads to {BEFORE} again."]


def test_one_number_that_fails_keeps_no_other_from_it(notes):
    numbers = [number(NUMBER), number("+15551110002", sid=OTHER)]
    with twilio_api(*numbers) as api:
        hosts = Hosts(api, notes)
        hosts.wire()
        api.numbers[SID]["voice_url"] = THEIRS
        with pytest.raises(TelephonyError, match=r"\+15551110001 leads to"):
            hosts.unwire()
        assert (voice(api), voice(api, OTHER)) == (THEIRS, BEFORE)


def test_two_programs_do_not_change_numbers_at_once(api, hosts, notes):
    with notes() as kept, kept.locked(), pytest.raises(TelephonyError, match="Another `wire`"):
        hosts.wire()
    assert voice(api) == BEFORE
    hosts.wire()


def test_notes_that_cannot_be_read_or_kept_stop_before_a_number_is_touched(api, tmp_path):
    folder = tmp_path / "wired"
    hosts = Hosts(api, lambda: contextlib.nullcontext(NotesInFolder(folder)))
    folder.mkdir()
    (folder / f"{SID}.json").write_text("{")
    for command in (hosts.wire, hosts.unwire):
        with pytest.raises(TelephonyError, match="the note is damaged"):
            command()
    (tmp_path / "file").touch()
    hosts = Hosts(api, lambda: contextlib.nullcontext(NotesInFolder(tmp_path / "file")))
    with pytest.raises(TelephonyError, match="LOCAL_STT_DATA_DIR"):
        hosts.wire()
    assert api.updates == []


def test_every_kind_of_notes_is_tested():
    assert {each.__name__ for each in Notes.__subclasses__()} == {"NotesInFolder", "NotesInDatabase"}


def test_the_settings_say_which_numbers_and_where_to(api, tmp_path):
    def settings(**chosen):
        usual = {"account_sid": ACCOUNT_SID, "auth_token": AUTH_TOKEN, "api_url": api.url}
        return settings_of(**usual | {"public_url": "https://name.example", "data_dir": tmp_path} | chosen)

    with pytest.raises(SettingError, match="LOCAL_STT_PUBLIC_URL is not set"):
        list(wiring.wire(settings(public_url="")))
    with pytest.raises(SettingError, match="TWILIO_ACCOUNT_SID is not set"):
        list(wiring.unwire(settings(account_sid="")))
    with pytest.raises(TelephonyError, match="is not a number of the account"):
        list(wiring.wire(settings(phone_number="+15559999999")))
    assert len(list(wiring.wire(settings()))) == 1
    assert voice(api) == OURS
    list(wiring.unwire(settings(public_url="")))
    assert voice(api) == BEFORE
