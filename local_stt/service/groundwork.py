"""What calls are taken with, whoever places them: recognizers, a place to keep them, a switchboard."""

import contextlib
import functools
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..config.phonebook import Phonebook
from ..config.settings import Settings
from ..console.terminal import View
from ..core.call_session import OpenListener
from ..engine import EngineRouter, GiveUp
from ..errors import StoreError
from ..hub import Hub
from ..metrics import Metrics
from ..net.timeouts import within
from ..notices import notices
from ..store import DatabaseError, EventWriter, Store, now
from ..store.recordings import Recorder
from ..system.private import tighten
from ..telephony.call_flow import CallFlow, phonebook_of
from ..telephony.places import CallSlots
from ..telephony.stream_recovery import StreamRecovery
from ..telephony.switchboard import Switchboard, never
from ..telephony.twilio import Twilio
from ..telephony.twiml import MAX_DIALING_SECONDS
from .engines import open_engines
from .model_choice import second_model
from .public_address import check, clear_up
from .storage import keeping, recording

logger = logging.getLogger(__name__)

SECONDS_TO_LOOK_UP = 2.0
"""A call in the store; its audio waits meanwhile"""

SECONDS_BESIDES = 600
"""Of a call: for the greeting, and for ringing"""


@dataclass(frozen=True, slots=True)
class Groundwork:
    """What is there before there is an address."""

    phonebook: Phonebook
    engine: EngineRouter
    better: Path | None
    """The model that hears recordings again"""


@contextlib.contextmanager
def groundwork(
    settings: Settings, view: View, give_up: GiveUp, twilio: Twilio | None
) -> Iterator[Groundwork]:
    """Settings that go together, recognizers that run, a view that shows, and nothing left outside by an
    earlier run.  `give_up` is told when no recognizer can be had any more."""
    tighten(settings.data_dir)
    phonebook = phonebook_of(settings)
    check(settings, phonebook)
    better = second_model(settings)
    with contextlib.closing(open_engines(settings, phonebook, give_up)) as engine, view:
        clear_up(settings, twilio)
        yield Groundwork(phonebook, engine, better)


@contextlib.contextmanager
def writer_of(
    settings: Settings,
    ground: Groundwork,
    hub: Hub,
    *,
    metrics: Metrics | None = None,
    takes_over: bool = True,
) -> Iterator[EventWriter | None]:
    """What keeps calls, and has them heard again where that is wanted; None where nothing is kept.

    `hub` and `takes_over` are as in `keeping`.
    """
    if not settings.keep_calls:
        yield None
        return
    with keeping(settings, ground.engine.model_of, metrics, hub, takes_over=takes_over) as writer:
        if metrics:
            holding = writer.holding
            metrics.watch("events_held", "Events that wait to be kept", lambda: holding.held)
            metrics.watch("events_lost", "Events that could not be kept", lambda: holding.lost)
        if ground.better:
            writer.store.second_passes.subscribe(lambda call: ground.phonebook.of(call.number).record)
        yield writer


@contextlib.contextmanager
def switchboard_of(
    settings: Settings,
    ground: Groundwork,
    writer: EventWriter | None,
    hub: Hub,
    recovery: StreamRecovery | None,
    places: CallSlots,
    metrics: Metrics | None = None,
) -> Iterator[Switchboard]:
    """Takes calls, as far as there are `places`, and publishes their events; at the end it finishes those in
    progress."""
    engine = ground.engine
    with contextlib.ExitStack() as stack:
        open_listener: OpenListener = engine.open
        if writer and any(phone.record for phone in ground.phonebook.phones):
            recorder = stack.enter_context(
                recording(
                    writer.store,
                    engine.open,
                    lambda call: ground.phonebook.of(call.number).record,
                )
            )
            open_listener = recorder.open
            if metrics:
                _watch_recording(metrics, recorder)
        for listener in filter(None, (writer, recovery)):
            hub.subscribe(listener)
        revive = recovery.revive if recovery else never
        is_closed = functools.partial(_is_closed, writer.store) if writer else never
        switchboard = Switchboard(
            open_listener, hub, engine.burst, revive, _longest_ms(settings), places, is_closed
        )
        stack.callback(_finish_calls, switchboard, settings.finish_seconds)
        yield switchboard


def _is_closed(store: Store, call_id: str) -> bool:
    """Return whether a call is kept and over for good.

    Where the store does not say so in time, it is if there is a recording of it, which would be written over.
    """
    try:
        return within(SECONDS_TO_LOOK_UP, lambda: store.is_closed(call_id, at=now()))
    except (DatabaseError, StoreError, TimeoutError) as error:
        logger.debug("It is not known whether call %s is over: %s", call_id, error)
        return store.recordings.has(call_id)


def _longest_ms(settings: Settings) -> int:
    """How long a call can last: as long as is set, or as two people may speak with each other."""
    seconds = max(60 * settings.max_call_minutes, MAX_DIALING_SECONDS) + SECONDS_BESIDES
    return 1000 * seconds


def recovery_of(twilio: Twilio | None, answering: CallFlow) -> StreamRecovery | None:
    """None without an account."""
    return StreamRecovery(twilio.account, answering) if twilio else None


def _watch_recording(metrics: Metrics, recorder: Recorder) -> None:
    metrics.watch("audio_held_bytes", "Audio that waits to be kept", lambda: recorder.holding.held)
    metrics.watch("audio_lost_bytes", "Audio that could not be kept", lambda: recorder.holding.lost)


def _finish_calls(switchboard: Switchboard, seconds: float) -> None:
    unfinished = switchboard.drain(seconds)
    if unfinished:
        notices.info(
            f"{unfinished} calls could not be finished in {seconds:.0f} s (LOCAL_STT_FINISH_SECONDS)."
        )
