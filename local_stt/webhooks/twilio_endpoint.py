"""Write events as Twilio posts those of its Real-Time Transcriptions."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from ..telephony.signature import sign
from .endpoint import Endpoint, Written
from .transcription_form import Configuration, form_of

ConfigurationOf = Callable[[str], Configuration]
"""Finds out how the call of an id is transcribed"""


class TwilioEndpoint(Endpoint):
    """A `statusCallbackUrl` of `<Transcription>`.

    https://www.twilio.com/docs/voice/twiml/transcription#statuscallbackurl
    """

    KIND = "twilio "

    def __init__(
        self, url: str, auth_token: str, account_sid: str, configuration_of: ConfigurationOf
    ) -> None:
        """Sign with the auth token of the account `account_sid`, which may be empty."""
        super().__init__(url)
        self._auth_token, self._account_sid = auth_token, account_sid
        self._configuration_of = configuration_of

    def write(self, name: str, event: dict[str, Any], at: int) -> Written:  # noqa: ARG002  (no time is signed)
        """Write an event as a form, signed as Twilio signs."""
        form = form_of(event, self._account_sid, self._configuration_of(event["call_id"]))
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "I-Twilio-Idempotency-Token": name,
            **sign(self._auth_token, self._url, form),
        }
        return Written(urlencode(form).encode(), headers)
