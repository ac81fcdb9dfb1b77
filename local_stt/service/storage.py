"""Has calls kept while the server runs, and a receiver told of them if there is one.

Puts the store right after programs that were killed.
"""

import contextlib
import logging
from collections.abc import Callable, Iterable

from ..config.settings import Settings
from ..console.progress import progress_if_any
from ..core.call_record import CallRecord
from ..errors import StoreError
from ..events import AnyEvent, CallEnded, CallStarted, Event, FinalText
from ..hub import Hub
from ..jobs.retention import retaining
from ..net.timeouts import within
from ..notices import notices
from ..store import INDEXING, DatabaseError, EventWriter, Store, in_a_sentence, now, open_store
from ..system.parts import Measurement, Part
from ..system.repeating import Repeating
from ..webhooks import WebhookDispatcher, WebhookEndpoint
from .server_lease import ServerLease

logger = logging.getLogger(__name__)

STORE_CHECK_SECONDS = 5.0
"""At whether the store is still there"""

SEND_TIMEOUT = 2.0
"""For webhooks at the end"""

LOOK_UP_TIMEOUT = 2.0
"""A call in the store; its audio waits meanwhile"""


class Storage(Part):
    """The store and what works on it: webhooks, retention, and the writer of events.

    It is a listener of the hub.
    """

    store: Store
    """From `start` on"""
    lease: ServerLease
    """Likewise"""
    _writer: EventWriter
    _dispatcher: WebhookDispatcher

    def __init__(
        self,
        settings: Settings,
        model_of: Callable[[CallStarted], str],
        hub: Hub,
        *,
        wants_second_pass: Callable[[CallStarted], bool] | None = None,
        takes_over: bool = True,
    ) -> None:
        """`model_of` names the model that hears a call.  `hub` passes on which calls are deleted, being old.

        `wants_second_pass` says of which calls the recording is to be heard again; None where none is.
        Calls that a killed program left are this one's from now on if it `takes_over`, else the next one's.
        """
        self._settings, self._model_of, self._hub = settings, model_of, hub
        self._wants_second_pass, self._takes_over = wants_second_pass, takes_over
        self._running = contextlib.ExitStack()

    def start(self) -> None:
        """Open the store, and begin.

        Raises `StoreError` or `SettingError` when there is nowhere to keep calls.
        """
        settings = self._settings
        with progress_if_any(INDEXING) as report:
            self.store = open_store(settings.data_dir, settings.storage.database_url, report=report)
        self._running.callback(self.store.close)
        self.store.eraser.erase(0, announce=False)  # what an earlier program could not
        if settings.webhooks.url:
            self._start_webhooks()
        self._take_name()
        with in_a_sentence():
            self.store.delete_stray_recordings()
        self._start_writer()
        if settings.storage.retain_days:  # after the writer, which the hub passes events on to
            self._running.enter_context(retaining(self.store, settings.storage.retain_days, self._hub))
        if self._wants_second_pass:
            self.store.second_passes.subscribe(self._wants_second_pass)

    def close(self) -> None:
        """Write the last words, have webhooks sent for a moment, and let go of the store."""
        self._running.close()

    def __call__(self, event: AnyEvent) -> None:
        """Write an event down, soon."""
        self._writer(event)

    @property
    def pending(self) -> int:
        """How many events wait to be written."""
        return self._writer.queue.pending

    @property
    def interrupted(self) -> list[CallRecord]:
        """The calls in progress that killed programs left to this one."""
        return self.lease.interrupted

    def is_closed(self, call_id: str) -> bool:
        """Return whether a call is kept and over for good."""
        return is_known_as_closed(self.store, call_id)

    def measurements(self) -> Iterable[Measurement]:
        """List what waits, and what was lost."""
        yield Measurement("events_held", "Events that wait to be kept", lambda: self.pending)
        yield Measurement("events_lost", "Events that could not be kept", lambda: self._writer.queue.lost)
        if self._settings.webhooks.url:
            yield Measurement(
                "webhooks_waiting", "Webhooks that have not arrived", lambda: self._dispatcher.waiting
            )
            yield Measurement(
                "webhooks_delivered",
                "Webhooks that arrived",
                lambda: self._dispatcher.delivered,
                only_grows=True,
            )
            yield Measurement(
                "webhooks_given_up", "Webhooks given up", lambda: self._dispatcher.given_up, only_grows=True
            )

    def _start_webhooks(self) -> None:
        """Queue webhooks with what is written from now on, and send them."""
        settings, outbox = self._settings, self.store.outbox
        endpoint = WebhookEndpoint(settings.webhooks.url, settings.webhooks.key)
        kinds: set[type[Event]] = {CallEnded, FinalText} if settings.webhooks.finals else {CallEnded}
        outbox.subscribe(endpoint.fingerprint, kinds)
        with contextlib.suppress(DatabaseError):  # of which those who write will tell
            if others := outbox.waiting_for_others():
                notices.info(
                    f"{others} webhooks wait for another WEBHOOK_URL, to be sent when it is set again."
                )
        self._dispatcher = WebhookDispatcher(outbox, endpoint)
        self._dispatcher.start()
        self._running.callback(self._dispatcher.close, SEND_TIMEOUT)

    def _take_name(self) -> None:
        """Be found by the next program, should this one be killed."""
        folder = self._settings.data_dir / "servers"
        self.lease = ServerLease(self.store, folder, takes_over=self._takes_over)
        self._running.enter_context(self.lease)
        if self.interrupted:
            notices.info(f"{len(self.interrupted)} calls were cut off when this program was last killed.")

    def _start_writer(self) -> None:
        """Write events down, and notice within seconds that the store was removed, though nothing happens."""
        self._writer = EventWriter(self.store, server=self.lease.name, model_of=self._model_of)
        self._running.enter_context(self._writer)
        self._running.enter_context(Repeating("store-watch", self._writer.check_store, STORE_CHECK_SECONDS))


def is_known_as_closed(store: Store, call_id: str) -> bool:
    """Return whether a call is kept and over for good.

    Where the store does not say so in time, it is if there is a recording of it, which would be written over.
    """
    try:
        return within(LOOK_UP_TIMEOUT, lambda: store.is_closed(call_id, at=now()))
    except (DatabaseError, StoreError, TimeoutError) as error:
        logger.debug("It is not known whether call %s is over: %s", call_id, error)
        return store.recordings.has(call_id)
