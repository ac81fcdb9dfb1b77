"""Puts the parts together: from settings to a phone number that is answered, or to one call; and back."""

import contextlib
from collections.abc import Collection
from queue import SimpleQueue

from ..config.settings import Settings
from ..console.terminal import View
from ..engine import Engine, calls_carried, core_share, cores
from ..errors import LocalSttError
from ..hub import Hub
from ..jobs.twilio_recordings import RecordingJobs
from ..metrics import Metrics
from ..model_files import is_worth_composing
from ..net.http_server import HttpServer
from ..notices import notices
from ..server import create_app
from ..store import EventWriter
from ..system.instance import Present, present
from ..system.shutdown import stopped_by_signals
from ..telephony.account import PhoneNumber
from ..telephony.call_flow import Addresses, CallFlow
from ..telephony.dial_limit import DialLimit
from ..telephony.number_webhook import wired
from ..telephony.outbound import Dialer, OutboundCall
from ..telephony.places import CallSlots
from ..telephony.signature import Signatures
from ..telephony.single_call import SingleCall
from ..telephony.stream_recovery import StreamRecovery, take_up
from ..telephony.switchboard import Switchboard
from ..telephony.twilio import Twilio
from ..web import Viewing
from ..web.event_log import EventLog
from .background import announced_of, background_jobs, uploads_of
from .groundwork import groundwork, recovery_of, switchboard_of, writer_of
from .public_address import (
    answered_numbers,
    check_that_calls_can_be_placed,
    is_public,
    numbers_to_answer,
    public_address,
)


def run(settings: Settings, view: View) -> None:
    """Answer the phone until told to stop by SIGINT, SIGTERM or SIGHUP, or until the tunnel is gone.

    Whatever happens, what was changed outside is put back: the number, the tunnel.
    """
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        failed: SimpleQueue[LocalSttError] = SimpleQueue()
        stopping = stack.enter_context(stopped_by_signals("Finishing calls and putting the number back"))
        twilio = Twilio.from_settings(settings)
        ground = stack.enter_context(groundwork(settings, view, failed.put, twilio))
        phonebook, engine = ground.phonebook, ground.engine
        public = is_public(settings)
        wires = public and settings.wire
        numbers = numbers_to_answer(twilio.account, settings, phonebook) if wires and twilio else []
        answered = answered_numbers(settings, phonebook, numbers)
        server = stack.enter_context(HttpServer(settings.host, settings.port))
        public_url = stack.enter_context(public_address(settings, server, failed.put)) if public else ""
        feed, metrics = EventLog(), Metrics()
        hub = Hub([view, feed, metrics])
        writer = stack.enter_context(writer_of(settings, ground, hub, metrics=metrics))
        uploads = announced = None
        if writer:
            feed.inherit(writer.interrupted)
            uploads = uploads_of(settings, writer, engine)
            announced = announced_of(twilio, settings, writer, engine) if public else None
            stack.enter_context(
                background_jobs(settings, phonebook, writer, uploads, announced, ground.better)
            )
        viewing = Viewing(
            token=settings.token,
            feed=feed,
            hub=hub,
            store=writer.store if writer else None,
            metrics=metrics,
            uploads=uploads,
        )
        stack.callback(viewing.close)
        places = CallSlots(_most_calls(settings, engine))
        answering = CallFlow(settings, phonebook, public_url or server.local_url, places.promise)
        recovery = recovery_of(twilio, answering) if public else None
        switchboard = stack.enter_context(
            switchboard_of(settings, ground, writer, hub, recovery, places, metrics)
        )
        _watch(metrics, engine, switchboard, viewing)
        dialer = _dialer(twilio, settings, answering, numbers, answered, places) if public else None
        serve(server, switchboard, settings, answering, public_url, viewing, dialer, announced)
        if twilio:
            memory = settings.data_dir / "wired"
            for number in numbers:
                stack.enter_context(wired(twilio.account, number, f"{public_url}/call", memory))
        if writer:
            _see_to_interrupted(writer, recovery, switchboard, feed)
        here = Present(server.local_url, viewing.token)
        stack.enter_context(present(settings.data_dir / "running", here))
        _say_how_many(settings, engine, round(places.most))
        notices.info(f"Watch calls at {viewing.link(public_url or server.local_url)}")
        _say_ready(server, numbers, public_url)
        failure = failed.get()
        stopping()
        raise failure


def dial(settings: Settings, view: View, order: OutboundCall) -> None:
    """Place one call, and return when its last word has been told and kept.

    No number is pointed here: callers who come all the same are told that all lines are busy.  Calls
    that a killed program left wait for the next one that stays.  Raises KeyboardInterrupt when told
    to stop by a signal; however it ends, the call does not outlive it.
    """
    twilio = check_that_calls_can_be_placed(settings, Twilio.from_settings(settings))
    with contextlib.ExitStack() as stack:
        failed: SimpleQueue[LocalSttError] = SimpleQueue()
        stopping = stack.enter_context(stopped_by_signals("Hanging up and finishing the call"))
        ground = stack.enter_context(groundwork(settings, view, failed.put, twilio))
        numbers = numbers_to_answer(twilio.account, settings, ground.phonebook)
        answered = answered_numbers(settings, ground.phonebook, numbers)
        server = stack.enter_context(HttpServer(settings.host, settings.port))
        public_url = stack.enter_context(public_address(settings, server, failed.put))
        hub = Hub([view])
        writer = stack.enter_context(writer_of(settings, ground, hub, takes_over=False))
        answering = CallFlow(settings, ground.phonebook, public_url, promise=lambda _: False)
        places = CallSlots(1)
        number = numbers[0].number
        dialer = _dialer_from(twilio, number, settings, answering, answered, places, reports_failures=False)
        call = SingleCall(dialer, failed)
        hub.subscribe(call)
        recovery = recovery_of(twilio, answering)
        switchboard = stack.enter_context(switchboard_of(settings, ground, writer, hub, recovery, places))
        serve(server, switchboard, settings, answering, public_url, dialer=dialer)
        stack.callback(call.hang_up)
        try:
            call.carry_out(order)
        finally:
            stopping()


def serve(
    server: HttpServer,
    switchboard: Switchboard,
    settings: Settings,
    answering: CallFlow,
    public_url: str = "",
    viewing: Viewing | None = None,
    dialer: Dialer | None = None,
    announced: RecordingJobs | None = None,
) -> None:
    """Take calls on `server`, known to the world as `public_url` or, where that is empty, to nobody."""
    bases = [public_url, *server.local_urls] if public_url else server.local_urls
    signatures = Signatures(settings.auth_tokens, bases) if settings.auth_tokens else None
    app = create_app(
        switchboard=switchboard,
        answering=answering,
        signatures=signatures,
        tickets=None if settings.own_twiml else answering.tickets,
        bases=bases,
        viewing=viewing,
        dialer=dialer,
        account_sid=settings.account_sid,
        recording_told=announced.on_recording if announced else lambda _: None,
    )
    server.start(app)


def _watch(metrics: Metrics, engine: Engine, switchboard: Switchboard, viewing: Viewing) -> None:
    metrics.watch("calls", "Calls in progress", lambda: switchboard.calls)
    metrics.watch("viewers", "Connections that watch live", lambda: viewing.viewers)
    metrics.watch("lag_seconds", "How far the track furthest behind is behind", engine.lag)
    metrics.watch("engine_restarts", "Recognizer processes that were replaced", lambda: engine.restarts)
    metrics.watch_total("engine_cpu_seconds", "CPU time of recognizers", lambda: engine.work().cpu)
    metrics.watch_total("engine_audio_seconds", "Audio they were given", lambda: engine.work().audio)
    metrics.watch(
        "real_time_factor",
        "CPU seconds for a second of one track's audio, since the program began",
        lambda: engine.work().real_time_factor,
    )


def _dialer(
    twilio: Twilio | None,
    settings: Settings,
    answering: CallFlow,
    numbers: list[PhoneNumber],
    answered: Collection[str],
    places: CallSlots,
) -> Dialer | None:
    """None where there is no number to call from."""
    number = numbers[0].number if numbers else settings.phone_number
    if not (number and twilio):
        return None
    return _dialer_from(twilio, number, settings, answering, answered, places)


def _dialer_from(
    twilio: Twilio,
    number: str,
    settings: Settings,
    answering: CallFlow,
    answered: Collection[str],
    places: CallSlots,
    *,
    reports_failures: bool = True,
) -> Dialer:
    limit = DialLimit(settings.data_dir / "dialed.json", settings.dials_per_hour)
    return Dialer(
        twilio.account, answering, number, limit, answered, places, reports_failures=reports_failures
    )


def _see_to_interrupted(
    writer: EventWriter, recovery: StreamRecovery | None, switchboard: Switchboard, feed: EventLog
) -> None:
    """Go on with the calls that a killed program left, where that is possible; else they end there.

    Viewers are told; the event writer, and through it a receiver elsewhere, has it from the store.
    """
    if recovery:
        take_up(writer.interrupted, recovery, switchboard, writer.store, Hub([feed, recovery]).publish)
    else:
        Hub([feed]).publish(writer.store.close_interrupted(call.call_id for call in writer.interrupted))


def _say_ready(server: HttpServer, numbers: list[PhoneNumber], public_url: str) -> None:
    if numbers:
        listed = ", ".join(each.number for each in numbers)
        notices.info(f"Waiting for calls on {listed} (through {public_url}). Ctrl-C stops.")
    elif public_url:
        notices.info(
            f"Waiting for calls. A number's voice webhook must be {public_url}/call (POST). Ctrl-C stops."
        )
    else:
        stream = Addresses(server.local_url).stream
        notices.info(
            f"Local mode: taking calls on {stream}. Try `make call` in another terminal. Ctrl-C stops."
        )


def _most_calls(settings: Settings, engine: Engine) -> int:
    if settings.max_calls is not None:
        return settings.max_calls
    workers = cores() if settings.workers is None else max(1, settings.workers)
    return calls_carried(engine.ready.cost, min(workers, core_share()))


def _say_how_many(settings: Settings, engine: Engine, most_calls: int) -> None:
    notices.info(f"Up to {most_calls} calls at once.")
    folder = engine.ready.folder
    if settings.max_calls is None and not settings.words and is_worth_composing(folder):
        notices.info(f"There can be more after `python -m local_stt models compile {folder.name}`.")
