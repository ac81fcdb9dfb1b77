"""The Twilio account: its numbers, what they do when they are called, and its calls.

Sources: https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource,
https://www.twilio.com/docs/voice/api/call-resource, https://www.twilio.com/docs/voice/api/stream-resource
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ..errors import TelephonyError
from .twiml import LONGEST_PARAMETER, Streaming

SECONDS_TO_ANSWER = 15.0

SECONDS_BETWEEN_TRIES = (0.5, 2.0)
"""When Twilio has a bad moment"""

LONGEST_RETRY_AFTER = 30.0
"""Seconds that Twilio may ask us to wait; if it is more, the user is told"""

IN_PROGRESS = "in-progress"
"""The status of a call on which somebody can be heard"""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a number does when it is called."""

    voice_url: str
    voice_method: str
    voice_application_sid: str
    """A TwiML app; while a number has one, its voice URL is ignored"""


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number of the account."""

    sid: str
    number: str
    wiring: Wiring
    trunk_sid: str
    """A SIP trunk; while a number has one, webhooks are never asked"""


class Account:
    """A Twilio account.  Raises `TelephonyError`, with the remedy, when Twilio refuses."""

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        api_url: str = "",
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._client = Client(account_sid, auth_token, http_client=_HttpClient(api_url, sleep))

    def numbers(self) -> list[PhoneNumber]:
        """Every number of the account."""
        return [_phone_number(each) for each in self._ask(self._client.incoming_phone_numbers.list)]

    def number(self, sid: str) -> PhoneNumber:
        """A number as it is now."""
        return _phone_number(self._ask(self._client.incoming_phone_numbers(sid).fetch))

    def wire(self, sid: str, wiring: Wiring) -> None:
        """Change what a number does when it is called."""
        number = self._client.incoming_phone_numbers(sid)
        self._ask(
            number.update,
            voice_url=wiring.voice_url,
            voice_method=wiring.voice_method,
            voice_application_sid=wiring.voice_application_sid,
        )

    def call(self, *, to: str, caller: str, twiml: str, status_url: str, seconds: int) -> str:
        """Place a call that does what `twiml` says and lasts so long at most; its SID.

        `status_url` is told what becomes of it.
        """
        placed = self._ask(
            self._client.calls.create,
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
        """What a call is doing: `queued`, `ringing`, `in-progress`, `completed`, `busy` …"""
        return str(self._ask(self._client.calls(call_id).fetch).status)

    def stream(self, call_id: str, streaming: Streaming) -> None:
        """Have a call in progress streamed here."""
        parameters = {}
        for number, (name, value) in enumerate(streaming.parameters.items(), 1):
            parameters[f"parameter{number}_name"] = name
            parameters[f"parameter{number}_value"] = value[:LONGEST_PARAMETER]
        self._ask(
            self._client.calls(call_id).streams.create,
            url=streaming.url,
            track=streaming.track,
            status_callback=streaming.status_url,
            status_callback_method="POST",
            **parameters,
        )

    def _ask(self, call: Callable[..., Any], **arguments: Any) -> Any:
        try:
            return call(**arguments)
        except (TwilioException, requests.RequestException, ValueError) as error:
            raise TelephonyError(_explained(error)) from error


def choose_number(numbers: list[PhoneNumber], wanted: str) -> PhoneNumber:
    """The number to answer: the one asked for, or the only one.

    Raises `TelephonyError` that lists the numbers when that does not settle it.
    """
    listed = ", ".join(each.number for each in numbers)
    if not numbers:
        raise TelephonyError("The Twilio account has no phone number: get one at https://console.twilio.com.")
    if wanted:
        for each in numbers:
            if each.number == wanted:
                return _webhooks_work(each)
        raise TelephonyError(
            f"{wanted} is not a number of the account, which has {listed}: "
            "change TWILIO_PHONE_NUMBER or phones.toml."
        )
    if len(numbers) > 1:
        raise TelephonyError(
            f"The account has several numbers ({listed}): set TWILIO_PHONE_NUMBER to one of them."
        )
    return _webhooks_work(numbers[0])


def _webhooks_work(number: PhoneNumber) -> PhoneNumber:
    if number.trunk_sid:
        raise TelephonyError(
            f"{number.number} belongs to a SIP trunk, which takes its calls before any webhook: "
            "take it off the trunk in the Twilio Console, or set TWILIO_PHONE_NUMBER to another."
        )
    return number


def _phone_number(record: Any) -> PhoneNumber:
    wiring = Wiring(record.voice_url or "", record.voice_method or "POST", record.voice_application_sid or "")
    return PhoneNumber(record.sid, record.phone_number, wiring, record.trunk_sid or "")


def _explained(error: Exception) -> str:
    match _status(error):
        case None:
            return (
                f"Twilio could not be reached ({type(error).__name__}): check the network, "
                "or run with --no-wire and set the number's voice webhook in the Twilio Console."
            )
        case 401:
            return (
                "Twilio refused the credentials (401): TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN must be "
                "those shown at https://console.twilio.com."
            )
        case 403:
            return "Twilio does not allow this account to do that (403): see https://console.twilio.com."
        case 404:
            return (
                "Twilio does not know it (404): it may be over, or TWILIO_ACCOUNT_SID is that of another "
                "account."
            )
        case 400:
            return f"Twilio does not take it (400): {getattr(error, 'msg', error)}."
        case 429:
            return "Twilio is asked too often (429): wait a minute and start again."
        case status:
            return f"Twilio answered {status}: try again, and see https://status.twilio.com."


def _status(error: Exception) -> int | None:
    """The HTTP status in what twilio raises: it differs between one record and a list of them."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        return int(error.status)
    response = error.args[1] if len(error.args) > 1 else None
    return response.status_code if isinstance(response, Response) else None


class _HttpClient(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's client with a time-out, with another address for the API if one is set, and with patience."""

    def __init__(self, api_url: str, sleep: Callable[[float], object]) -> None:
        super().__init__(timeout=SECONDS_TO_ANSWER)
        self._api = urlsplit(api_url) if api_url else None
        self._sleep = sleep

    def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Response:
        if self._api:
            url = urlunsplit(urlsplit(url)._replace(scheme=self._api.scheme, netloc=self._api.netloc))
        for default in SECONDS_BETWEEN_TRIES:
            wait: float | None = default
            try:
                response = super().request(method, url, *arguments, **options)
            except (requests.ConnectionError, requests.Timeout):
                if not _may_be_repeated(method):
                    raise
            else:
                wait = _seconds_to_wait(method, response, default)
            if wait is None:
                return response
            self._sleep(wait)
        return super().request(method, url, *arguments, **options)


def _may_be_repeated(method: str) -> bool:
    """A change that was not answered may have happened: a call must not be placed twice."""
    return method.upper() == "GET"


def _seconds_to_wait(method: str, response: Response, default: float) -> float | None:
    """Before the request is tried again; None if it should not be."""
    if response.status_code == 429:  # nothing has happened, whatever it was
        asked = str((response.headers or {}).get("Retry-After", ""))
        wait = float(asked) if asked.isdecimal() else default
        return wait if wait <= LONGEST_RETRY_AFTER else None
    return default if response.status_code >= 500 and _may_be_repeated(method) else None
