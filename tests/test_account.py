"""The Twilio account, through the real twilio client against a stand-in API."""

import pytest
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, number, twilio_api

from local_stt.errors import TelephonyError
from local_stt.telephony.account import Account, choose_number


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
    with pytest.raises(TelephonyError, match="change TWILIO_PHONE_NUMBER"):
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
