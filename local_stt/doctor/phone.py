"""What a call from outside needs: credentials, a number that leads here, a port and an address."""

from collections.abc import Iterator

from ..config.settings import Settings
from ..net.http_server import HttpServer
from ..net.probe import what_answers
from ..net.tunnel import ngrok_version
from ..service.public_address import (
    answered_numbers,
    check,
    is_public,
    missing_credential,
    not_set,
    numbers_to_answer,
    wants_public_address,
)
from ..service.wiring import where_astray
from ..system.instance import Instance, find_instance
from ..telephony.account import PhoneNumber
from ..telephony.addresses import Addresses
from ..telephony.call_flow import load_phonebook
from ..telephony.number_webhook import previous_webhook
from ..telephony.twilio import Twilio
from .findings import Level


def check_settings(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Check that the settings go together, as `run` does before it starts."""
    phonebook = load_phonebook(settings)
    check(settings, phonebook)
    answered_numbers(settings, phonebook, ())
    is_public(settings)
    yield Level.OK, "They go together."


def check_port(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Check that the server can listen, or listens already."""
    host, port = settings.server.host, settings.server.port
    if running := _running(settings):
        yield Level.OK, f"local_stt runs at {running.url}."
        return
    server = HttpServer(host, port)
    server.start()
    server.close()
    yield Level.OK, f"{host} port {port or '(any)'} is free, and no local_stt runs with this data folder."


def check_credentials(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Say which credential is missing, or ask Twilio whether the account is right."""
    if missing := missing_credential(settings, needs_account=settings.wires):
        yield Level.NOTE, f"{not_set(missing)}, so no phone number rings here yet."
    if twilio := Twilio.from_settings(settings.twilio):
        twilio.account.numbers()
        yield Level.OK, "Twilio takes the account's credentials."


def check_number(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Say where the calls of the numbers to answer go."""
    twilio = Twilio.from_settings(settings.twilio)
    if not twilio:
        yield Level.OK, "Not looked up, as no Twilio account is set."
    elif settings.cluster.redis_url and settings.tunnel.public_url:
        for number in numbers_to_answer(twilio.account, settings.twilio, load_phonebook(settings)):
            yield _whether_shared(number, settings)
    elif not settings.wires:
        yield _set_by_hand(twilio.account.numbers(), settings)
    elif missing_credential(settings, needs_account=True) or not wants_public_address(settings):
        yield Level.OK, "None is pointed here, as no call can come in from the internet."
    else:
        for number in numbers_to_answer(twilio.account, settings.twilio, load_phonebook(settings)):
            yield _where_calls_go(number, settings)


def check_address(settings: Settings) -> Iterator[tuple[Level, str]]:
    """Check the way in from the internet: the address that is set, or ngrok."""
    if address := settings.tunnel.public_url:
        yield _answer_of(address, settings)
    elif settings.tunnel.enabled is False:
        yield Level.OK, "None is opened, as LOCAL_STT_TUNNEL is no: calls come from this machine alone."
    elif version := ngrok_version(settings.tunnel.ngrok_path):
        yield Level.OK, f"ngrok {version} is here."
    else:
        yield Level.OK, "ngrok is not here yet: the first tunnel downloads it."


def _running(settings: Settings) -> Instance | None:
    return find_instance(settings.data_dir / "running")


def _set_by_hand(numbers: list[PhoneNumber], settings: Settings) -> tuple[Level, str]:
    """Look for a number whose webhook the user has pointed at the public address that is set."""
    if not settings.tunnel.public_url:
        return (
            Level.OK,
            "LOCAL_STT_WIRE is no: a number's voice webhook must be the address that `run` shows.",
        )
    expected = Addresses(settings.tunnel.public_url).call
    ours = ", ".join(each.number for each in numbers if each.wiring.voice_url == expected)
    if ours:
        return Level.OK, f"{ours} leads to {expected}."
    return Level.PROBLEM, f"No number leads to {expected}: set the voice webhook of one to it (POST)."


def _whether_shared(number: PhoneNumber, settings: Settings) -> tuple[Level, str]:
    if astray := where_astray(number, settings):
        return Level.PROBLEM, astray
    return Level.OK, f"{number.number} leads to {number.wiring}, where all hosts answer."


def _where_calls_go(number: PhoneNumber, settings: Settings) -> tuple[Level, str]:
    previous = previous_webhook(settings.data_dir / "wired", number.sid)
    is_ours = bool(previous and previous.replaced_by_us(number.wiring))
    leads_to = number.wiring
    if _running(settings) is None:
        if is_ours:
            return (
                Level.PROBLEM,
                f"{number.number} still leads to a local_stt that was killed: the next `run` restores it.",
            )
        return Level.OK, f"{number.number} leads to {leads_to}; `run` points it here while it runs."
    if is_ours:
        return Level.OK, f"{number.number} leads to the local_stt that runs."
    return (
        Level.PROBLEM,
        f"{number.number} leads to {leads_to}, and not to the local_stt that runs: restart it.",
    )


def _answer_of(address: str, settings: Settings) -> tuple[Level, str]:
    if not _running(settings):
        return Level.OK, f"{address} is set. Whether it leads here shows while `run` runs."
    if other := what_answers(address):
        return Level.PROBLEM, f"{address} {other}: have your tunnel or proxy forward to this machine."
    return Level.OK, f"{address} leads to local_stt."
