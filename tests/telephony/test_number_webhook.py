"""A number is pointed here and restored, after any failure in between; against a stand-in API."""

import json
import resource
from contextlib import contextmanager

import pytest

from helpers.notices import collected_notices
from local_stt.errors import TelephonyError, TunnelError
from local_stt.system.parts import Parts
from local_stt.telephony.account import Account
from local_stt.telephony.addresses import Addresses
from local_stt.telephony.number_webhook import NumberWebhook, put_back_leftovers
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, number, twilio_api

BEFORE = "https://before.example/voice"
OURS = "https://ours.example/call"
DEAD = "https://dead.example/call"
SID = "PN" + "1" * 32


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data" / "wired"


def account(api):
    return Account(ACCOUNT_SID, AUTH_TOKEN, api.url)


def wire(api, folder, url=OURS, sid=SID):
    addresses = Addresses(url.removesuffix("/call"))
    return Parts(NumberWebhook(account(api), account(api).number(sid), addresses, folder))


def left_by_a_killed_run(api, folder, url=DEAD, sid=SID, wired_too=True):
    """What is there after `kill -9` of a program that had pointed a number at `url`."""
    file = folder / f"{sid}.json"
    before = dict(api.numbers[sid])
    with wire(api, folder, url, sid):
        saved, after = file.read_text(), dict(api.numbers[sid])
    file.write_text(saved)
    api.numbers[sid].update(after if wired_too else before)
    api.updates.clear()


def leftovers(api, folder):
    """Restore what an earlier run left; return the notices."""
    with collected_notices() as notices:
        put_back_leftovers(folder, account(api))
    return notices


def voice(api, sid=SID):
    return api.numbers[sid]["voice_url"]


def test_a_number_is_pointed_here_and_put_back(api, folder):
    record = api.numbers[SID]
    with wire(api, folder):
        assert (record["voice_url"], record["voice_method"]) == (OURS, "POST")
        assert (folder / f"{SID}.json").exists()
    assert (record["voice_url"], record["voice_method"]) == (BEFORE, "GET")
    assert list(folder.iterdir()) == []


def test_a_twiml_app_is_taken_off_the_number_and_given_back(folder):
    """While a number has one, Twilio ignores its voice URL."""
    with twilio_api(number("+15551110001", voice_application_sid="AP1")) as api:
        with wire(api, folder):
            assert api.numbers[SID]["voice_application_sid"] is None
        assert api.numbers[SID]["voice_application_sid"] == "AP1"


def test_a_webhook_somebody_else_changed_meanwhile_is_left_alone(api, folder, caplog):
    with wire(api, folder):
        api.numbers[SID]["voice_url"] = "https://colleague.example/"
    assert voice(api) == "https://colleague.example/"
    assert "left as it is" in caplog.text
    assert list(folder.iterdir()) == []


def test_a_twiml_app_somebody_put_on_the_number_meanwhile_is_left_alone(api, folder, caplog):
    with wire(api, folder):
        api.numbers[SID]["voice_application_sid"] = "AP9"
    assert api.numbers[SID]["voice_application_sid"] == "AP9"
    assert "left as it is" in caplog.text


def test_a_run_after_a_killed_one_puts_back_the_original(api, folder):
    left_by_a_killed_run(api, folder)
    with wire(api, folder):
        assert voice(api) == OURS
    assert voice(api) == BEFORE


def test_the_original_outlives_a_killed_run_and_one_that_twilio_refused(api, folder):
    """The second run's address never came onto the number, and the third does not know the first's."""
    left_by_a_killed_run(api, folder)
    api.refusing = 503
    with pytest.raises(TelephonyError), wire(api, folder, "https://second.example/call"):
        pass
    api.refusing = None
    assert voice(api) == DEAD
    with wire(api, folder, "https://third.example/call"):
        pass
    assert voice(api) == BEFORE


def test_the_original_outlives_two_killed_runs_the_second_before_it_wired(api, folder):
    left_by_a_killed_run(api, folder)
    left_by_a_killed_run(api, folder, "https://second.example/call", wired_too=False)
    assert voice(api) == DEAD
    assert len(leftovers(api, folder)) == 1
    assert voice(api) == BEFORE


def test_two_numbers_share_a_folder(folder):
    other = "PN" + "2" * 32
    with twilio_api(number("+15551110001"), number("+15551110002", sid=other, voice_url="https://o/")) as api:
        with wire(api, folder):
            left_by_a_killed_run(api, folder, sid=other)
            assert len(leftovers(api, folder)) == 1
            assert (voice(api), voice(api, other)) == (OURS, "https://o/")
        assert voice(api) == BEFORE


def test_a_number_that_is_answered_already_is_refused(api, folder):
    with (
        wire(api, folder),
        pytest.raises(TelephonyError, match=r"\+15551110001 is answered by another"),
        wire(api, folder, "https://second.example/call"),
    ):
        pass
    assert voice(api) == BEFORE


def test_what_a_killed_run_left_is_put_back_and_said(api, folder):
    left_by_a_killed_run(api, folder)
    (notices,) = leftovers(api, folder)
    assert "+15551110001" in notices
    assert BEFORE in notices
    assert voice(api) == BEFORE
    assert list(folder.iterdir()) == []


def test_what_a_killed_run_had_not_changed_yet_needs_no_word(api, folder, caplog):
    left_by_a_killed_run(api, folder, wired_too=False)
    assert leftovers(api, folder) == []
    assert caplog.text == ""
    assert list(folder.iterdir()) == []


def test_without_credentials_it_warns_which_number_points_to_a_dead_address(api, folder, caplog, notices):
    left_by_a_killed_run(api, folder)
    put_back_leftovers(folder, None)
    assert notices == []
    assert "+15551110001" in caplog.text
    assert "TWILIO_AUTH_TOKEN" in caplog.text
    assert (folder / f"{SID}.json").exists()


def test_what_cannot_be_put_back_at_the_start_is_a_warning(api, folder, caplog):
    left_by_a_killed_run(api, folder)
    api.failing = 500
    assert leftovers(api, folder) == []
    assert "+15551110001 could not be put back" in caplog.text
    assert (folder / f"{SID}.json").exists()


def test_a_webhook_that_cannot_be_put_back_is_an_error_and_remembered(api, folder):
    with pytest.raises(TelephonyError, match=f"could not be put back to {BEFORE}"), wire(api, folder):
        api.failing = 500
    api.failing = None
    assert len(leftovers(api, folder)) == 1
    assert voice(api) == BEFORE


def test_what_went_wrong_before_is_told_too(api, folder):
    def lose_tunnel():
        api.failing = 500
        raise TunnelError("The tunnel is gone.")

    with pytest.raises(TelephonyError, match=r"tunnel is gone\. .* not be put back"), wire(api, folder):
        lose_tunnel()


def test_a_memory_that_cannot_be_read_is_ignored(api, folder, caplog):
    folder.mkdir(parents=True)
    (folder / f"{SID}.json").write_text("{")
    assert leftovers(api, folder) == []
    with wire(api, folder):
        pass
    assert "ignored" in caplog.text
    assert voice(api) == BEFORE


def test_a_memory_that_cannot_be_written_stops_before_the_number_is_touched(api, tmp_path):
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(TelephonyError, match="LOCAL_STT_DATA_DIR"), wire(api, tmp_path / "data" / "wired"):
        pass
    assert api.updates == []


def test_a_full_disk_leaves_the_memory_of_a_killed_run_whole(api, folder):
    left_by_a_killed_run(api, folder)
    before = json.loads((folder / f"{SID}.json").read_text())
    with full_disk(), pytest.raises(TelephonyError, match="LOCAL_STT_DATA_DIR"), wire(api, folder):
        pass
    assert [file.name for file in folder.iterdir()] == [f"{SID}.json"]
    assert json.loads((folder / f"{SID}.json").read_text()) == before
    assert api.updates == []


@contextmanager
def full_disk():
    """No file grows beyond ten bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
