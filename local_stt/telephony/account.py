"""The Twilio account: its numbers, what they do when they are called, and its calls.

Sources: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource,
https://www.twilio.com/docs/voice/api/call-resource, https://www.twilio.com/docs/voice/api/stream-resource
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from twilio.rest import Client

from ..errors import TelephonyError
from .client import HttpClient, ask
from .twiml import MAX_PARAMETER_LETTERS, Streaming

PLACE_CALL_SENTENCES = {
    None: "Twilio did not answer, and the call may have been placed: look at the telephone, or at "
    "https://console.twilio.com, before you call again.",
    429: "Twilio is asked too often (429): wait a minute and call again.",
}
"""Messages for a call that could not be placed, by HTTP status or None"""

IN_PROGRESS = "in-progress"
"""Twilio's status of a call that was answered and goes on"""

CALL_COMPLETED = "completed"
"""Twilio's status of a call that was answered and is over"""


@dataclass(frozen=True, slots=True)
class Wiring:
    """A number's settings for incoming calls."""

    voice_url: str
    voice_method: str
    voice_application_sid: str
    """SID of a TwiML app, or empty; while a number has one, its voice URL is ignored"""

    def leads_to(self, url: str) -> bool:
        """Check whether calls lead to a voice URL."""
        return self.voice_url == url and not self.voice_application_sid

    def __str__(self) -> str:
        return self.voice_application_sid or self.voice_url or "nothing"


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A phone number of the account."""

    sid: str
    number: str
    wiring: Wiring
    trunk_sid: str
    """SID of a SIP trunk, or empty; while a number has one, Twilio asks no webhook"""
    takes_calls: bool = True
    """Whether it has voice; some numbers are for messages only"""


class Account:
    """A Twilio account.  Its methods raise `TelephonyError`, with the remedy, when Twilio refuses."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        api_url: str = "",
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._client = Client(account_sid, auth_token, http_client=HttpClient(api_url, sleep))

    def numbers(self) -> list[PhoneNumber]:
        """List the numbers of the account."""
        return [_phone_number(each) for each in ask(self._client.incoming_phone_numbers.list)]

    def number(self, sid: str) -> PhoneNumber:
        """Fetch a number as it is now."""
        return _phone_number(ask(self._client.incoming_phone_numbers(sid).fetch))

    def wire(self, sid: str, wiring: Wiring) -> None:
        """Change what a number does when it is called."""
        number = self._client.incoming_phone_numbers(sid)
        ask(
            number.update,
            voice_url=wiring.voice_url,
            voice_method=wiring.voice_method,
            voice_application_sid=wiring.voice_application_sid,
        )

    def place_call(self, *, to: str, caller: str, twiml: str, status_url: str, seconds: int) -> str:
        """Place a call that follows `twiml` and lasts at most `seconds`; return its SID.

        Twilio posts the status of the call to `status_url`.
        """
        placed = ask(
            self._client.calls.create,
            PLACE_CALL_SENTENCES,
            to=to,
            from_=caller,
            twiml=twiml,
            time_limit=seconds,
            status_callback=status_url,
            status_callback_method="POST",
            status_callback_event=["ringing", "answered", "completed"],
        )
        return str(placed.sid)

    def call_status(self, call_id: str) -> str:
        """Return Twilio's status of a call: `queued`, `ringing`, `in-progress`, `completed`, `busy` …"""
        return str(ask(self._client.calls(call_id).fetch).status)

    def hang_up(self, call_id: str) -> None:
        """End a call, even one that is still ringing."""
        ask(self._client.calls(call_id).update, status=CALL_COMPLETED)

    def start_stream(self, call_id: str, streaming: Streaming) -> None:
        """Have Twilio stream a call in progress here."""
        parameters: dict[str, Any] = {}
        for number, (name, value) in enumerate(streaming.parameters.items(), 1):
            parameters[f"parameter{number}_name"] = name
            parameters[f"parameter{number}_value"] = value[:MAX_PARAMETER_LETTERS]
        ask(
            self._client.calls(call_id).streams.create,
            url=streaming.url,
            track=streaming.track,
            status_callback=streaming.status_url,
            status_callback_method="POST",
            **parameters,
        )


def choose_number(numbers: list[PhoneNumber], wanted: str) -> PhoneNumber:
    """Return the number to answer: `wanted`, or if that is empty the only one.

    Raises `TelephonyError` when the account has no such number or several to choose from, and for a number
    whose calls never come here.
    """
    listed = ", ".join(each.number for each in numbers)
    if not numbers:
        raise TelephonyError("The Twilio account has no phone number: get one at https://console.twilio.com.")
    if wanted:
        for each in numbers:
            if each.number == wanted:
                return _usable(each)
        raise TelephonyError(
            f"{wanted} is not a number of the account, which has {listed}: "
            "change TWILIO_PHONE_NUMBER or phones.toml."
        )
    with_voice = [each for each in numbers if each.takes_calls]
    if len(with_voice) > 1:
        listed = ", ".join(each.number for each in with_voice)
        raise TelephonyError(
            f"The account has several numbers ({listed}): set TWILIO_PHONE_NUMBER to one of them."
        )
    return _usable(*with_voice or numbers[:1])


def _usable(number: PhoneNumber) -> PhoneNumber:
    """Return the number.  Raises `TelephonyError` for one whose calls never come here."""
    if not number.takes_calls:
        raise TelephonyError(
            f"{number.number} takes no calls, only messages: get a number with voice at "
            "https://console.twilio.com, or set TWILIO_PHONE_NUMBER to one."
        )
    if number.trunk_sid:
        raise TelephonyError(
            f"{number.number} belongs to a SIP trunk, which takes its calls before any webhook: "
            "take it off the trunk in the Twilio Console, or set TWILIO_PHONE_NUMBER to another."
        )
    return number


def _phone_number(record: Any) -> PhoneNumber:
    wiring = Wiring(record.voice_url or "", record.voice_method or "POST", record.voice_application_sid or "")
    can = record.capabilities if isinstance(record.capabilities, dict) else {}
    return PhoneNumber(
        record.sid, record.phone_number, wiring, record.trunk_sid or "", bool(can.get("voice", True))
    )
