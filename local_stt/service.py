"""Puts the parts together: from settings to a phone number that is answered, and back."""

import contextlib
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

from .abandoned import end_abandoned
from .announced import Announced
from .answering import Addresses, Answering, phonebook_of
from .backroom import Backroom, Model, Source
from .config import Settings
from .dialing import Dialer
from .engine import Engine, calls_carried, cores
from .errors import LocalSttError, SettingError
from .feed import Feed
from .http_server import HttpServer
from .hub import Hub, Listener
from .keeping import keeping, recording
from .metrics import Metrics
from .model_choice import open_engines, open_in_background, second_model
from .phones import Phonebook
from .presence import Present, present
from .reviving import Reviver, take_up
from .second_pass import SecondPass
from .server import create_app
from .session import OpenListener
from .signals import stopped_by_signals
from .store import Keeper
from .switchboard import Switchboard, never
from .telephony.account import Account, PhoneNumber, choose_number
from .telephony.recordings import TwilioRecordings
from .telephony.signature import Signatures
from .telephony.wiring import put_back_leftovers, wired
from .terminal import View
from .tunnel import has_authtoken, open_tunnel
from .uploads import Uploads
from .web import Viewing

logger = logging.getLogger(__name__)

WHERE_TO_GET = {
    "TWILIO_ACCOUNT_SID": "https://console.twilio.com shows it",
    "TWILIO_AUTH_TOKEN": "https://console.twilio.com shows it",
    "NGROK_AUTHTOKEN": "https://dashboard.ngrok.com/get-started/your-authtoken shows it",
}


def run(settings: Settings, view: View) -> None:
    """Answer the phone until told to stop by SIGINT, SIGTERM or SIGHUP, or until the tunnel is gone.

    Whatever happens, what was changed outside is put back: the number, the tunnel.
    """
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        failed: SimpleQueue[LocalSttError] = SimpleQueue()
        stopping = stack.enter_context(stopped_by_signals(view))
        phonebook = phonebook_of(settings)
        _check(settings, phonebook)
        better = second_model(settings)
        engine = open_engines(settings, phonebook, view, failed.put)
        stack.callback(engine.close)
        stack.enter_context(view)
        _clear_up(settings, view)
        public = _is_public(settings, view)
        numbers = _numbers_to_answer(settings, phonebook) if public and settings.wire else []
        server = stack.enter_context(HttpServer(settings.host, settings.port))
        public_url = stack.enter_context(_public_address(settings, server, failed.put)) if public else ""
        feed, metrics = Feed(), Metrics()
        listeners: list[Listener] = [view, feed, metrics]
        keeper = store = uploads = announced = None
        if settings.keep_calls:
            keeper = stack.enter_context(
                keeping(settings, engine.model_of, view.notice, metrics, feed.forget)
            )
            listeners.append(keeper)
            store = keeper.store
            metrics.watch("events_held", "Events that wait to be kept", lambda: keeper.holding.held)
            metrics.watch("events_lost", "Events that could not be kept", lambda: keeper.holding.lost)
            uploads = _uploads(settings, keeper, engine)
            announced = _announced(settings, keeper, engine, view) if public else None
            stack.enter_context(_backroom(settings, phonebook, keeper, uploads, announced, better, view))
        open_listener: OpenListener = engine.open
        if store and any(phone.record for phone in phonebook.phones):
            recorder = stack.enter_context(
                recording(store, engine.open, view.notice, lambda call: phonebook.of(call.number).record)
            )
            open_listener = recorder.open
            metrics.watch("audio_held_bytes", "Audio that waits to be kept", lambda: recorder.holding.held)
            metrics.watch("audio_lost_bytes", "Audio that could not be kept", lambda: recorder.holding.lost)
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
            stack.enter_context(wired(_account(settings), number, f"{public_url}/call", memory))
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


def _uploads(settings: Settings, keeper: Keeper, engine: Engine) -> Uploads | None:
    """None where no files are taken."""
    if not settings.max_upload_mb:
        return None
    model = Model(engine.ready.folder, settings.words)
    return Uploads(keeper.store, model, settings.data_dir, settings.max_upload_mb * 1_000_000)


def _announced(settings: Settings, keeper: Keeper, engine: Engine, view: View) -> Announced | None:
    """None without an account."""
    if not (settings.account_sid and settings.auth_token):
        return None
    twilio = TwilioRecordings(settings.account_sid, settings.auth_token, settings.twilio_api_url)
    return Announced(twilio, keeper.store, Model(engine.ready.folder, settings.words), view.notice)


@contextlib.contextmanager
def _backroom(
    settings: Settings,
    phonebook: Phonebook,
    keeper: Keeper,
    uploads: Uploads | None,
    announced: Announced | None,
    better: Path | None,
    view: View,
) -> Iterator[None]:
    """What nobody waits for is done, beside the calls: files are transcribed, and recordings are heard
    again by a `better` model."""
    sources: list[Source] = []
    if uploads:
        sources.append(uploads.next)
    if announced:
        sources.append(announced.next)
    if better:
        keeper.store.second_passes.subscribe(lambda call: phonebook.of(call.number).record)
        second_pass = SecondPass(keeper.store, keeper.server, Model(better), view.notice)
        sources.append(second_pass.next)
    backroom = Backroom(
        sources, lambda model, give_up: open_in_background(model.folder, model.phrases, settings, give_up)
    )
    with contextlib.ExitStack() as stack:
        if announced:
            announced.added = backroom.wake
        if uploads:
            uploads.added = backroom.wake
            stack.callback(uploads.close)
        backroom.start()
        stack.callback(backroom.close)
        yield


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


def _dialer(
    settings: Settings, answering: Answering, numbers: list[PhoneNumber], view: View
) -> Dialer | None:
    """None where there is no number to call from."""
    number = numbers[0].number if numbers else settings.phone_number
    if not (number and settings.account_sid and settings.auth_token):
        return None
    return Dialer(
        _account(settings), answering, number, most_an_hour=settings.dials_per_hour, tell=view.notice
    )


def _reviver(settings: Settings, answering: Answering, view: View) -> Reviver | None:
    """None without an account."""
    if not (settings.account_sid and settings.auth_token):
        return None
    return Reviver(_account(settings), answering, view.notice)


def _see_to_interrupted(keeper: Keeper, reviver: Reviver | None, switchboard: Switchboard) -> None:
    """Go on with the calls that a killed program left, where that is possible; else they end there."""
    if reviver:
        take_up(keeper.interrupted, reviver, switchboard, keeper.store)
    else:
        keeper.store.close_interrupted(call.call_id for call in keeper.interrupted)


def _check(settings: Settings, phonebook: Phonebook) -> None:
    """Refuse what does not go together, and what would let strangers in."""
    if not settings.keep_calls and any(phone.record for phone in phonebook.phones):
        raise SettingError(
            "RECORD_CALLS needs calls to be kept: set LOCAL_STT_KEEP_CALLS to yes, or RECORD_CALLS to no."
        )
    if settings.second_pass and not any(phone.record for phone in phonebook.phones):
        raise SettingError(
            "LOCAL_STT_SECOND_PASS hears recordings again, and no calls are recorded: set RECORD_CALLS to "
            "yes, or `record` of a number in LOCAL_STT_PHONES, or unset LOCAL_STT_SECOND_PASS."
        )
    if settings.webhook_url and not settings.webhook_key:
        raise SettingError(
            "WEBHOOK_URL is set without WEBHOOK_SECRET, so anybody could forge what is posted there: "
            "set it to 16 characters or more that nobody guesses."
        )
    if settings.webhook_url and not settings.keep_calls:
        raise SettingError(
            "WEBHOOK_URL needs calls to be kept, for webhooks wait with them until they have arrived: "
            "set LOCAL_STT_KEEP_CALLS to yes, or unset WEBHOOK_URL."
        )
    if settings.auth_tokens:
        return
    if settings.host not in ("127.0.0.1", "::1", "localhost"):
        raise SettingError(
            f"LOCAL_STT_HOST is {settings.host}, where others can connect, but without "
            "TWILIO_AUTH_TOKEN nobody can be told from Twilio: set it "
            f"({WHERE_TO_GET['TWILIO_AUTH_TOKEN']}), or listen on 127.0.0.1."
        )
    if settings.public_url:
        raise SettingError(
            "LOCAL_STT_PUBLIC_URL is set, but without TWILIO_AUTH_TOKEN nobody can be told from Twilio: "
            f"set it ({WHERE_TO_GET['TWILIO_AUTH_TOKEN']})."
        )


def _clear_up(settings: Settings, view: View) -> None:
    """Undo what an earlier run changed outside and was killed before it could put back."""
    for process in end_abandoned(settings.data_dir / "ngrok"):
        view.notice(f"ngrok is ended (process {process}): an earlier run was killed before it could do so.")
    account = _account(settings) if settings.account_sid and settings.auth_token else None
    put_back_leftovers(settings.data_dir / "wired", account, view.notice)


def _is_public(settings: Settings, view: View) -> bool:
    """Whether the internet is to reach this server.  If a credential is missing, says which."""
    if not settings.public_url and settings.tunnel is False:
        return False
    missing = _missing_credential(settings)
    if not missing:
        return True
    told = f"{missing} is not set ({WHERE_TO_GET[missing]}; put it into .env or the environment)"
    if settings.public_url or settings.tunnel:
        raise SettingError(f"{told}, and without it no call can come in from outside.")
    view.notice(f"{told}, so no phone number rings here yet.")
    return False


def _missing_credential(settings: Settings) -> str:
    have = {
        "TWILIO_ACCOUNT_SID": bool(settings.account_sid) or not settings.wire,
        "TWILIO_AUTH_TOKEN": bool(settings.auth_token),
        "NGROK_AUTHTOKEN": bool(settings.public_url) or has_authtoken(settings.ngrok_authtoken),
    }
    return next((name for name, there in have.items() if not there), "")


def _numbers_to_answer(settings: Settings, phonebook: Phonebook) -> list[PhoneNumber]:
    """Those that the file lists and the one that is set; if there are none, the account's only one."""
    account = _account(settings).numbers()
    wanted = dict.fromkeys([*phonebook.numbers, *filter(None, [settings.phone_number])])
    return [choose_number(account, each) for each in wanted or [""]]


def _account(settings: Settings) -> Account:
    return Account(settings.account_sid, settings.auth_token, settings.twilio_api_url)


@contextlib.contextmanager
def _public_address(
    settings: Settings, server: HttpServer, on_death: Callable[[LocalSttError], object]
) -> Iterator[str]:
    """The address the internet knows this server by; `on_death` is told if it ceases to be one."""
    if settings.public_url:
        yield settings.public_url
    else:
        with open_tunnel(
            server.local_url,
            authtoken=settings.ngrok_authtoken,
            domain=settings.ngrok_domain,
            ngrok_path=settings.ngrok_path,
            notes=settings.data_dir / "ngrok",
            on_death=on_death,
        ) as url:
            yield url


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
