"""Calls placed from here, through a stand-in for Twilio."""

from local_stt.config.settings import CallSettings, LimitSettings, Settings
from local_stt.telephony.account import Account
from local_stt.telephony.call_flow import Addresses, CallFlow, phonebook_of
from local_stt.telephony.dial_limit import DialLimit
from local_stt.telephony.outbound import Dialer
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN

OURS = "+15551110001"
SOMEBODY, SOMEBODY_ELSE = "+12025550123", "+14155552671"


def dialer_of(api, folder, *, most_an_hour=10, answered=(), places=None):
    """Make the dialer of a program that is started with this data folder."""
    answering = CallFlow(
        CallSettings(), LimitSettings(), (), phonebook_of(Settings()), Addresses("https://name.example")
    )
    account = Account(ACCOUNT_SID, AUTH_TOKEN, api.url, sleep=[].append)
    limit = DialLimit(folder / "dialed.json", most_an_hour)
    return Dialer(account, answering, OURS, limit, answered, places)
