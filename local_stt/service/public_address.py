"""Checks credentials, finds the numbers to answer, opens the public address, clears up after killed runs."""

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path

from ..config.phonebook import Phonebook, answered_here
from ..config.settings import Settings, TunnelSettings, TwilioSettings
from ..errors import LocalSttError, SettingError
from ..net.http_server import HttpServer
from ..net.loopback import LOOPBACK
from ..net.tunnel import has_authtoken, open_tunnel
from ..notices import notices
from ..system.installation import command
from ..system.orphans import end_orphans
from ..system.parts import Part
from ..telephony.account import Account, PhoneNumber, choose_number
from ..telephony.addresses import Addresses
from ..telephony.number_webhook import put_back_leftovers
from ..telephony.twilio import Twilio

WHERE_TO_GET = {
    "TWILIO_ACCOUNT_SID": "https://console.twilio.com shows it",
    "TWILIO_AUTH_TOKEN": "https://console.twilio.com shows it",
    "NGROK_AUTHTOKEN": "https://dashboard.ngrok.com/get-started/your-authtoken shows it",
}


def check(settings: Settings, phonebook: Phonebook) -> None:
    """Check the settings.

    Raises `SettingError` for those that do not go together, and those that would let strangers in.
    """
    if settings.cluster.redis_url and settings.twilio.wire:
        raise SettingError(
            "LOCAL_STT_WIRE is yes, but with REDIS_URL several hosts answer the numbers, and each would take "
            f"them from the others: unset it, and run `{command('wire')}` once."
        )
    if not settings.storage.keep_calls and phonebook.records_calls:
        raise SettingError(
            "RECORD_CALLS needs calls to be kept: set LOCAL_STT_KEEP_CALLS to yes, or RECORD_CALLS to no."
        )
    if settings.models.second_pass and not phonebook.records_calls:
        raise SettingError(
            "LOCAL_STT_SECOND_PASS transcribes recordings again, but no calls are recorded: set RECORD_CALLS "
            "to yes, or `record` of a number in LOCAL_STT_PHONES, or unset LOCAL_STT_SECOND_PASS."
        )
    if settings.webhooks.url and not settings.webhooks.key:
        raise SettingError(
            "WEBHOOK_URL is set without WEBHOOK_SECRET, so anybody could forge what is posted there: "
            "set it to 16 characters or more that nobody guesses."
        )
    if settings.webhooks.transcription_callback_url and not settings.twilio.auth_token:
        raise SettingError(
            "TRANSCRIPTION_CALLBACK_URL is set without TWILIO_AUTH_TOKEN, which signs what is posted there: "
            f"set it ({WHERE_TO_GET['TWILIO_AUTH_TOKEN']}), or unset TRANSCRIPTION_CALLBACK_URL."
        )
    if settings.webhooks.urls and not settings.storage.keep_calls:
        raise SettingError(
            "Webhooks need calls to be kept, for they wait with them until they have arrived: set "
            f"LOCAL_STT_KEEP_CALLS to yes, or unset {' and '.join(settings.webhooks.urls)}."
        )
    if settings.twilio.auth_tokens:
        return
    if settings.server.host not in LOOPBACK:
        raise SettingError(
            f"LOCAL_STT_HOST is {settings.server.host}, where others can connect, but without "
            "TWILIO_AUTH_TOKEN requests cannot be checked for Twilio's signature: set it "
            f"({WHERE_TO_GET['TWILIO_AUTH_TOKEN']}), or listen on 127.0.0.1."
        )
    if settings.tunnel.public_url:
        raise SettingError(
            "LOCAL_STT_PUBLIC_URL is set, but without TWILIO_AUTH_TOKEN requests cannot be checked for "
            f"Twilio's signature: set it ({WHERE_TO_GET['TWILIO_AUTH_TOKEN']})."
        )


def clear_up(settings: Settings, twilio: Twilio | None) -> None:
    """Undo what an earlier run changed outside, if it was killed before it could do so."""
    for process in end_orphans(settings.data_dir / "ngrok"):
        notices.info(f"ngrok is ended (process {process}): an earlier run was killed before it could do so.")
    put_back_leftovers(settings.data_dir / "wired", twilio.account if twilio else None)


def wants_public_address(settings: Settings) -> bool:
    """Tell whether calls are meant to come in from the internet, if there are credentials."""
    return bool(settings.tunnel.public_url) or settings.tunnel.enabled is not False


def is_public(settings: Settings) -> bool:
    """Check whether this server must be reachable from the internet; name a missing credential to the user.

    Raises `SettingError` for a missing credential if a public address or a tunnel is set.
    """
    if not wants_public_address(settings):
        return False
    missing = missing_credential(settings, needs_account=settings.wires)
    if not missing:
        return True
    sentence = not_set(missing)
    if settings.tunnel.public_url or settings.tunnel.enabled:
        raise SettingError(f"{sentence}, and without it no call can come in from outside.")
    notices.info(f"{sentence}, so no phone number rings here yet.")
    return False


def check_that_calls_can_be_placed(settings: Settings, twilio: Twilio | None) -> Twilio:
    """Check that calls can be placed and their audio can reach this program; return the account.

    Raises `SettingError` where they cannot.
    """
    none_runs = f"No local_stt runs with the data folder {settings.data_dir}"
    if not wants_public_address(settings):
        raise SettingError(
            f"{none_runs}, and LOCAL_STT_TUNNEL is no, so a call's audio could not come here: leave out "
            "--no-tunnel, or set LOCAL_STT_PUBLIC_URL."
        )
    missing = missing_credential(settings, needs_account=True)
    if missing or twilio is None:
        raise SettingError(f"{none_runs}, and {not_set(missing)}, so no call can be placed from here.")
    return twilio


def not_set(name: str) -> str:
    """Return the beginning of a sentence about a credential that is missing, and where to get it."""
    return f"{name} is not set ({WHERE_TO_GET[name]}; put it into .env or the environment)"


def missing_credential(settings: Settings, *, needs_account: bool) -> str:
    """Return the name of the first credential that is not set; empty if all are that are needed."""
    have = {
        "TWILIO_ACCOUNT_SID": bool(settings.twilio.account_sid) or not needs_account,
        "TWILIO_AUTH_TOKEN": bool(settings.twilio.auth_token),
        "NGROK_AUTHTOKEN": bool(settings.tunnel.public_url) or has_authtoken(settings.tunnel.authtoken),
    }
    return next((name for name, there in have.items() if not there), "")


def numbers_to_answer(account: Account, settings: TwilioSettings, phonebook: Phonebook) -> list[PhoneNumber]:
    """List the numbers that the phonebook names and the one that is set, or else the account's only one.

    Raises `TelephonyError` as `choose_number` does.
    """
    numbers = account.numbers()
    wanted = dict.fromkeys([*phonebook.numbers, *filter(None, [settings.phone_number])])
    return [choose_number(numbers, each) for each in wanted or [""]]


def answered_numbers(settings: Settings, phonebook: Phonebook, wired: Iterable[PhoneNumber]) -> set[str]:
    """Return all numbers whose calls come here, as far as that is known.

    Raises `SettingError` where calls would be forwarded to one of them, and so come back for ever.
    """
    set_here = filter(None, [settings.twilio.phone_number])
    answered = {*phonebook.numbers, *set_here, *(number.number for number in wired)}
    phonebook.refuse_circles(answered)
    if settings.limits.busy_forward in answered:
        raise answered_here("LOCAL_STT_BUSY_FORWARD", settings.limits.busy_forward)
    return answered


class PublicAddress(Part):
    """The address by which a server is known: the one that is set, or that of a tunnel, or a local one."""

    def __init__(
        self,
        settings: TunnelSettings,
        notes: Path,
        server: HttpServer,
        on_death: Callable[[LocalSttError], object],
        *,
        public: bool,
    ) -> None:
        """Note open tunnels in the folder `notes`.

        `public` says whether the address must be reachable from the internet; `on_death` is called if the
        tunnel ends by itself.
        """
        self._settings, self._notes, self._server = settings, notes, server
        self._on_death, self._public = on_death, public
        self._closing = contextlib.ExitStack()
        self.addresses = Addresses("")
        """Addresses of the server, from `start` on"""

    def start(self) -> None:
        """Open a tunnel, if one is needed.  Raises `TunnelError`."""
        if self._public:
            self.addresses.base = self._settings.public_url or self._opened_tunnel()
        else:
            self.addresses.base = self._server.local_url

    def close(self) -> None:
        """Close the tunnel."""
        self._closing.close()

    def _opened_tunnel(self) -> str:
        notices.info("Opening a tunnel with ngrok …")
        settings = self._settings
        return self._closing.enter_context(
            open_tunnel(
                self._server.local_url,
                authtoken=settings.authtoken,
                domain=settings.domain,
                ngrok_path=settings.ngrok_path,
                notes=self._notes,
                on_death=self._on_death,
            )
        )
