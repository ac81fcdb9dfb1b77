"""Points the numbers at the public address of several hosts, as the settings say, and puts them back."""

import contextlib
import logging
from collections.abc import Iterator

from ..config.phonebook import Phonebook
from ..config.settings import Settings
from ..errors import SettingError, TelephonyError
from ..notices import notices
from ..store import open_store
from ..system.installation import command
from ..telephony import lasting_webhook
from ..telephony.account import Account, PhoneNumber
from ..telephony.addresses import call_at
from ..telephony.call_flow import load_phonebook
from ..telephony.lasting_webhook import Notes, NotesInDatabase, NotesInFolder
from ..telephony.twilio import Twilio
from .public_address import missing_credential, not_set, numbers_to_answer

logger = logging.getLogger(__name__)


def wire(settings: Settings) -> Iterator[str]:
    """Point the numbers to answer at the public address, and yield a sentence about each.

    Raises `SettingError` and `TelephonyError`.
    """
    if not settings.tunnel.public_url:
        raise SettingError(
            "LOCAL_STT_PUBLIC_URL is not set: set it to the https address of the load balancer, to which the "
            "numbers are pointed."
        )
    account = _account(settings)
    numbers = numbers_to_answer(account, settings.twilio, load_phonebook(settings))
    with _notes(settings) as notes:
        yield from lasting_webhook.wire(account, numbers, call_at(settings.tunnel.public_url), notes)


def unwire(settings: Settings, *, forget: bool = False) -> Iterator[str]:
    """Put back all numbers that `wire` has changed, and yield a sentence about each.

    With `forget`, leave those as they are that somebody else has changed, and forget what they did before.
    Raises `SettingError` and `TelephonyError`.
    """
    account = _account(settings)
    with _notes(settings) as notes:
        yield from lasting_webhook.unwire(account, notes, forget=forget)


def shared_numbers(settings: Settings, account: Account, phonebook: Phonebook) -> list[PhoneNumber]:
    """List the numbers that several hosts answer, and inform the user which of them do not lead there.

    A host starts even if Twilio does not answer: nothing is changed.
    """
    try:
        numbers = numbers_to_answer(account, settings.twilio, phonebook)
    except TelephonyError as error:
        logger.warning("It is not known whether the numbers lead here. %s", error)
        return []
    for number in numbers:
        if astray := where_astray(number, settings):
            notices.info(astray)
    return numbers


def where_astray(number: PhoneNumber, settings: Settings) -> str:
    """Return a sentence about a number that does not lead to the public address; empty if it does."""
    url = call_at(settings.tunnel.public_url)
    if number.wiring.leads_to(url):
        return ""
    return f"{number.number} leads to {number.wiring}, and not to {url}: run `{command('wire')}` once."


def _account(settings: Settings) -> Account:
    twilio = Twilio.from_settings(settings.twilio)
    if twilio is None:
        missing = missing_credential(settings, needs_account=True)
        raise SettingError(f"{not_set(missing)}, so no number can be changed.")
    return twilio.account


@contextlib.contextmanager
def _notes(settings: Settings) -> Iterator[Notes]:
    """Yield the notes that all hosts share, or those of this host if its database is not shared."""
    if not settings.storage.is_shared:
        yield NotesInFolder(settings.data_dir / "lasting-webhooks")
        return
    with contextlib.closing(open_store(settings.data_dir, settings.storage.database_url)) as store:
        yield NotesInDatabase(store.wirings)
