"""Has calls kept while the server runs, and a receiver told of them if there is one.

Puts the store right after programs that were killed.
"""

import contextlib
import logging
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

from ..config.settings import Settings
from ..console.progress import progress_if_any
from ..core.call_record import CallRecord, CallState
from ..core.call_session import OpenListener
from ..errors import StoreError
from ..events import CallEnded, CallStarted, Event, FinalText
from ..hub import Hub
from ..jobs.retention import retaining
from ..metrics import Metrics
from ..notices import notices
from ..store import INDEXING, DatabaseError, EventWriter, Store, in_a_sentence, open_store, reason
from ..store.recordings import Recorder
from ..system.file_lock import claim
from ..system.private import make_folder
from ..system.repeating import repeating
from ..webhooks import WebhookDispatcher, WebhookEndpoint

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LOOKS = 5.0
"""At whether the store is still there"""

SECONDS_TO_WRITE = 5.0
"""For what is still held at the end"""

SECONDS_TO_SEND = 2.0
"""For webhooks at the end"""


@contextlib.contextmanager
def keeping(
    settings: Settings,
    model_of: Callable[[CallStarted], str],
    metrics: Metrics | None = None,
    hub: Hub | None = None,
    *,
    takes_over: bool = True,
) -> Iterator[EventWriter]:
    """Keep calls; yields what the hub must tell.  `model_of` names the model that hears a call; `metrics` is
    for operators; `hub` passes on which calls are deleted because they are old.
    Calls that a killed program left are this one's from now on if it `takes_over`, else the next one's.

    Raises `StoreError` or `SettingError` when there is nowhere to keep them.
    """
    with progress_if_any(INDEXING) as report:
        store = open_store(settings.data_dir, settings.database_url, report=report)
    with contextlib.ExitStack() as stack:
        stack.callback(store.close)
        store.eraser.erase(0, announce=False)  # what an earlier program could not
        if settings.webhook_url:
            stack.enter_context(_telling_a_receiver(store, settings, metrics))
        servers = settings.data_dir / "servers"
        server, interrupted = stack.enter_context(_name_of_this_server(store, servers, takes_over=takes_over))
        stack.callback(_release_jobs, store, server)
        stack.callback(_end_those_left, store, interrupted)
        if interrupted:
            notices.info(f"{len(interrupted)} calls were cut off when this program was last killed.")
        with in_a_sentence():
            store.delete_stray_recordings()
        if settings.retain_days:
            stack.enter_context(retaining(store, settings.retain_days, hub or Hub()))
        writer = EventWriter(store, server=server, model_of=model_of, interrupted=interrupted)
        stack.callback(writer.close, SECONDS_TO_WRITE)
        # So that a store that was removed is noticed within seconds, also while nothing happens.
        stack.enter_context(repeating("store-watch", writer.look, SECONDS_BETWEEN_LOOKS))
        yield writer


def _end_those_left(store: Store, interrupted: list[CallRecord]) -> None:
    """Calls that a killed program left, and that nobody has gone on with."""
    try:
        live = [call.call_id for call in interrupted if store.call(call.call_id).state is CallState.LIVE]
        store.close_interrupted(live)
    except DatabaseError as error:
        logger.warning("Calls are not ended in the store: %s", reason(error))


def _release_jobs(store: Store, server: str) -> None:
    """Leave the jobs that this program has not done to any other."""
    try:
        store.jobs.release([server])
    except DatabaseError as error:
        logger.warning("Jobs that wait are not left to other programs: %s", reason(error))


@contextlib.contextmanager
def recording(
    store: Store,
    open_listener: OpenListener,
    is_wanted: Callable[[CallStarted], bool],
) -> Iterator[Recorder]:
    """Opens listeners whose audio is recorded, of calls of which that is wanted.

    Raises `StoreError` when there is nowhere to keep it.
    """
    try:
        recorder = Recorder(store.recordings, open_listener, is_wanted)
    except OSError as error:
        raise StoreError(
            f"Calls cannot be recorded ({error}): set LOCAL_STT_DATA_DIR to another folder, or "
            "RECORD_CALLS to no."
        ) from error
    with contextlib.closing(recorder):
        yield recorder


@contextlib.contextmanager
def _telling_a_receiver(store: Store, settings: Settings, metrics: Metrics | None) -> Iterator[None]:
    """Webhooks are queued with what is written from now on, and sent."""
    receiver = WebhookEndpoint(settings.webhook_url, settings.webhook_key)
    kinds: set[type[Event]] = {CallEnded, FinalText} if settings.webhook_finals else {CallEnded}
    store.outbox.subscribe(receiver.fingerprint, kinds)
    with contextlib.suppress(DatabaseError):  # of which those who write will tell
        if others := store.outbox.waiting_for_others():
            notices.info(f"{others} webhooks wait for another WEBHOOK_URL, to be sent when it is set again.")
    sender = WebhookDispatcher(store.outbox, receiver, tell=notices.info)
    if metrics:
        metrics.watch("webhooks_waiting", "Webhooks that have not arrived", lambda: sender.waiting)
        metrics.watch_total("webhooks_delivered", "Webhooks that arrived", lambda: sender.delivered)
        metrics.watch_total("webhooks_given_up", "Webhooks given up", lambda: sender.given_up)
    sender.start()
    try:
        yield
    finally:
        sender.close(SECONDS_TO_SEND)


@contextlib.contextmanager
def _name_of_this_server(
    store: Store, folder: Path, *, takes_over: bool
) -> Iterator[tuple[str, list[CallRecord]]]:
    """A name that calls in progress are kept under, and that is held while this program lives.

    So the next one that `takes_over` finds the names of those that were killed, and the calls that they
    left.
    """
    file = folder / secrets.token_hex(8)
    try:
        make_folder(folder)
        with in_a_sentence(), contextlib.ExitStack() as stack:
            names = list(folder.iterdir()) if takes_over else []
            gone = [each for each in names if (held := claim(each)) and stack.enter_context(held)]
            interrupted = store.adopt([each.name for each in gone], file.name)
            held = claim(file)
            for each in gone:
                each.unlink()
    except OSError as error:
        raise StoreError(f"{folder} cannot be used ({error}): set LOCAL_STT_DATA_DIR to another.") from error
    with held or contextlib.nullcontext():
        yield file.name, interrupted
        with contextlib.suppress(OSError):
            file.unlink()
