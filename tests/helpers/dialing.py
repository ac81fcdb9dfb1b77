"""Calls placed from here, through a stand-in for Twilio."""

from local_stt.config.settings import CallSettings, LimitSettings, Settings
from local_stt.telephony.account import Account
from local_stt.telephony.addresses import Addresses
from local_stt.telephony.admission import Admission
from local_stt.telephony.call_flow import CallFlow, load_phonebook
from local_stt.telephony.dial_limit import FileDialLimit
from local_stt.telephony.outbound import Dialer
from stand_ins.twilio_api import ACCOUNT_SID, AUTH_TOKEN

OURS = "+15551110001"
SOMEBODY, SOMEBODY_ELSE = "+12025550123", "+14155552671"


def dialer_of(api, folder, *, max_per_hour=10, own_numbers=(), call_slots=None):
    """Make the dialer of a program that is started with this data folder."""
    call_flow = CallFlow(
        CallSettings(), LimitSettings(), (), load_phonebook(Settings()), Addresses("https://name.example")
    )
    admission = Admission(call_slots, call_flow.addresses) if call_slots else None
    account = Account(ACCOUNT_SID, AUTH_TOKEN, api.url, sleep=[].append)
    limit = FileDialLimit(folder / "dialed.json", max_per_hour)
    return Dialer(account, call_flow, OURS, limit, own_numbers, admission)
