"""Runs the program until it is stopped: to answer the phone, or to place one call."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..config.phonebook import Phonebook
from ..config.settings import Settings
from ..console.terminal import View
from ..console.turn_view import TurnView
from ..engine import EngineRouter
from ..hub import EventListener
from ..system.private import tighten
from ..system.shutdown import stopped_by_signals
from ..telephony.account import PhoneNumber
from ..telephony.call_flow import load_phonebook
from ..telephony.outbound import OutboundCall
from ..telephony.single_call import SingleCall
from ..telephony.twilio import Twilio
from .application import Application, Failures
from .cluster import examine_redis
from .engines import open_engines
from .model_choice import second_model
from .public_address import (
    check,
    check_that_calls_can_be_placed,
    clear_up,
    is_public,
    numbers_to_answer,
)
from .wiring import shared_numbers


def run(settings: Settings, view: View) -> None:
    """Answer the phone until SIGINT, SIGTERM or SIGHUP comes, or until the tunnel is gone.

    In every case the number is restored and the tunnel closed.  Raises the `LocalSttError` that ended the
    program.
    """
    twilio, failures = Twilio.from_settings(settings.twilio), Failures()
    with (
        contextlib.suppress(KeyboardInterrupt),
        stopped_by_signals("Finishing calls and putting the number back") as stopping,
        _opened(settings, view, twilio, failures) as (phonebook, second_pass_model, engine),
    ):
        public = is_public(settings)
        numbers = _numbers_of(settings, twilio, phonebook) if public and twilio else []
        with Application(
            settings,
            phonebook,
            engine,
            _shown(view, phonebook),
            failures=failures,
            public=public,
            twilio=twilio if public else None,
            numbers=numbers,
            second_pass_model=second_pass_model,
        ) as application:
            application.resume_interrupted_calls()
            application.announce()
            failure = failures.get()
            stopping()
            raise failure


def _numbers_of(settings: Settings, twilio: Twilio, phonebook: Phonebook) -> Sequence[PhoneNumber]:
    """List the numbers to answer, as far as this program or `wire` points them anywhere."""
    if settings.wires:
        return numbers_to_answer(twilio.account, settings.twilio, phonebook)
    return shared_numbers(settings, twilio.account, phonebook) if settings.cluster.redis_url else ()


def dial(settings: Settings, view: View, outbound_call: OutboundCall) -> None:
    """Place one call, and return when its last word is published and kept.

    No number is pointed here; callers who come all the same hear that all lines are busy.  Calls that a
    killed program left wait for the next one that stays.  Raises KeyboardInterrupt when a signal stops it.
    In every case the call ends with it.
    """
    twilio = check_that_calls_can_be_placed(settings, Twilio.from_settings(settings.twilio))
    failures = Failures()
    with (
        stopped_by_signals("Hanging up and finishing the call") as stopping,
        _opened(settings, view, twilio, failures) as (phonebook, second_pass_model, engine),
    ):
        numbers = numbers_to_answer(twilio.account, settings.twilio, phonebook)
        with Application(
            settings,
            phonebook,
            engine,
            _shown(view, phonebook),
            failures=failures,
            public=True,
            twilio=twilio,
            numbers=numbers,
            second_pass_model=second_pass_model,
            stays=False,
        ) as application:
            assert application.dialer  # as there are an account and a number
            call = SingleCall(application.dialer, failures)
            application.hub.subscribe(call)
            try:
                call.run(outbound_call)
            finally:
                stopping()
                call.hang_up()


@contextlib.contextmanager
def _opened(
    settings: Settings, view: View, twilio: Twilio | None, failures: Failures
) -> Iterator[tuple[Phonebook, Path | None, EngineRouter]]:
    """Yield the phonebook, the model for second passes, and an engine with its models loaded.

    Before that, the settings are checked, the view is shown, and what an earlier run left outside is undone.
    """
    tighten(settings.data_dir)
    phonebook = load_phonebook(settings)
    check(settings, phonebook)
    second_pass_model = second_model(settings)
    examine_redis(settings)
    with contextlib.closing(open_engines(settings, phonebook, failures.put)) as engine, view:
        clear_up(settings, twilio)
        yield phonebook, second_pass_model, engine


def _shown(view: View, phonebook: Phonebook) -> EventListener:
    """Return the listener that shows calls: for people, with their text formatted."""
    if not (view.is_for_people and any(phone.format_text for phone in phonebook.phones)):
        return view
    return TurnView(view)
