"""Puts the parts together: from settings to a phone number that is answered, and back."""

import contextlib
from queue import SimpleQueue

from .announced import Announced
from .answering import Addresses, Answering, phonebook_of
from .backstage import announced_of, backstage, uploads_of
from .config import Settings
from .dialing import Dialer
from .engine import Engine, calls_carried, cores
from .errors import LocalSttError
from .feed import Feed
from .http_server import HttpServer
from .hub import Hub, Listener
from .keeping import keeping, recording
from .metrics import Metrics
from .model_choice import open_engines, second_model
from .outside import account_of, check, clear_up, is_public, numbers_to_answer, public_address
from .presence import Present, present
from .recording import Recorder
from .reviving import Reviver, take_up
from .server import create_app
from .session import OpenListener
from .signals import stopped_by_signals
from .store import Keeper
from .switchboard import Switchboard, never
from .telephony.account import PhoneNumber
from .telephony.signature import Signatures
from .telephony.wiring import wired
from .terminal import View
from .web import Viewing


def run(settings: Settings, view: View) -> None:
    """Answer the phone until told to stop by SIGINT, SIGTERM or SIGHUP, or until the tunnel is gone.

    Whatever happens, what was changed outside is put back: the number, the tunnel.
    """
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        failed: SimpleQueue[LocalSttError] = SimpleQueue()
        stopping = stack.enter_context(stopped_by_signals(view))
        phonebook = phonebook_of(settings)
        check(settings, phonebook)
        better = second_model(settings)
        engine = open_engines(settings, phonebook, view, failed.put)
        stack.callback(engine.close)
        stack.enter_context(view)
        clear_up(settings, view)
        public = is_public(settings, view)
        numbers = numbers_to_answer(settings, phonebook) if public and settings.wire else []
        server = stack.enter_context(HttpServer(settings.host, settings.port))
        public_url = stack.enter_context(public_address(settings, server, failed.put)) if public else ""
        feed, metrics = Feed(), Metrics()
        listeners: list[Listener] = [view, feed, metrics]
        keeper = store = uploads = announced = None
        if settings.keep_calls:
            keeper = stack.enter_context(
                keeping(settings, engine.model_of, view.notice, metrics, feed.forget)
            )
            listeners.append(keeper)
            store = keeper.store
            _watch_keeping(metrics, keeper)
            uploads = uploads_of(settings, keeper, engine)
            announced = announced_of(settings, keeper, engine, view) if public else None
            stack.enter_context(backstage(settings, phonebook, keeper, uploads, announced, better, view))
        open_listener: OpenListener = engine.open
        if store and any(phone.record for phone in phonebook.phones):
            recorder = stack.enter_context(
                recording(store, engine.open, view.notice, lambda call: phonebook.of(call.number).record)
            )
            open_listener = recorder.open
            _watch_recording(metrics, recorder)
        viewing = Viewing(token=settings.token, feed=feed, store=store, metrics=metrics, uploads=uploads)
        most_calls = _most_calls(settings, engine)
        answering = Answering(
            settings,
            phonebook,
            public_url or server.local_url,
            is_full=lambda: switchboard.calls >= most_calls,
        )
        reviver = _reviver(settings, answering, view) if public else None
        switchboard = Switchboard(
            open_listener, Hub(listeners), engine.burst, reviver.revive if reviver else never
        )
        _watch(metrics, engine, switchboard, viewing)
        dialer = _dialer(settings, answering, numbers, view) if public else None
        serve(server, switchboard, settings, answering, public_url, viewing, dialer, announced)
        stack.callback(viewing.close)
        stack.callback(_finish_calls, switchboard, view, settings.finish_seconds)
        for number in numbers:
            memory = settings.data_dir / "wired"
            stack.enter_context(wired(account_of(settings), number, f"{public_url}/call", memory))
        if keeper:
            _see_to_interrupted(keeper, reviver, switchboard)
        here = Present(server.local_url, viewing.token)
        stack.enter_context(present(settings.data_dir / "running", here))
        view.notice(f"Up to {most_calls} calls at once.")
        view.notice(f"Watch calls at {viewing.link(public_url or server.local_url)}")
        _say_ready(view, server, numbers, public_url)
        failure = failed.get()
        stopping()
        raise failure


def serve(
    server: HttpServer,
    switchboard: Switchboard,
    settings: Settings,
    answering: Answering,
    public_url: str = "",
    viewing: Viewing | None = None,
    dialer: Dialer | None = None,
    announced: Announced | None = None,
) -> None:
    """Take calls on `server`, known to the world as `public_url` or, where that is empty, to nobody."""
    bases = [public_url, *server.local_urls] if public_url else server.local_urls
    signatures = Signatures(settings.auth_tokens, bases) if settings.auth_tokens else None
    app = create_app(
        switchboard=switchboard,
        answering=answering,
        signatures=signatures,
        bases=bases,
        is_viewer=viewing.is_viewer(bases) if viewing else lambda: False,
        call_told=dialer.told if dialer else lambda _: None,
        account_sid=settings.account_sid,
        recording_told=announced.told if announced else lambda _: None,
    )
    if viewing:
        viewing.add_to(app, bases, dialer)
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


def _watch_keeping(metrics: Metrics, keeper: Keeper) -> None:
    metrics.watch("events_held", "Events that wait to be kept", lambda: keeper.holding.held)
    metrics.watch("events_lost", "Events that could not be kept", lambda: keeper.holding.lost)


def _watch_recording(metrics: Metrics, recorder: Recorder) -> None:
    metrics.watch("audio_held_bytes", "Audio that waits to be kept", lambda: recorder.holding.held)
    metrics.watch("audio_lost_bytes", "Audio that could not be kept", lambda: recorder.holding.lost)


def _dialer(
    settings: Settings, answering: Answering, numbers: list[PhoneNumber], view: View
) -> Dialer | None:
    """None where there is no number to call from."""
    number = numbers[0].number if numbers else settings.phone_number
    if not (number and settings.account_sid and settings.auth_token):
        return None
    return Dialer(
        account_of(settings), answering, number, most_an_hour=settings.dials_per_hour, tell=view.notice
    )


def _reviver(settings: Settings, answering: Answering, view: View) -> Reviver | None:
    """None without an account."""
    if not (settings.account_sid and settings.auth_token):
        return None
    return Reviver(account_of(settings), answering, view.notice)


def _see_to_interrupted(keeper: Keeper, reviver: Reviver | None, switchboard: Switchboard) -> None:
    """Go on with the calls that a killed program left, where that is possible; else they end there."""
    if reviver:
        take_up(keeper.interrupted, reviver, switchboard, keeper.store)
    else:
        keeper.store.close_interrupted(call.call_id for call in keeper.interrupted)


def _say_ready(view: View, server: HttpServer, numbers: list[PhoneNumber], public_url: str) -> None:
    if numbers:
        listed = ", ".join(each.number for each in numbers)
        view.notice(f"Waiting for calls on {listed} (through {public_url}). Ctrl-C stops.")
    elif public_url:
        view.notice(
            f"Waiting for calls. A number's voice webhook must be {public_url}/call (POST). Ctrl-C stops."
        )
    else:
        stream = Addresses(server.local_url).stream
        view.notice(
            f"Local mode: taking calls on {stream}. Try `make call` in another terminal. Ctrl-C stops."
        )


def _most_calls(settings: Settings, engine: Engine) -> int:
    if settings.max_calls is not None:
        return settings.max_calls
    workers = cores() if settings.workers is None else max(1, settings.workers)
    return calls_carried(engine.ready.cost, min(workers, cores()), gated=settings.gate)


def _finish_calls(switchboard: Switchboard, view: View, seconds: float) -> None:
    unfinished = switchboard.drain(seconds)
    if unfinished:
        view.notice(
            f"{unfinished} calls could not be finished in {seconds:.0f} s (LOCAL_STT_FINISH_SECONDS)."
        )
