"""Puts the parts of the program together, to answer the phone or to place one call."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from ..assistant import assistant_of
from ..config.phonebook import Phonebook
from ..config.settings import CallSettings, ServerSettings, Settings
from ..core.call_alerts import CallAlerts
from ..core.call_record import CallRecord, transcript_event
from ..core.call_session import TrackSink
from ..core.call_turns import CallTurns
from ..core.privacy import CallRedactor
from ..engine import Engine, EngineRouter, call_capacity, core_share, cores
from ..errors import LocalSttError
from ..events import CallStarted
from ..formatters import Formatters, RedactedCopies, alert_finder
from ..hub import EventListener, Hub
from ..metrics import Metrics
from ..model_files import is_worth_composing
from ..names import chosen_model
from ..net.http_server import HttpServer
from ..net.loopback import LOOPBACK
from ..notices import notices
from ..store import DatabaseError, reason, recordings_of
from ..store.recordings import Recorder
from ..system.installation import command
from ..system.instance import Instance, Presence
from ..system.parts import Parts
from ..telephony.account import PhoneNumber
from ..telephony.admission import Admission, SharedAdmission, admit_none
from ..telephony.call_flow import CallFlow
from ..telephony.call_slots import CallSlots
from ..telephony.dial_limit import FileDialLimit
from ..telephony.number_webhook import NumberWebhook
from ..telephony.other_hosts import NO_OTHER_HOSTS, OtherHosts
from ..telephony.outbound import Dialer
from ..telephony.stream_recovery import StreamRecovery, resume_interrupted
from ..telephony.switchboard import Switchboard, never
from ..telephony.twilio import Twilio
from ..telephony.twiml import MAX_DIALING_SECONDS
from ..web import Viewers
from ..web.event_log import EventLog, LiveEvents
from .background import BackgroundJobs
from .cluster import host_name
from .cluster import shared as shared_with_other_hosts
from .public_address import (
    PublicAddress,
    answered_numbers,
)
from .reader import Reader
from .site import Site
from .status import StatusOfProgram
from .storage import Storage

if TYPE_CHECKING:
    from ..cluster import Shared

logger = logging.getLogger(__name__)

EXTRA_CALL_SECONDS = 600
"""Seconds of a call for the greeting and for ringing"""

Failures = SimpleQueue[LocalSttError]
"""Queue of errors that end the program"""


class Application(Parts):
    """All long-lived parts of one running local_stt, listed in the order in which they start:

    1. the servers, which listen, and the address that the first is known by, perhaps that of a tunnel
    2. the live events of other hosts, the storage, and the background jobs
    3. the viewers, the recorder, the switchboard, and what shares this host's load with others
    4. the site, which answers requests from then on
    5. the numbers, whose calls come here from then on, and the presence, by which commands find this program

    They close in reverse.  The numbers are restored.  Calls are finished, within the time that is set.
    Viewers are disconnected, and jobs stop.  The last words are written, and webhooks are sent for a moment.
    The tunnel is closed, and then the server, which has answered until then.  The engine and the view are not
    among the parts: they start before them, and end after them.
    """

    def __init__(
        self,
        settings: Settings,
        phonebook: Phonebook,
        engine: EngineRouter,
        view: EventListener,
        *,
        failures: Failures | None = None,
        public: bool = False,
        twilio: Twilio | None = None,
        numbers: Sequence[PhoneNumber] = (),
        second_pass_model: Path | None = None,
        stays: bool = True,
    ) -> None:
        """Make all parts.

        `public` says whether the program must be reachable from the internet; only then may there be a
        `twilio`.  `numbers` are those to answer, and calls are placed from the first.  `second_pass_model` is
        None if there are no second passes.

        A program that does not stay is there for one call: the one that it places, or without an account the
        first that comes.  It has no viewers and no jobs, and points no number here.

        Raises `SettingError` for a number to which calls would be forwarded for ever.
        """
        self._settings, self._phonebook, self._engine = settings, phonebook, engine
        self._twilio, self._numbers, self._second_pass_model = twilio, numbers, second_pass_model
        self._public, self._stays = public, stays
        answered = answered_numbers(settings, phonebook, numbers)

        self.server = HttpServer(settings.server.host, settings.server.port)
        self.vosk_server = _new_vosk_server(settings.server) if stays else None
        on_fatal = (failures or Failures()).put
        address = PublicAddress(
            settings.tunnel, settings.data_dir / "ngrok", self.server, on_fatal, public=public
        )
        self.addresses = address.addresses
        self.addresses.own = settings.cluster.host_url if settings.cluster.redis_url and public else ""

        self.event_log, self.metrics = EventLog(), Metrics()
        self.metrics.name_host(host_name(settings))
        shared = shared_with_other_hosts(settings)
        shared_events = shared.events(self.event_log, self._end_turns) if shared else None
        self.live_events: LiveEvents = shared_events or self.event_log
        self.hub = Hub([view, self.live_events, self.metrics])
        self._formatters = Formatters(settings.formatting, settings.calls, phonebook, settings.models.folder)
        self._formatters.prepare()
        self._names = chosen_model(settings.redaction.names_model, phonebook.redacted_policies)
        self._reader = Reader(self.hub, self._turns_of, self._redactor_of, self._alerts_of)
        self.storage = self._new_storage() if settings.storage.keep_calls else None
        jobs = self._new_jobs(self.storage) if self.storage and stays else None

        self.viewers = self._new_viewers(shared) if stays else None
        self.slots = CallSlots(_max_calls(settings, engine) if stays else 1)
        name, url = host_name(settings), settings.cluster.host_url
        self.loads = shared.host_loads(self.slots, name, url) if shared and stays else None
        self.admission = (
            SharedAdmission(self.slots, self.addresses, self.loads)
            if self.loads
            else Admission(self.slots, self.addresses)
        )
        admit = admit_none if twilio and not stays else self.admission.answer
        self.call_flow = CallFlow(
            settings.calls,
            settings.limits,
            settings.twilio.auth_tokens,
            phonebook,
            self.addresses,
            admit,
            self.storage.note_voicemail if self.storage else lambda _: None,
        )
        self.recovery = StreamRecovery(twilio.account, self.call_flow, self.admission) if twilio else None
        recorder = self._new_recorder() if self.storage and phonebook.records_calls else None
        self.switchboard = self._new_switchboard(recorder)
        self.dialer = self._new_dialer(answered, shared)
        copies = RedactedCopies(self._formatters, phonebook, self._names)
        self.site = Site(
            settings,
            phonebook,
            self._formatters,
            self.server,
            self.call_flow,
            self.switchboard,
            self.hub,
            self.metrics,
            copies=copies,
            live_events=self.live_events,
            end_turns=shared_events.end_turns if shared_events else self._end_turns,
            status=self._status(),
            assistant=assistant_of(settings.assistant, self._formatters, copies),
            viewers=self.viewers,
            dialer=self.dialer,
            storage=self.storage,
            jobs=jobs,
            vosk_server=self.vosk_server,
        )
        webhooks = self._new_webhooks() if stays else []
        presence = self._new_presence(self.viewers) if self.viewers else None

        super().__init__(
            self.server,
            self.vosk_server,
            address,
            shared_events,
            self.storage,
            jobs,
            self.viewers,
            recorder,
            self.switchboard,
            self.loads,
            self.site,
            *webhooks,
            presence,
        )
        if self.storage:
            self.hub.subscribe(self.storage)
        if recorder:
            self.hub.subscribe(recorder)
        if self.recovery:
            self.hub.subscribe(self.recovery)
        self.metrics.watch((*engine.measurements(), *self.measurements()))

    def resume_interrupted_calls(self) -> None:
        """Continue the calls that a killed program left, where that is possible; end the others.

        Their ends are published to viewers only: the store has them already, and queues their webhooks.
        """
        if self.storage is None:
            return
        self._resume(self.storage.interrupted)
        self.storage.lease.watch(self._resume, self.switchboard.leave_taken)

    def _resume(self, interrupted: list[CallRecord]) -> None:
        """Continue or end calls that another program left to this one."""
        assert self.storage
        store, server = self.storage.store, self.storage.lease.name
        self._keep_shown(self.storage, interrupted)
        if self.recovery:
            publish = Hub([self.live_events, self.recovery]).publish
            resume_interrupted(interrupted, self.recovery, self.switchboard, store, publish, server)
        else:
            try:
                ended = store.close_interrupted((call.call_id for call in interrupted), server)
            except DatabaseError as error:
                logger.warning("Calls that were cut off are not ended yet: %s", reason(error))
            else:
                Hub([self.live_events]).publish(ended)

    def _keep_shown(self, storage: Storage, interrupted: list[CallRecord]) -> None:
        """Keep what viewers saw of calls before their program could write it."""
        for call in interrupted:
            shown = map(transcript_event, self.event_log.of_call(call.call_id))
            try:
                storage.add_missing(event for event in shown if event)
            except DatabaseError as error:
                logger.warning("Lines of call %s may be missing: %s", call.call_id, reason(error))

    def announce(self) -> None:
        """Say how many calls there can be, where to watch them, and how they come in."""
        base = self.addresses.base
        _say_how_many(self._settings, self._engine, round(self.slots.max_calls))
        if self.viewers:
            notices.info(f"Watch calls at {self.viewers.link(base)}")
        if self.vosk_server:
            notices.info(f"Programs for vosk-server: ws://{LOOPBACK[0]}:{self.vosk_server.port}")
        if self._numbers:
            listed = ", ".join(each.number for each in self._numbers)
            notices.info(f"Waiting for calls on {listed} (through {base}). Ctrl-C stops.")
        elif self._public:
            notices.info(
                f"Waiting for calls. A number's voice webhook must be {self.addresses.call} (POST). "
                "Ctrl-C stops."
            )
        else:
            port = self.server.port
            to_call = command("call" if port == ServerSettings().port else f"call --port {port}")
            notices.info(
                f"Local mode: taking calls on {self.addresses.stream}. "
                f"Try `{to_call}` in another terminal. Ctrl-C stops."
            )

    def _is_recorded(self, call: CallStarted) -> bool:
        return self._phonebook.of(call.number).record

    def _new_storage(self) -> Storage:
        wants_second_pass = self._is_recorded if self._second_pass_model else None
        return Storage(
            self._settings,
            self._engine.model_of,
            self.hub,
            phonebook=self._phonebook,
            wants_second_pass=wants_second_pass,
            takes_over=self._stays,
        )

    def _new_jobs(self, storage: Storage) -> BackgroundJobs:
        return BackgroundJobs(
            self._settings,
            self._phonebook,
            self._formatters,
            self._engine.ready.folder,
            storage,
            self.hub,
            self._twilio,
            self._second_pass_model,
            self._names,
        )

    def _open_sink(self, call: CallStarted, track: str) -> TrackSink:
        """Open the sink of one track of one call, whose events go to the reader."""
        return self._engine.open(call, track, self._reader.publish)

    def _turns_of(self, call: CallStarted) -> CallTurns:
        phone = self._phonebook.of(call.number)
        formatter = self._formatters.of_turns(phone.language, call.number)
        return CallTurns(formatter, is_formatted=phone.format_text)

    def _redactor_of(self, call: CallStarted) -> CallRedactor | None:
        rules = self._phonebook.of(call.number).redaction_rules(names=self._names)
        return CallRedactor(rules) if rules else None

    def _alerts_of(self, call: CallStarted) -> CallAlerts | None:
        rules = self._phonebook.of(call.number).alerts
        return CallAlerts(alert_finder(rules)) if rules else None

    def _new_recorder(self) -> Recorder:
        return Recorder(
            recordings_of(self._settings.data_dir),
            self._open_sink,
            self._is_recorded,
            lambda call: self._phonebook.of(call.number).redacted_sound,
        )

    def _new_switchboard(self, recorder: Recorder | None) -> Switchboard:
        return Switchboard(
            recorder.open if recorder else self._open_sink,
            self._reader.publish,
            self._engine.batch,
            self.recovery.restart_stream if self.recovery else never,
            _max_call_ms(self._settings.calls),
            self.slots,
            self.storage.is_closed if self.storage else never,
            self._settings.limits.finish_seconds,
            self._settings.limits.drain_seconds,
            self._other_hosts(),
        )

    def _status(self) -> StatusOfProgram:
        return StatusOfProgram(
            self._settings,
            self._phonebook,
            self._engine,
            self.slots,
            self.addresses,
            self._numbers,
            public=self._public,
            second_pass_model=self._second_pass_model,
            storage=self.storage,
            loads=self.loads,
        )

    def _other_hosts(self) -> OtherHosts:
        """Return what the switchboard asks about other hosts; only with an account can calls move to them."""
        storage = self.storage
        if not (storage and self.recovery and self._settings.storage.is_shared):
            return NO_OTHER_HOSTS
        return OtherHosts(lambda: storage.has_other_hosts, storage.is_elsewhere, self._reader.leave)

    def _end_turns(self, call_id: str) -> bool:
        """End the turns of a call of this host; return whether there is such a call."""
        return self.switchboard.end_turns(call_id)

    def _new_viewers(self, shared: Shared | None) -> Viewers:
        token = self._settings.web.token
        if shared:
            return Viewers(token, self.event_log, shared.token.get, shared.used_tokens)
        return Viewers(token, self.event_log)

    def _new_dialer(self, answered: Collection[str], shared: Shared | None) -> Dialer | None:
        """Make the dialer; None where there is no account, or no number to call from."""
        settings = self._settings
        number = self._numbers[0].number if self._numbers else settings.twilio.phone_number
        if not (self._twilio and number):
            return None
        per_hour = settings.calls.dials_per_hour
        file = settings.data_dir / "dialed.json"
        limit = shared.dial_limit(per_hour) if shared else FileDialLimit(file, per_hour)
        return Dialer(
            self._twilio.account,
            self.call_flow,
            number,
            limit,
            answered,
            self.admission,
            reports_failures=self._stays,
            statuses=shared.call_statuses if shared else None,
        )

    def _new_webhooks(self) -> list[NumberWebhook]:
        """Make one for each number that this program points here."""
        folder = self._settings.data_dir / "wired"
        account = self._twilio.account if self._twilio and self._settings.wires else None
        return [NumberWebhook(account, each, self.addresses, folder) for each in self._numbers if account]

    def _new_presence(self, viewers: Viewers) -> Presence:
        folder = self._settings.data_dir / "running"
        return Presence(folder, lambda: Instance(self.server.local_url, viewers.token))


def _new_vosk_server(settings: ServerSettings) -> HttpServer | None:
    """Make the server for programs that were written for vosk-server; None where there are none."""
    if settings.vosk_port is None:
        return None
    return HttpServer(
        LOOPBACK[0], settings.vosk_port, "choose another with --vosk-port / LOCAL_STT_VOSK_PORT"
    )


def _max_call_ms(settings: CallSettings) -> int:
    """Return how many milliseconds a call can last: as set, or as long as two people may speak."""
    seconds = max(60 * settings.max_minutes, MAX_DIALING_SECONDS) + EXTRA_CALL_SECONDS
    return 1000 * seconds


def _max_calls(settings: Settings, engine: Engine) -> int:
    if settings.limits.max_calls is not None:
        return settings.limits.max_calls
    workers = cores() if settings.recognition.workers is None else max(1, settings.recognition.workers)
    return call_capacity(engine.ready.cost, min(workers, core_share()))


def _say_how_many(settings: Settings, engine: Engine, max_calls: int) -> None:
    notices.info(f"Up to {max_calls} calls at once.")
    folder = engine.ready.folder
    if settings.limits.max_calls is None and not settings.recognition.words and is_worth_composing(folder):
        notices.info(f"There can be more after `{command(f'models compile {folder.name}')}`.")
