"""What a user sets up first, and how far that is."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..api.status import Step
from ..config.phonebook import Phonebook
from ..config.settings import Settings
from ..system.installation import command
from .public_address import WHERE_TO_GET

CONSOLE = "https://console.twilio.com"


@dataclass(frozen=True, slots=True)
class Found:
    """What a running program knows that settings do not say."""

    model: str
    """Name of the model that recognizes calls"""
    is_demo_model: bool
    numbers: tuple[str, ...]
    """Numbers that lead here, as far as that is known"""
    address: str
    """The address at which Twilio reaches the program; empty if it does not"""
    webhook: str
    """The address that a number's voice webhook must be"""


def first_steps(settings: Settings, phonebook: Phonebook, found: Found) -> Iterator[Step]:
    """Yield what a user sets up, in the order in which that is best done."""
    yield _model(found)
    yield _credentials(settings)
    yield _address(settings, found)
    yield _number(settings, found)
    yield _keeping(settings)
    yield _recordings(phonebook)


def _done(name: str, sentence: str, *, optional: bool = False) -> Step:
    return Step(name, True, optional, sentence, "")


def _model(found: Found) -> Step:
    if not found.is_demo_model:
        return _done("model", f"Calls are recognized by {found.model}.")
    return Step(
        "model",
        False,
        False,
        "Calls are recognized by the demo model, which knows 736 words and is not for real calls.",
        f"Get a real model with `{command('models download')}`, and start the program again.",
    )


def _credentials(settings: Settings) -> Step:
    have = {
        "TWILIO_ACCOUNT_SID": settings.twilio.account_sid or not settings.wires,
        "TWILIO_AUTH_TOKEN": settings.twilio.auth_token,
    }
    missing = [name for name, there in have.items() if not there]
    if not missing:
        return _done("twilio", "Twilio's credentials are set.")
    verb, pronoun = ("is", "it") if len(missing) == 1 else ("are", "them")
    return Step(
        "twilio",
        False,
        False,
        f"{' and '.join(missing)} {verb} not set, so no number rings here.",
        f"Put {pronoun} into .env or the environment, and start again: {CONSOLE} shows {pronoun}.",
    )


def _address(settings: Settings, found: Found) -> Step:
    if found.address:
        return _done("address", f"Twilio reaches this program at {found.address}.")
    if settings.tunnel.enabled is False:
        remedy = "Set LOCAL_STT_PUBLIC_URL, or LOCAL_STT_TUNNEL to yes."
    else:
        remedy = f"Set NGROK_AUTHTOKEN ({WHERE_TO_GET['NGROK_AUTHTOKEN']}), or LOCAL_STT_PUBLIC_URL."
    return Step(
        "address", False, False, "No call comes in from the internet, only from this machine.", remedy
    )


def _number(settings: Settings, found: Found) -> Step:
    if found.address and found.numbers:
        leads = "leads" if len(found.numbers) == 1 else "lead"
        return _done("number", f"{' and '.join(found.numbers)} {leads} here.")
    if found.address and not settings.wires:
        return _done("number", f"You point the numbers here: their voice webhook is {found.webhook} (POST).")
    return Step(
        "number",
        False,
        False,
        "No phone number leads here.",
        f"Get a number with voice at {CONSOLE}; the next start points it here.",
    )


def _keeping(settings: Settings) -> Step:
    if not settings.storage.keep_calls:
        return Step(
            "keeping",
            False,
            True,
            "Calls are not kept.",
            "Set LOCAL_STT_KEEP_CALLS to yes to keep their text.",
        )
    days = settings.storage.retain_days
    until = f"deleted after {days} days" if days else "deleted only when you delete them"
    return _done("keeping", f"Calls are kept, and {until}.", optional=True)


def _recordings(phonebook: Phonebook) -> Step:
    recorded = [phone.record for phone in phonebook.phones]
    if all(recorded):
        return _done("recordings", "The audio of calls is kept.", optional=True)
    if any(recorded):
        return _done("recordings", "The audio of calls of some numbers is kept.", optional=True)
    return Step(
        "recordings",
        False,
        True,
        "The audio of calls is not kept.",
        "Set RECORD_CALLS to yes to keep it, where the law and the people on the call allow that.",
    )
