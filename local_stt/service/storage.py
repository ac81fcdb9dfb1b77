"""Keeps calls while the server runs, and sends webhooks if there is a receiver.

It also puts the store in order after programs that were killed.
"""

import contextlib
import logging
from collections.abc import Callable, Iterable

from ..config.phonebook import Phone, Phonebook
from ..config.settings import Settings, WebhookSettings
from ..console.progress import progress_if_any
from ..core.call_record import CallRecord, TranscriptEvent
from ..errors import StoreError
from ..events import Alert, AnyEvent, CallEnded, CallStarted, Event, FinalText, Turn
from ..formatters import alerts_of_text
from ..hub import Hub
from ..jobs.recording_mover import RecordingMover, mover_of
from ..jobs.retention import retaining
from ..net.timeouts import within
from ..notices import notices
from ..store import (
    INDEXING,
    DatabaseError,
    EventWriter,
    Store,
    Subscription,
    in_a_sentence,
    now,
    open_store,
)
from ..system.parts import Measurement, Part
from ..system.repeating import Repeating
from ..webhooks import EVENTS, Configuration, Endpoint, JsonEndpoint, TwilioEndpoint, WebhookDispatcher
from .cluster import host_name
from .server_lease import ServerLease

logger = logging.getLogger(__name__)

STORE_CHECK_SECONDS = 5.0
"""Seconds between checks whether the store is still there"""

SEND_TIMEOUT = 2.0
"""Seconds for webhooks at the end"""

LOOK_UP_TIMEOUT = 2.0
"""Seconds to look up a call in the store; its audio waits meanwhile"""


class Storage(Part):
    """The store and what works on it: webhooks, retention, and the writer of events.

    It is a listener of the hub.
    """

    store: Store
    """The store, from `start` on"""
    lease: ServerLease
    """The program's name in the store, from `start` on"""
    _writer: EventWriter
    _mover: RecordingMover | None = None

    def __init__(
        self,
        settings: Settings,
        model_of: Callable[[CallStarted], str],
        hub: Hub,
        *,
        phonebook: Phonebook | None = None,
        wants_second_pass: Callable[[CallStarted], bool] | None = None,
        takes_over: bool = True,
    ) -> None:
        """Keep with each call the model that `model_of` names; publish to `hub` which old calls are deleted.

        Posts for programs written for Twilio say how the `phonebook` has a call's text written.
        `wants_second_pass` says which calls get a second pass; None where none does.  Calls that a killed
        program left belong to this one if it `takes_over`, else to the next one.
        """
        self._settings, self._model_of, self._hub = settings, model_of, hub
        self._phonebook = phonebook or Phonebook(Phone())
        self._wants_second_pass, self._takes_over = wants_second_pass, takes_over
        self._dispatchers: list[WebhookDispatcher] = []
        self._running = contextlib.ExitStack()

    def start(self) -> None:
        """Open the store, and start what works on it.

        Raises `StoreError` or `SettingError` when there is nowhere to keep calls.
        """
        settings = self._settings
        with progress_if_any(INDEXING) as report:
            self.store = open_store(
                settings.data_dir,
                settings.storage.database_url,
                settings.storage.audio_store,
                report=report,
            )
        self._running.callback(self.store.close)
        self.store.alerts.subscribe(alerts_of_text(lambda call: self._phonebook.of(call.number).alerts))
        self._mover = mover_of(self.store)
        self.store.eraser.erase(0, announce=False)  # what an earlier program could not erase
        if settings.webhooks.urls:
            self._start_webhooks()
        self._take_name()
        self._redact_recordings()
        with in_a_sentence():
            self.store.delete_stray_recordings()
        if self._mover:
            self._start_to_move(self._mover)
        self._start_writer()
        if settings.storage.retain_days:  # after the writer, which the hub passes events on to
            self._running.enter_context(retaining(self.store, settings.storage.retain_days, self._hub))
        if self._wants_second_pass:
            self.store.second_passes.subscribe(self._wants_second_pass)

    def close(self) -> None:
        """Write the last words, send webhooks for a moment, and close the store."""
        self._running.close()

    def __call__(self, event: AnyEvent) -> None:
        """Queue an event to be written."""
        self._writer(event)

    @property
    def pending(self) -> int:
        """Number of events that wait to be written."""
        return self._writer.queue.pending

    @property
    def interrupted(self) -> list[CallRecord]:
        """Calls in progress that killed programs left to this one."""
        return self.lease.interrupted

    def undelivered(self) -> tuple[int, int | None, int]:
        """Count the webhooks that wait, return when the oldest was queued, and count those given up.

        Raises SQLAlchemy's errors when the database cannot be read.
        """
        waiting, oldest_at = self.store.figures.webhooks(self.store.outbox.endpoints)
        return waiting, oldest_at, sum(each.given_up for each in self._dispatchers)

    def is_closed(self, call_id: str) -> bool:
        """Check whether a call is kept and over for good."""
        return is_known_as_closed(self.store, call_id)

    @property
    def has_other_hosts(self) -> bool:
        """Whether programs of other hosts could go on with this one's calls."""
        return self.lease.has_others

    def is_elsewhere(self, call_id: str) -> bool:
        """Check whether another host follows a call; while that is not known, none does."""
        with contextlib.suppress(DatabaseError):
            return self.store.is_elsewhere(call_id, self.lease.name)
        return False

    def note_voicemail(self, call_id: str) -> None:
        """Note that a caller is asked for a message; without the store, only the note is missing."""
        with contextlib.suppress(DatabaseError, StoreError, TimeoutError):
            within(LOOK_UP_TIMEOUT, lambda: self.store.note_voicemail(call_id))

    def add_missing(self, events: Iterable[TranscriptEvent]) -> None:
        """Add lines that another host has shown and could not write.  Raises SQLAlchemy's errors."""
        for event in events:
            if not self.store.has_event(event):
                self.store.add_event(event, at=now(), server=self.lease.name)

    def measurements(self) -> Iterable[Measurement]:
        """Yield what is measured: what waits, and what was lost."""
        yield Measurement("events_held", "Events that wait to be written to the store", lambda: self.pending)
        yield Measurement(
            "events_lost", "Events that could not be written to the store", lambda: self._writer.queue.lost
        )
        if self._settings.storage.audio_store:
            yield Measurement(
                "recordings_waiting",
                "Complete recordings that are not in AUDIO_STORE yet",
                lambda: self._mover.waiting if self._mover else 0,
            )
        if self._settings.webhooks.urls:
            yield Measurement(
                "webhooks_waiting",
                "Webhooks that are not delivered yet",
                lambda: sum(each.waiting for each in self._dispatchers),
            )
            yield Measurement(
                "webhooks_delivered",
                "Webhooks that were delivered",
                lambda: sum(each.delivered for each in self._dispatchers),
                only_grows=True,
            )
            yield Measurement(
                "webhooks_given_up",
                "Webhooks that were given up",
                lambda: sum(each.given_up for each in self._dispatchers),
                only_grows=True,
            )

    def _start_webhooks(self) -> None:
        """Queue webhooks for what is written from now on, and send them."""
        settings, outbox = self._settings, self.store.outbox
        webhooks, twilio = settings.webhooks, settings.twilio
        if webhooks.url:
            to = JsonEndpoint(webhooks.url, webhooks.key)
            self._send(outbox.subscribe(to.fingerprint, _posted(webhooks)), to)
        if webhooks.transcription_callback_url:
            url = webhooks.transcription_callback_url
            callback = TwilioEndpoint(url, twilio.auth_token, twilio.account_sid, self._configuration_of)
            self._send(outbox.subscribe(callback.fingerprint, EVENTS, numbered=True), callback)
        with contextlib.suppress(DatabaseError):  # the writer of events will report it
            outbox.forget_old_numbers()
            if others := outbox.waiting_for_others():
                notices.info(f"{others} webhooks wait for another address, to be sent when it is set again.")

    def _send(self, subscription: Subscription, endpoint: Endpoint) -> None:
        """Send what waits for an endpoint, until `close`."""
        dispatcher = WebhookDispatcher(subscription, endpoint)
        dispatcher.start()
        self._dispatchers.append(dispatcher)
        self._running.callback(dispatcher.close, SEND_TIMEOUT)

    def _configuration_of(self, call_id: str) -> Configuration:
        """Look up how a call is transcribed.  Raises `NoSuchCall`, and SQLAlchemy's errors."""
        call = self.store.call(call_id)
        phone = self._phonebook.of(call.started.number)
        return Configuration(
            language=phone.language,
            model=call.model,
            is_formatted=phone.format_text,
            masks_profanity=phone.filter_profanity,
        )

    def _handling_of(self, call: CallStarted) -> str:
        """Return how an incoming call goes on after the greeting; empty for one that was placed from here."""
        return str(self._phonebook.of(call.number).answer) if call.direction == "inbound" else ""

    def _take_name(self) -> None:
        """Take a name, by which the next program finds this one's calls if it is killed."""
        folder = self._settings.data_dir / "servers"
        host = host_name(self._settings)
        self.lease = ServerLease(self.store, folder, takes_over=self._takes_over, host=host)
        self._running.enter_context(self.lease)
        if self.interrupted:
            notices.info(f"{len(self.interrupted)} calls were cut off when this program was last killed.")

    def _redact_recordings(self) -> None:
        """Redact what killed programs left audible, before anybody can play it."""
        with in_a_sentence():
            redacted = self.store.redact_interrupted()
        if redacted:
            notices.info(
                f"{len(redacted)} recordings were redacted, as their program was killed before it was done."
            )

    def _start_to_move(self, mover: RecordingMover) -> None:
        """Move recordings to the store of audio from now on.  Raises `SettingError` if it does not answer."""
        mover.check()
        with contextlib.suppress(DatabaseError):  # the writer of events will report it
            if elsewhere := self.store.stored_recordings.count_elsewhere():
                notices.warning(
                    f"{elsewhere} calls have recordings in another store than AUDIO_STORE names. They can be "
                    "played when it is set to that."
                )
        self._running.enter_context(mover)

    def _start_writer(self) -> None:
        """Start to write events, and to check regularly that the store is there, even without events."""
        self._writer = EventWriter(
            self.store, server=self.lease.name, model_of=self._model_of, handling_of=self._handling_of
        )
        self._running.enter_context(self._writer)
        self._running.enter_context(Repeating("store-watch", self._writer.check_store, STORE_CHECK_SECONDS))


def _posted(webhooks: WebhookSettings) -> set[type[Event]]:
    """Return the kinds of events that are posted."""
    wanted: dict[type[Event], bool] = {
        CallEnded: True,
        FinalText: webhooks.finals,
        Turn: webhooks.turns,
        Alert: webhooks.alerts,
    }
    return {kind for kind, is_wanted in wanted.items() if is_wanted}


def is_known_as_closed(store: Store, call_id: str) -> bool:
    """Check whether a call is kept and over for good.

    If the store does not answer in time, a call with a recording counts as kept and over: its recording
    must not be overwritten.
    """
    try:
        return within(LOOK_UP_TIMEOUT, lambda: store.is_closed(call_id, at=now()))
    except (DatabaseError, StoreError, TimeoutError) as error:
        logger.debug("It is not known whether call %s is over: %s", call_id, error)
        return store.recordings.has_here(call_id)
