"""The Twilio account, through the real twilio client against a stand-in API."""

import pytest

from local_stt.errors import TelephonyError
from local_stt.telephony.account import Account, choose_number
from local_stt.telephony.twiml import Streaming
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN, number, twilio_api


def account(api, token=AUTH_TOKEN, waited=None):
    """Waits for nothing, but remembers for how long it would have."""
    return Account(ACCOUNT_SID, token, api.url, sleep=(waited if waited is not None else []).append)


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
    ("status", "sentence"),
    [(403, "does not allow"), (404, "does not know"), (429, "too often"), (500, "answered 500")],
)
def test_what_twilio_refuses_is_one_sentence(api, status, sentence):
    api.failing = status
    with pytest.raises(TelephonyError, match=sentence):
        account(api).numbers()


def test_an_account_that_is_suspended_is_not_told_of_its_credentials(api):
    api.failing, api.code = 401, 20005
    for ask in (account(api).numbers, lambda: account(api).number("PN" + "1" * 32)):
        with pytest.raises(TelephonyError, match=r"has suspended this account \(error 20005\)"):
            ask()


MESSAGES_ONLY = {"voice": False, "sms": True, "mms": True, "fax": False}


def test_a_number_for_messages_only_is_no_choice_and_is_refused():
    with twilio_api(
        number("+15551110001", sid="PN1", capabilities=MESSAGES_ONLY),
        number("+15551110002", sid="PN2", capabilities={"voice": True, "sms": True}),
    ) as api:
        numbers = account(api).numbers()
    assert choose_number(numbers, "").number == "+15551110002"
    for available, wanted in ((numbers, "+15551110001"), (numbers[:1], "")):
        with pytest.raises(TelephonyError, match=r"\+15551110001 takes no calls, only messages"):
            choose_number(available, wanted)


def test_wrong_credentials_name_the_settings(api):
    with pytest.raises(TelephonyError, match="TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"):
        account(api, "wrong").numbers()


def test_a_twilio_that_cannot_be_reached_is_one_sentence():
    with pytest.raises(TelephonyError, match="could not be reached"):
        Account(ACCOUNT_SID, AUTH_TOKEN, "http://127.0.0.1:9", sleep=[].append).numbers()


def place(api, **options):
    return account(api, **options).place_call(
        to="+12025550123",
        caller="+15551110001",
        twiml="<Response/>",
        status_url="https://x/call-status",
        seconds=600,
    )


def test_a_call_is_placed_and_followed(api):
    sid = place(api)
    assert api.calls[sid]["To"] == "+12025550123"
    assert api.calls[sid]["TimeLimit"] == "600"
    api.calls[sid]["status"] = "in-progress"
    assert account(api).call_status(sid) == "in-progress"


def test_a_call_in_progress_is_streamed_here(api):
    sid = place(api)
    streaming = Streaming("wss://x/stream", "https://x/stream-status", "both_tracks", {"caller": "+1"})
    with pytest.raises(TelephonyError, match="not in-progress"):
        account(api).start_stream(sid, streaming)
    api.calls[sid]["status"] = "in-progress"
    account(api).start_stream(sid, streaming)
    (asked,) = api.streams
    assert (asked["Url"], asked["Track"]) == ("wss://x/stream", "both_tracks")
    assert (asked["Parameter1.Name"], asked["Parameter1.Value"]) == ("caller", "+1")


@pytest.mark.parametrize("status", [429, 500, 503, 0])
def test_a_question_is_asked_again_when_twilio_has_a_bad_moment(api, status):
    api.bad_moments = [status, status]
    waited = []
    assert len(account(api, waited=waited).numbers()) == 1
    assert len(waited) == 2


@pytest.mark.parametrize("status", [500, 0])
def test_a_call_that_may_have_been_placed_is_not_placed_again(api, status):
    api.bad_moments = [status]
    with pytest.raises(TelephonyError):
        place(api)
    assert len(api.requests) == 1


def test_asked_to_wait_it_waits_and_not_for_ever(api):
    api.bad_moments, api.retry_after = [429], "7"
    waited = []
    assert place(api, waited=waited).startswith("CA")
    assert waited == [7.0]
    api.bad_moments, api.retry_after = [429], "3600"
    with pytest.raises(TelephonyError, match="asked too often"):
        place(api)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_will_not_change_is_not_asked_again(api, status):
    api.bad_moments = [status]
    with pytest.raises(TelephonyError):
        account(api).numbers()
    assert len(api.requests) == 1
