"""The Twilio account, through the real twilio client against a stand-in API."""

import json
import logging

import pytest
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, number, twilio_api

from local_stt.errors import TelephonyError
from local_stt.telephony.account import Account, choose_number, wired

OURS = "https://ours.example/call"


@pytest.fixture
def api():
    with twilio_api(number("+15551110001")) as api:
        yield api


def account(api, token=AUTH_TOKEN):
    return Account(ACCOUNT_SID, token, api.url)


def test_the_only_number_of_the_account_is_chosen(api):
    assert choose_number(account(api).numbers(), "").number == "+15551110001"


def test_of_several_numbers_the_wanted_one_is_chosen_and_none_without_a_wish():
    with twilio_api(number("+15551110001", sid="PN1"), number("+15551110002", sid="PN2")) as api:
        numbers = account(api).numbers()
    assert choose_number(numbers, "+15551110002").sid == "PN2"
    with pytest.raises(TelephonyError, match=r"\+15551110001, \+15551110002.*TWILIO_PHONE_NUMBER"):
        choose_number(numbers, "")
    with pytest.raises(TelephonyError, match="TWILIO_PHONE_NUMBER is"):
        choose_number(numbers, "+15559999999")


def test_an_account_without_numbers_is_told_where_to_get_one():
    with pytest.raises(TelephonyError, match=r"console\.twilio\.com"):
        choose_number([], "")


def test_a_number_on_a_sip_trunk_is_refused():
    with (
        twilio_api(number("+15551110001", trunk_sid="TK1")) as api,
        pytest.raises(TelephonyError, match="SIP trunk"),
    ):
        choose_number(account(api).numbers(), "")


def test_a_number_is_pointed_here_and_put_back(api, tmp_path):
    memory = tmp_path / "data" / "wired.json"
    (chosen,) = account(api).numbers()
    with wired(account(api), chosen, OURS, memory):
        (record,) = api.numbers.values()
        assert (record["voice_url"], record["voice_method"]) == (OURS, "POST")
        assert memory.exists()
    assert (record["voice_url"], record["voice_method"]) == ("https://before.example/voice", "GET")
    assert not memory.exists()


def test_a_twiml_app_is_taken_off_the_number_and_given_back(tmp_path):
    """While a number has one, Twilio ignores its voice URL."""
    with twilio_api(number("+15551110001", voice_application_sid="AP1")) as api:
        (chosen,) = account(api).numbers()
        (record,) = api.numbers.values()
        with wired(account(api), chosen, OURS, tmp_path / "wired.json"):
            assert record["voice_application_sid"] is None
        assert record["voice_application_sid"] == "AP1"


def test_after_a_crash_the_next_run_puts_back_the_original(api, tmp_path):
    memory = tmp_path / "wired.json"
    crashed = wired(account(api), account(api).numbers()[0], "https://dead.example/call", memory)
    crashed.__enter__()
    (chosen,) = account(api).numbers()
    assert chosen.wiring.voice_url == "https://dead.example/call"
    with wired(account(api), chosen, OURS, memory):
        assert json.loads(memory.read_text())["before"]["voice_url"] == "https://before.example/voice"
    (record,) = api.numbers.values()
    assert record["voice_url"] == "https://before.example/voice"
    with pytest.raises(GeneratorExit):
        crashed.gen.throw(GeneratorExit)


def test_a_webhook_somebody_else_changed_meanwhile_is_left_alone(api, tmp_path, caplog):
    (chosen,) = account(api).numbers()
    (record,) = api.numbers.values()
    with wired(account(api), chosen, OURS, tmp_path / "wired.json"):
        record["voice_url"] = "https://colleague.example/"
    assert record["voice_url"] == "https://colleague.example/"
    assert "left as it is" in caplog.text


def test_a_webhook_that_cannot_be_put_back_is_told_and_remembered(api, tmp_path, caplog):
    (chosen,) = account(api).numbers()
    memory = tmp_path / "wired.json"
    with caplog.at_level(logging.ERROR), wired(account(api), chosen, OURS, memory):
        api.failing = 500
    assert "https://before.example/voice" in caplog.text
    assert memory.exists()


def test_a_broken_memory_is_ignored(api, tmp_path, caplog):
    memory = tmp_path / "wired.json"
    memory.write_text("{")
    with wired(account(api), account(api).numbers()[0], OURS, memory):
        pass
    assert "ignored" in caplog.text


def test_a_memory_that_cannot_be_written_stops_before_the_number_is_touched(api, tmp_path):
    (tmp_path / "data").write_text("a file where a folder should be")
    (chosen,) = account(api).numbers()
    with (
        pytest.raises(TelephonyError, match="LOCAL_STT_DATA_DIR"),
        wired(account(api), chosen, OURS, tmp_path / "data" / "wired.json"),
    ):
        pass
    assert api.updates == []


@pytest.mark.parametrize(
    ("status", "told"),
    [(403, "does not allow"), (404, "does not know"), (429, "too often"), (500, "answered 500")],
)
def test_what_twilio_refuses_is_one_sentence(api, status, told):
    api.failing = status
    with pytest.raises(TelephonyError, match=told):
        account(api).numbers()


def test_wrong_credentials_name_the_settings(api):
    with pytest.raises(TelephonyError, match="TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"):
        account(api, "wrong").numbers()


def test_a_twilio_that_cannot_be_reached_is_one_sentence():
    with pytest.raises(TelephonyError, match="could not be reached"):
        Account(ACCOUNT_SID, AUTH_TOKEN, "http://127.0.0.1:9").numbers()
