"""The Twilio account that is set, as one object."""

from dataclasses import dataclass
from typing import Self

from ..config.settings import TwilioSettings
from .account import Account
from .recordings import TwilioRecordings


@dataclass(frozen=True, slots=True)
class Twilio:
    """One account: its numbers and calls, and its recordings."""

    account: Account
    recordings: TwilioRecordings

    @classmethod
    def from_settings(cls, settings: TwilioSettings) -> Self | None:
        """Make the account that is set; None where a credential is missing."""
        if not (settings.account_sid and settings.auth_token):
            return None
        access = settings.account_sid, settings.auth_token, settings.api_url
        return cls(Account(*access), TwilioRecordings(*access))
